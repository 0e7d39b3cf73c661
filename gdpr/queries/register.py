"""The register of requests: all of them with their days, for whoever may read it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from accounts.models import User
from accounts.permissions import READS_REQUESTS, may
from gdpr.clock import Clock, Standing, clock_of
from gdpr.models import Request, RequestState, Right
from gdpr.services.acting import NoSuchRequest

PAGE_ROWS: Final = 50
MAX_ROWS: Final = 5_000  # whose clocks are computed for one page; a register of ten years at ten a week


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filters of the register."""

    right: Right | None = None
    state: RequestState | None = None
    standing: Standing | None = None
    text: str = ""  # in the number or the name
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request with its clock."""

    request: Request
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPage:
    """One page of the register, most urgent first."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    standings: Mapping[Standing, int]  # of all requests, whatever the filters


def register_page(actor: User, wanted: Wanted, *, today: date) -> RegisterPage:
    """Return a page of the register; raise `NoSuchRequest` for whoever may not read it."""
    rows = _rows(actor, today)
    standings = Counter(row.clock.standing for row in rows)
    chosen = [row for row in rows if _matches(row, wanted)]
    chosen.sort(key=_urgency)
    pages = max(1, -(-len(chosen) // PAGE_ROWS))
    page = min(max(1, wanted.page), pages)
    shown = chosen[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return RegisterPage(rows=tuple(shown), total=len(chosen), page=page, pages=pages, standings=standings)


def get_request(actor: User, request_id: UUID) -> Request:
    """Return a request; raise `NoSuchRequest`."""
    if not may(actor, READS_REQUESTS):
        raise NoSuchRequest
    request = Request.objects.select_related("handler", "registered_by").filter(id=request_id).first()
    if request is None:
        raise NoSuchRequest
    return request


def earlier_of(request: Request) -> list[Request]:
    """Return other requests about one of the same addresses: repeats are seen before they are decided."""
    values = request.terms.filter(kind="address").exclude(state="refused").values("value")
    others = Request.objects.filter(terms__kind="address", terms__value__in=values, forgotten_at__isnull=True)
    return list(others.exclude(id=request.id).distinct().order_by("-received_on")[:PAGE_ROWS])


def _rows(actor: User, today: date) -> list[Row]:
    if not may(actor, READS_REQUESTS):
        raise NoSuchRequest
    requests = Request.objects.prefetch_related("questions").order_by("-number")[:MAX_ROWS]
    return [Row(request=one, clock=clock_of(one, list(one.questions.all()), today=today)) for one in requests]


def _matches(row: Row, wanted: Wanted) -> bool:
    request = row.request
    text = wanted.text.strip().casefold()
    return (
        (wanted.right is None or request.right == wanted.right)
        and (wanted.state is None or request.state == wanted.state)
        and (wanted.standing is None or row.clock.standing is wanted.standing)
        and (not text or text in request.number or text in request.person_name.casefold())
    )


def _urgency(row: Row) -> tuple[bool, date, str]:
    return (row.clock.standing is Standing.ANSWERED, row.clock.deadline.legal_on, row.request.number)
