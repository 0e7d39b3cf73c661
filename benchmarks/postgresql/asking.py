"""The product's own queries, by name, each asked several times with other values; what it sent and how long it took."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connection, reset_queries

from accounts.models import Action, User
from accounts.permissions import scope_of
from accounts.queries import audit
from archive.models import Hold, Message, Stage
from archive.queries import due, holds, personal
from archive.queries.coverage import coverage, not_searched
from archive.queries.facts import facts_of
from archive.queries.messages import get_visible, thread_of, visible_rows
from archive.queries.reach import ids_in_order, reach
from archive.queries.status import status
from archive.queries.to_index import catalogued
from archive.services import sweep
from archive.services.index import out_of_date
from archive.services.personal import reopen_outdated
from archive.wiring import Archive
from benchmarks.postgresql.filling import Fill, numbers
from muniment.engines.memory import MemoryEngine
from muniment.log.note import NoteSigner
from muniment.policy.decide import Outcome
from tests.unit.seal.builders import memory_vault

PAGE = 50
Ask = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How long one query of the product took; `slowest` is the statement that took most of it.

    `pages` are blocks of 8 KiB that its statements looked at, in memory or on disk: how busy the machine is does not
    change them.
    """

    name: str
    statements: int
    pages: int
    median_ms: float
    worst_ms: float
    slowest: str
    slowest_ms: float


def measure(name: str, asks: Iterable[Ask]) -> Asked:
    """Ask, each once; the connection notes every statement with its time."""
    times, slowest, sent = [], ("", 0.0), list[str]()
    for ask in asks:
        reset_queries()
        before = time.perf_counter()
        ask()
        times.append((time.perf_counter() - before) * 1000)
        sent = [one["sql"] for one in connection.queries]
        for one in connection.queries:
            if float(one["time"]) * 1000 >= slowest[1]:
                slowest = (one["sql"], float(one["time"]) * 1000)
    return Asked(
        name=name, statements=len(sent), pages=sum(map(_pages, sent)),
        median_ms=statistics.median(times), worst_ms=max(times),
        slowest=slowest[0], slowest_ms=slowest[1],
    )  # fmt: skip


def _pages(statement: str) -> int:
    if not statement.startswith("SELECT"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.replace('%', '%%')}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def explained(statement: str) -> str:
    """Return what PostgreSQL does for a statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement.replace('%', '%%')}")
        return "\n".join(row for (row,) in cursor.fetchall())


def queries(fill: Fill, rounds: int) -> dict[str, list[Ask]]:
    """Return the queries, those of pages first."""
    people = {user.username: user for user in User.objects.all()}
    found: dict[str, list[Ask]] = {}
    for who in ("everything", "domain", "legal", "often", "seldom"):
        found |= _of_a_reader(fill, rounds, who, people[who])
    officer, dpo = people["everything"], people["dpo"]
    few = max(1, rounds // 5)
    found |= {
        "due: figures, all": [lambda: due.tally(officer)] * few,
        "due: first page, all": [lambda: due.page(officer, due.Wanted(outcome=Outcome.DUE))] * few,
        "due: first page, a domain": [lambda: due.page(people["domain"], due.Wanted(outcome=Outcome.DUE))] * few,
        "due: figures, a domain": [lambda: due.tally(people["domain"])] * few,
        "holds of 500 sightings": [_held(fill, first) for first in numbers(fill.messages - 500, rounds)],
        "what a hold covers, counted": [_covered(officer)] * few,
        "not evaluated, counted": [lambda: holds.not_evaluated().count()] * few,
        "personal data: figures, DPO": [lambda: (personal.looked_through(dpo), personal.identifiers(dpo))] * few,
        "personal data: figures, a domain": [
            lambda: (personal.looked_through(people["domain"]), personal.identifiers(people["domain"]))
        ] * few,
        "audit: newest page": [lambda: audit.page(audit.AuditFilter())] * rounds,
        "audit: pages of a person": [lambda: audit.page(audit.AuditFilter(actor=dpo.email))] * rounds,
        "audit: of nobody known": [lambda: audit.page(audit.AuditFilter(actor="nobody@bench.example"))] * few,
        "audit: of an action never done": [lambda: audit.page(audit.AuditFilter(action=Action.REBUILD))] * few,
        "status": [lambda: status(_archive())] * few,
        "facts of 500 messages": [_facts(fill, first) for first in numbers(fill.messages - 500, rounds)],
        "index: rows of 500 messages": [_to_index(fill, first) for first in numbers(fill.messages - 500, rounds)],
        "index: what waits": [lambda: list(out_of_date().order_by("id")[:1_000])] * rounds,
        "sweep: what is undone": [lambda: [sweep.undone(stage) for stage in Stage]] * rounds,
        "sweep: outdated personal data": [reopen_outdated] * few,
        "walk: 10,000 ids of a domain": [_walk(people["domain"])] * few,
    }  # fmt: skip
    return found


def _of_a_reader(fill: Fill, rounds: int, who: str, actor: User) -> dict[str, list[Ask]]:
    few = max(1, rounds // 5)
    mine = _some_visible(fill, actor, rounds * PAGE)
    pages = [mine[start : start + PAGE] for start in range(0, len(mine), PAGE)] or [mine]
    return {
        f"result page, {who}": [lambda ids=ids: visible_rows(actor, ids) for ids in pages],
        f"message page and thread, {who}": [lambda one=one: _opened(actor, one) for one in mine[:rounds]],
        f"coverage, {who}": [lambda: coverage(actor)] * few,
        f"not searched, {who}": [lambda: not_searched(actor)] * few,
    }


def _some_visible(fill: Fill, actor: User, count: int) -> list[UUID]:
    scope = scope_of(actor)
    rows = Message.objects.all()
    if not scope.everything:
        rows = rows.filter(participants__address__in=scope.addresses) | rows.filter(
            participants__domain__in=scope.domains
        )
        return list(dict.fromkeys(rows.values_list("id", flat=True)[: 4 * count]))[:count]
    return [fill.id_of(number) for number in numbers(fill.messages, count)]


def _opened(actor: User, message_id: UUID) -> object:
    message = get_visible(actor, message_id)
    return [*message.participants.all()], thread_of(actor, message), personal.looked(actor, message)


def _held(fill: Fill, first: int) -> Ask:
    return lambda: holds.holds_of([fill.id_of(number) for number in range(first, first + 500)])


def _covered(actor: User) -> Ask:
    hold = Hold.objects.order_by("id").first()
    return lambda: (holds.covered_messages(actor, hold).count(), holds.covered_sightings(actor, hold).count())


def _facts(fill: Fill, first: int) -> Ask:
    return lambda: list(facts_of([fill.id_of(number) for number in range(first, first + 500)]))


def _to_index(fill: Fill, first: int) -> Ask:
    return lambda: catalogued([fill.id_of(number) for number in range(first, first + 500)])


def _walk(actor: User) -> Ask:
    def ask() -> int:
        seen = 0
        for chunk in ids_in_order(reach(actor)):
            seen += len(chunk)
            if seen >= 10_000:
                break
        return seen

    return ask


def _archive() -> Archive:
    return Archive(
        vault=memory_vault(), engine=MemoryEngine(), data=Path(), signer=NoteSigner("bench.example/log", seed=bytes(32))
    )
