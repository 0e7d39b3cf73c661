"""Many at once on a database of their own: a program for test_races.py, because threads need a database that is a file.

    python -m tests.flow.accounts.rush record|approve|ask|consume

Prints one JSON document. MUNIMENT_DATA or DATABASE_URL say which database; it must be empty.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.actors import Operator  # noqa: E402
from accounts.models import Action, Approval, AuditEntry, Role, User  # noqa: E402
from accounts.queries.audit import verify_chain  # noqa: E402
from accounts.services import approvals, audit  # noqa: E402
from accounts.services.approvals import ApprovalRefused  # noqa: E402

THREADS, ROUNDS = 8, 25
START = threading.Barrier(THREADS)


def people():
    return [
        User.objects.create(email=f"{number}@corp.example", username=f"{number}", role=Role.LEGAL)
        for number in range(THREADS + 1)
    ]


def ask(actor, subject):
    later = timezone.now() + timedelta(hours=1)
    return approvals.ask(
        actor=actor, kind="release", subject=subject, reason="x", may_approve={Role.LEGAL}, expires_at=later
    )


def rush(work):
    """Run `work(place)` in every thread at the same moment; return what each gave, a refusal as its kind."""

    def one(place):
        START.wait()
        try:
            return work(place)
        except ApprovalRefused:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def record(_staff):
    def many(place):
        for number in range(ROUNDS):
            with transaction.atomic():
                audit.record(actor=Operator(name=str(place)), action=Action.VIEW, details={"n": number})
                transaction.set_rollback(number % 5 == 4)  # some acts fail after they were recorded
        return "done"

    return rush(many)


def approve(staff):
    """Half approve and half refuse the same request."""
    key = ask(staff[-1], "7").pk

    def decide(place):
        if place % 2:
            return approvals.approve(actor=staff[place], approval_id=key).state
        return approvals.refuse(actor=staff[place], approval_id=key, reason="no").state

    return rush(decide)


def ask_at_once(staff):
    return rush(lambda place: ask(staff[place], "7").state)


def consume(staff):
    key = ask(staff[-1], "7").pk
    approvals.approve(actor=staff[0], approval_id=key)
    return rush(lambda place: approvals.consume(actor=staff[place], kind="release", subject="7").state)


def main(name):
    call_command("migrate", verbosity=0)
    outcomes = {"record": record, "approve": approve, "ask": ask_at_once, "consume": consume}[name](people())
    numbers = list(AuditEntry.objects.order_by("number").values_list("number", flat=True))
    json.dump(
        {
            "outcomes": sorted(outcomes),
            "entries": len(numbers),
            "gapless": numbers == list(range(1, len(numbers) + 1)),
            "broken": verify_chain().broken,
            "approvals": list(Approval.objects.values_list("state", flat=True)),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1])
