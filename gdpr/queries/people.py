"""Who else a person may be: other addresses seen with the same name, other names seen with the same address.

Proposals only. Names are shared and addresses are borrowed, so each is confirmed or refused by a person.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, QuerySet

from archive.models import Participant
from archive.queries.messages import within
from gdpr.models import TermKind
from gdpr.models.terms import TermOrigin
from muniment.engines.port import Scope

MAX_SUGGESTIONS: Final = 50  # of each kind; the most frequent
_CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A term that may be the person's, and in how many messages it was seen so."""

    kind: TermKind
    value: str
    origin: TermOrigin
    seen: int


def suggest(scope: Scope, *, addresses: Collection[str], names: Collection[str]) -> list[Suggestion]:
    """Return terms that are not known yet, the most frequent first."""
    rows = Participant.objects.filter(message__in=within(scope)).exclude(address="").exclude(name="")
    known = {folded(name) for name in names} - {""}
    return [*_addresses(rows, known, set(addresses)), *_names(rows, addresses, known)]


def folded(name: str) -> str:
    """Return a name without case, accents and marks, its words in order: “Lee, Ann” is “Ann Lee”."""
    plain = "".join(
        character if character.isalnum() else " "
        for character in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(character)
    )
    return " ".join(sorted(plain.split()))


def _addresses(rows: QuerySet[Participant], wanted: set[str], known: set[str]) -> list[Suggestion]:
    """Read every (address, name) that was seen: a database cannot compare names without accents and order."""
    pairs = rows.order_by().values_list("address", "name").annotate(seen=Count("message", distinct=True))
    counted: dict[str, int] = {}
    for address, name, seen in pairs.iterator(chunk_size=_CHUNK) if wanted else ():
        if address not in known and folded(name) in wanted:
            counted[address] = counted.get(address, 0) + seen
    return _ranked(TermKind.ADDRESS, TermOrigin.SAME_NAME, counted)


def _names(rows: QuerySet[Participant], addresses: Collection[str], known: set[str]) -> list[Suggestion]:
    found = (
        rows.filter(address__in=addresses)
        .values_list("name")
        .annotate(seen=Count("message", distinct=True))
        .order_by("-seen", "name")
    )
    shown: dict[str, str] = {}  # folded → as it was seen most often
    counted: dict[str, int] = {}
    for name, seen in found:
        key = folded(name)
        if len(key) > 1 and key not in known and "@" not in name:
            one = shown.setdefault(key, name)
            counted[one] = counted.get(one, 0) + seen
    return _ranked(TermKind.NAME, TermOrigin.SAME_ADDRESS, counted)


def _ranked(kind: TermKind, origin: TermOrigin, counted: dict[str, int]) -> list[Suggestion]:
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Suggestion(kind=kind, value=value, origin=origin, seen=seen) for value, seen in ranked[:MAX_SUGGESTIONS]]
