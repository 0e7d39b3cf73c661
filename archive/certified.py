"""A certificate of destruction as a page shows it: the same lines for a disposal and for an erasure on request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role
from archive.shown import day, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line; `exact` marks what is compared letter by letter: ids and digests."""

    name: str
    value: str
    exact: bool = False


def lines(fields: Mapping[str, Any]) -> tuple[Line, ...]:
    """Return the lines of a certificate."""
    gone, people, times = fields["destroyed"], fields["people"], fields["times"]
    found = (
        Line(name=_("Destruction"), value=fields["disposal"], exact=True),
        Line(name=_("Archive"), value=fields["archive"], exact=True),
        Line(name=_("Messages destroyed"), value=number_format(gone["messages"], force_grouping=True)),
        Line(name=_("Copies destroyed"), value=number_format(gone["sightings"], force_grouping=True)),
        Line(name=_("Size"), value=filesizeformat(gone["bytes"])),
        Line(name=_("Were due"), value=_span([day(date.fromisoformat(one)) for one in gone["due"]])),
        Line(name=_("Rules"), value=", ".join(f"{name} ({count})" for name, count in sorted(fields["rules"].items()))),
        Line(name=_("Proposed by"), value=f"{_person(people['proposed_by'])}, {_at(times['proposed'])}"),
        Line(name=_("Approved by"), value=_person(people["approved_by"])),
        Line(name=_("Executed by"), value=f"{_person(people['executed_by'])}, {_at(times['begun'])}"),
        Line(name=_("Holds last read"), value=_span([_at(one) for one in gone["holds_checked"]])),
        Line(name=_("Keys gone"), value=_at(gone["keys_gone"])),
        Line(name=_("Index and texts purged"), value=_at(gone["purged"])),
        Line(name=_("Certified"), value=_at(times["certified"])),
        Line(name=_("Sealed bytes"), value=_sealed(fields["sealed_bytes"])),
        Line(name=_("Merkle root of the copies"), value=gone["merkle_root"] or "", exact=True),
        Line(name=_("SHA-256 of the list"), value=fields["list"]["digest"], exact=True),
    )
    return tuple(line for line in found if line.value)


def _at(text: str | None) -> str:
    return moment(datetime.fromisoformat(text)) if text else ""


def _span(texts: Sequence[str]) -> str:
    return " – ".join(dict.fromkeys(texts))


def _person(text: str) -> str:
    """Return a person as the certificate knows them: by role and number, since it outlives names."""
    role, _colon, number = text.partition(":")
    return _("%(role)s no. %(number)s") % {"role": Role(role).label, "number": number} if role in Role else text


def _sealed(sealed: Mapping[str, Any]) -> str:
    count = sealed["segments"]
    where = ngettext("in %(n)s segment", "in %(n)s segments", count) % {"n": count}
    return f"{where}, {_('last lock ends')} {_at(sealed['last_lock'])}" if sealed["last_lock"] else where
