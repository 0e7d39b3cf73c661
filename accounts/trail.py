"""Audit entries as people read them: rows of the page and of the file. The template computes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import chain
from accounts.dates import written
from accounts.models import Action, AuditEntry, Outcome, TextKind
from accounts.trail_words import said

SHOWN_OBJECTS: Final = 5
_REFUSALS: Final = frozenset({Action.REFUSAL, Action.SIGN_IN_REFUSED, Action.APPROVAL_REFUSED})
COLUMNS: Final = (
    "number at actor person_id action outcome matter scope objects details query purpose reason address previous hash"
).split()
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # spreadsheets run cells that begin so (OWASP, "CSV Injection")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A free text of an entry; `shown` is None where it is not for the reader, or is erased."""

    label: str
    shown: str | None
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry on the page."""

    number: int
    at: str
    iso: str
    actor: str
    action: str
    outcome: str
    unusual: bool  # the outcome says more than the action does
    scope: str
    objects: tuple[str, ...]
    more_objects: int
    details: str
    matter: str
    texts: tuple[Text, ...]
    sound: bool  # its hash and texts are those of the chain


def rows(entries: Iterable[AuditEntry], *, with_texts: bool) -> list[Row]:
    """Return entries, their texts prefetched, as rows of the page."""
    return [_row(entry, with_texts=with_texts) for entry in entries]


def moment(at: datetime) -> str:
    """Write a time to the second, in UTC."""
    return f"{written(at.astimezone(UTC), _('j M Y, H:i:s'))} UTC"


def is_sound(entry: AuditEntry) -> bool:
    """Return whether the entry and its texts are what was hashed."""
    return chain.entry_hash(entry) == entry.hash and all(
        chain.text_digest(text.salt, text.text) == entry.text_digests.get(text.kind) for text in entry.texts.all()
    )


def lines(entries: Iterable[AuditEntry], *, with_texts: bool) -> Iterator[list[str]]:
    """Yield the lines of the file: names of columns, then one line for each entry."""
    yield list(COLUMNS)
    for entry in entries:
        texts = {text.kind: text.text for text in entry.texts.all()} if with_texts else {}
        cells = [
            str(entry.number),
            chain.moment_text(entry.at),
            entry.actor,
            str(entry.person_id or ""),
            entry.action,
            entry.outcome,
            str(entry.matter_id or ""),
            _pairs(entry.scope),
            " ".join(entry.objects_named),
            _pairs(entry.details),
            *(texts.get(kind.value, "") for kind in TextKind),
            entry.previous,
            entry.hash,
        ]
        yield [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]


def _row(entry: AuditEntry, *, with_texts: bool) -> Row:
    return Row(
        number=entry.number,
        at=moment(entry.at),
        iso=entry.at.astimezone(UTC).isoformat(),
        actor=entry.actor,
        action=str(Action(entry.action).label) if entry.action in Action else entry.action,
        outcome=str(Outcome(entry.outcome).label) if entry.outcome in Outcome else entry.outcome,
        unusual=entry.outcome != Outcome.DONE and entry.action not in _REFUSALS,
        scope=_scope(entry.scope),
        objects=tuple(entry.objects_named[:SHOWN_OBJECTS]),
        more_objects=max(0, len(entry.objects_named) - SHOWN_OBJECTS),
        details=said(entry.details),
        matter=str(entry.matter_id or ""),
        texts=_texts(entry, with_texts=with_texts),
        sound=is_sound(entry),
    )


def _texts(entry: AuditEntry, *, with_texts: bool) -> tuple[Text, ...]:
    left = {text.kind: text.text for text in entry.texts.all()}
    return tuple(
        Text(label=str(kind.label), shown=left.get(kind.value) if with_texts else None, erased=kind.value not in left)
        for kind in TextKind
        if kind.value in entry.text_digests
    )


def _scope(scope: dict[str, int | bool]) -> str:
    if not scope:
        return ""
    if scope.get("everything"):
        return _("everything")
    addresses, domains = int(scope.get("addresses", 0)), int(scope.get("domains", 0))
    parts = [
        ngettext("%(count)d address", "%(count)d addresses", addresses) % {"count": addresses} if addresses else "",
        ngettext("%(count)d domain", "%(count)d domains", domains) % {"count": domains} if domains else "",
    ]
    return ", ".join(part for part in parts if part) or _("nothing")


def _pairs(values: dict[str, int | bool | str]) -> str:
    return ", ".join(f"{name}={str(value).lower()}" for name, value in sorted(values.items()))
