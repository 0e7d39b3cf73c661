"""What the audit trail costs: milliseconds that it adds to a search page, and entries checked in a second.

    MUNIMENT_DATA=… python -m benchmarks.audit [REQUESTS] [ENTRIES]

Works on an archive with mail in it: signs a person with a grant of everything in, asks for search pages in one process,
and measures the time spent in `discovery.auditing.searched` beside the time of the whole request. Run an import beside
it to see what a busy writer does. Then appends ENTRIES to the trail and checks the chain.
"""

import json
import statistics
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.actors import operator  # noqa: E402
from accounts.models import Action, GrantKind, Role, TextKind, User  # noqa: E402
from accounts.queries.audit import verify_chain  # noqa: E402
from accounts.services import audit, grants, people  # noqa: E402
from archive.services.setup import prepare  # noqa: E402
from discovery import auditing  # noqa: E402

ADDRESS = "benchmark@localhost.example"


def main(requests: int, entries: int) -> None:
    prepare()
    settings.ALLOWED_HOSTS = ["testserver"]
    browser = Client()
    browser.force_login(_searcher())
    spent: list[float] = []
    recorded = auditing.searched

    def timed(*arguments, **fields):
        begun = time.perf_counter()
        recorded(*arguments, **fields)
        spent.append((time.perf_counter() - begun) * 1000)

    auditing.searched = timed
    whole = []
    for number in range(requests):
        begun = time.perf_counter()
        browser.get("/", {"q": ("invoice", "contract", "from:julien", "port")[number % 4]})
        whole.append((time.perf_counter() - begun) * 1000)
    begun = time.perf_counter()
    for number in range(entries):
        audit.record(
            actor=operator(), action=Action.SEARCH, details={"total": number}, texts={TextKind.QUERY: "invoice"}
        )
    written = time.perf_counter() - begun
    begun = time.perf_counter()
    report = verify_chain()
    checked = time.perf_counter() - begun
    json.dump(
        {
            "search_page_ms": _spread(whole),
            "of_it_audit_ms": _spread(spent),
            "entries_written_per_s": round(entries / written) if entries else None,
            "entries_in_the_chain": report.entries,
            "entries_checked_per_s": round(report.entries / checked),
            "broken": len(report.broken),
        },
        sys.stdout,
        indent=2,
    )


def _searcher() -> User:
    person = User.objects.filter(email=ADDRESS).first()
    if person is None:
        person = people.add(actor=operator(), address=ADDRESS, role=Role.COMPLIANCE, password=people.random_password())
        grants.give(actor=operator(), person=person, opening=grants.Opening(kind=GrantKind.EVERYTHING))
    return person


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "max": round(ordered[-1], 2),
    }


if __name__ == "__main__":
    main(*(int(text) for text in (sys.argv[1:] + ["400", "20000"][len(sys.argv) - 1 :])))
