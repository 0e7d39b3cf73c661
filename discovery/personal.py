"""Personal data on pages: what a message holds, and the figures of a scope, each with the search that finds it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import scope_of
from archive.models import Message, PersonalFinding, Place
from archive.queries.personal import Looked, identifiers, looked
from discovery.criteria import Criteria
from discovery.histogram import draw
from discovery.kinds import kind_label
from discovery.results import Chart, chart_of
from muniment.engines.port import SearchEngine, SearchRequest, SearchResult
from muniment.query.vocabulary import ANY_KIND

_FACETS = ("personal", "source", "custodian")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlace:
    """Where in a message, and how many."""

    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKind:
    """One kind found in a message, and the search for others that hold it."""

    label: str
    count: int
    places: tuple[ShownPlace, ...]
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """What the page of a message says of personal data."""

    looked: Looked
    kinds: tuple[ShownKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One count of messages, as a link to the search that counts them; `identifiers` is of the catalogue."""

    label: str
    messages: int
    address: str
    identifiers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What of a scope holds personal data."""

    messages: int
    address: str
    by_kind: tuple[Figure, ...]
    by_source: tuple[Figure, ...]
    by_custodian: tuple[Figure, ...]
    chart: Chart | None
    undated: Figure


def shown_in(actor: User, message: Message) -> ShownMessage | None:
    """Return what was found in a message, most first; None if this is not for the actor."""
    known = looked(actor, message)
    if known is None:
        return None
    by_kind: dict[str, list[PersonalFinding]] = {}
    for finding in known.findings:
        by_kind.setdefault(finding.kind, []).append(finding)
    kinds = [_shown_kind(kind, findings) for kind, findings in by_kind.items()]
    return ShownMessage(looked=known, kinds=tuple(sorted(kinds, key=lambda kind: (-kind.count, kind.label))))


def _shown_kind(kind: str, findings: Sequence[PersonalFinding]) -> ShownKind:
    return ShownKind(
        label=kind_label(kind),
        count=sum(finding.count for finding in findings),
        places=tuple(ShownPlace(label=_place(finding), count=finding.count) for finding in findings),
        address=_search(Criteria(q=f"pii:{kind}")),
    )


def _place(finding: PersonalFinding) -> str:
    if finding.place == Place.ATTACHMENT and finding.part is not None:
        return finding.part.filename or finding.part.content_type
    return str(Place(finding.place).label)


def figures(actor: User, *, engine: SearchEngine, today: date) -> Figures:
    """Count what of the actor's scope holds personal data, by one search; raise `IndexUnavailable`.

    The counts are the search's own, so that each link gives what it says.
    """
    whole = Criteria(q=f"pii:{ANY_KIND}")
    result = engine.search(
        SearchRequest(query=whole.tree(today=today), scope=scope_of(actor), limit=0, histogram=True, facets=_FACETS)
    )
    undated = Criteria(q=f"pii:{ANY_KIND} NOT date:0001..9999")
    return Figures(
        messages=result.total,
        address=_search(whole),
        by_kind=_by_kind(result, identifiers(actor)),
        by_source=_figures(result, "source", lambda value: whole.narrowed(source=value)),
        by_custodian=_figures(result, "custodian", lambda value: Criteria(q=f"pii:{ANY_KIND} {_custodian(value)}")),
        chart=chart_of(whole, draw(result.histogram, result.interval), page=reverse("search")),
        undated=Figure(label=_("without a date"), messages=result.undated, address=_search(undated)),
    )


def _by_kind(result: SearchResult, counted: dict[str, int]) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            label=kind_label(kind),
            messages=messages,
            identifiers=counted.get(kind, 0),
            address=_search(Criteria(q=f"pii:{kind}")),
        )
        for kind, messages in result.facets.get("personal", ())
    )


def _figures(result: SearchResult, facet: str, narrowed: Callable[[str], Criteria]) -> tuple[Figure, ...]:
    found = result.facets.get(facet, ())
    return tuple(Figure(label=value, messages=count, address=_search(narrowed(value))) for value, count in found)


def _custodian(value: str) -> str:
    return f'custodian:"{value}"' if " " in value else f"custodian:={value}"


def _search(criteria: Criteria) -> str:
    return reverse("search") + criteria.address()
