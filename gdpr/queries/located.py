"""Where a person is found: by address in the catalogue, by words in the index, each within what the officer may see."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from archive.models import Known, Participant, ParticipantRole, Sighting
from archive.queries.messages import within
from gdpr.models import Concern, SubjectTerm, TermKind
from muniment.engines.port import Scope, SearchEngine, SearchRequest, Sort
from muniment.errors import Transient
from muniment.query.tree import Field, Node, Or, Phrase, Span

PAGE: Final = 1_000  # the most that one search gives (engines.port.SearchRequest)
_TRIES: Final = 5
_CHUNK: Final = 500
_NOWHERE: Final = Span(start=0, end=0)
_SENDING: Final = frozenset({ParticipantRole.FROM, ParticipantRole.SENDER, ParticipantRole.REPLY_TO})
_RANK: Final = {concern: rank for rank, concern in enumerate(Concern)}
_FRENCH_PREFIXES: Final = ("+33", "0033")
_FRENCH_DIGITS: Final = 10


class MailArrived(Transient):
    """Mail was indexed during each try to list what was found."""


@dataclass(slots=True, kw_only=True)
class Found:
    """A message, how it concerns the person, and the ids of the terms that found it."""

    concern: Concern
    term_ids: set[int] = field(default_factory=set)


def by_addresses(scope: Scope, terms: Sequence[SubjectTerm]) -> dict[UUID, Found]:
    """Return the messages in which a confirmed address takes part, with their class: the first that fits."""
    ids = {term.value: term.pk for term in terms if term.kind == TermKind.ADDRESS}
    rows = Participant.objects.filter(address__in=ids, message__in=within(scope))
    found: dict[UUID, Found] = {}
    for message_id, address, role, known in rows.values_list("message_id", "address", "role", "known").iterator():
        concern = _concern(role, known)
        one = found.setdefault(message_id, Found(concern=concern))
        one.concern = min(one.concern, concern, key=_RANK.__getitem__)
        one.term_ids.add(ids[address])
    return found


def by_words(scope: Scope, terms: Sequence[SubjectTerm], *, engine: SearchEngine) -> dict[UUID, set[int]]:
    """Return the messages in which the words of a term stand, with the ids of those terms.

    Raises `IndexUnavailable`, and `MailArrived` when mail comes in during each try.
    """
    found: dict[UUID, set[int]] = {}
    for term in terms:
        for message_id in _all(engine, scope, query_of(term)):
            found.setdefault(message_id, set()).add(term.pk)
    seen = _visible(scope, found)
    return {message_id: ids for message_id, ids in found.items() if message_id in seen}


def first_sightings(message_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Return the first sighting of each message."""
    first: dict[UUID, UUID] = {}
    for chunk in _chunks(list(message_ids)):
        for message_id, sighting_id in Sighting.objects.filter(message_id__in=chunk).values_list("message_id", "id"):
            first[message_id] = min(sighting_id, first.get(message_id, sighting_id))
    return first


def messages_of(sighting_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Return the message to which each sighting belongs now."""
    found: dict[UUID, UUID] = {}
    for chunk in _chunks(list(sighting_ids)):
        found.update(Sighting.objects.filter(id__in=chunk).values_list("id", "message_id"))
    return found


def query_of(term: SubjectTerm) -> Node:
    """Return what a term is looked for as: its words one after the other; a telephone as people write it."""
    if term.kind != TermKind.PHONE:
        return _phrase(term.value)
    return Or(clauses=tuple(_phrase(text) for text in written_numbers(term.value)), span=_NOWHERE)


def written_numbers(phone: str) -> tuple[str, ...]:
    """Return how a telephone number is written: as given, in one piece; a French one in pairs, and with +33 as well."""
    digits = "".join(character for character in phone if character.isdigit())
    national = ""
    if phone.strip().startswith(_FRENCH_PREFIXES):
        national = "0" + digits.removeprefix("00").removeprefix("33").lstrip("0")
    elif len(digits) == _FRENCH_DIGITS and digits.startswith("0"):
        national = digits
    forms = [phone, digits]
    if len(national) == _FRENCH_DIGITS:
        pairs = [national[start : start + 2] for start in range(0, _FRENCH_DIGITS, 2)]
        forms += [national, " ".join(pairs), f"33 {' '.join([pairs[0][1], *pairs[1:]])}", f"33{national[1:]}"]
    return tuple(dict.fromkeys(forms))


def _concern(role: str, known: str) -> Concern:
    if role in _SENDING:
        return Concern.SENDER
    return Concern.CUSTODIAN if known == Known.CUSTODIAN else Concern.RECIPIENT


def _phrase(text: str) -> Phrase:
    return Phrase(field=Field.ANY, text=text, span=_NOWHERE)


def _all(engine: SearchEngine, scope: Scope, query: Node) -> list[UUID]:
    """Return all hits. Where mail arrives between two pages, the list is begun again."""
    for _ in range(_TRIES):
        total, ids = 0, list[UUID]()
        for result in _pages(engine, scope, query):
            total = result.total
            ids.extend(hit.message_id for hit in result.hits)
        if len(ids) == total == len(set(ids)):
            return ids
    raise MailArrived("Mail was indexed while the messages were listed: locate them again.")


def _pages(engine: SearchEngine, scope: Scope, query: Node) -> Iterator:
    offset = 0
    while True:
        request = SearchRequest(query=query, scope=scope, sort=Sort.DATE_ASC, offset=offset, limit=PAGE)
        result = engine.search(request)
        yield result
        offset += PAGE
        if offset >= result.total or not result.hits:
            return


def _visible(scope: Scope, message_ids: Collection[UUID]) -> set[UUID]:
    seen: set[UUID] = set()
    for chunk in _chunks(list(message_ids)):
        seen.update(within(scope).filter(id__in=chunk).values_list("id", flat=True))
    return seen


def _chunks(values: list[UUID]) -> Iterator[list[UUID]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
