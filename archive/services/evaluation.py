"""Write down what the rules say of each message, so that counts and lists are quick. Nothing is ever done from it.

A run goes through all messages in the order of their ids, a batch a transaction: it may be stopped anywhere and goes
on from there. Acts that change what is said of a few messages call `refresh` for these.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from archive.models import Evaluation, Message, MessageStanding
from archive.queries.due import changed_since, last_run, run_under_way
from archive.queries.facts import day_of, facts_of, policy_on
from archive.queries.reach import CHUNK, ids_in_order
from muniment.policy.decide import Decision, Policy
from muniment.policy.simulate import rules_applied

_KEPT_RUNS: Final = 30
NEW_MAIL_SHARE: Final = 100  # a run is needed when one message in so many is new


def evaluate(
    *,
    now: datetime | None = None,
    seconds: float | None = None,
    progress: Callable[[int], None] = lambda _messages: None,
) -> Evaluation:
    """Begin a run, or go on with that of today; return it, finished unless `seconds` were over before.

    An unfinished run of an earlier day is given up: its day is over.
    """
    at = now or timezone.now()
    run = _open_run(at)
    policy = policy_on(run.today)
    started = time.monotonic()
    for chunk in ids_in_order(Message.objects.all(), after=run.reached):
        with transaction.atomic():
            _write(chunk, policy, run.pk)
            run.reached, run.done = chunk[-1], run.done + len(chunk)
            run.save(update_fields=["reached", "done"])
        progress(len(chunk))
        if seconds is not None and time.monotonic() - started > seconds:
            return run
    _finish(run, now or timezone.now())
    return run


def refresh(message_ids: Iterable[UUID], *, now: datetime | None = None) -> int:
    """Look again at messages of which something was said, where there was a run; return at how many."""
    last = Evaluation.objects.order_by("-id").first()
    if last is None:
        return 0
    policy, done = policy_on(day_of(now or timezone.now())), 0
    wanted = iter(message_ids)
    while chunk := list(islice(wanted, CHUNK)):
        _write(chunk, policy, last.pk)
        done += len(chunk)
    return done


def _open_run(at: datetime) -> Evaluation:
    today = day_of(at)
    with transaction.atomic():
        Evaluation.objects.filter(finished_at__isnull=True).exclude(today=today).delete()
        run, _ = Evaluation.objects.get_or_create(
            today=today, finished_at=None, defaults={"started_at": at, "total": Message.objects.count()}
        )
    return run


def _finish(run: Evaluation, at: datetime) -> None:
    with transaction.atomic():
        MessageStanding.objects.filter(evaluation_id__lt=run.pk).delete()  # of messages that are no longer there
        run.finished_at = at
        run.total = run.done
        run.save(update_fields=["finished_at", "total"])
        old = Evaluation.objects.order_by("-id").values_list("id", flat=True)[_KEPT_RUNS:]
        Evaluation.objects.filter(id__in=list(old)).delete()


def _write(message_ids: Sequence[UUID], policy: Policy, run_id: int) -> None:
    rows = [_standing(policy.decide(found), run_id) for found in facts_of(message_ids)]
    MessageStanding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["message_id"],
        update_fields=["outcome", "due_on", "rules", "evaluated_on", "evaluation_id"],
    )


def _standing(decision: Decision, run_id: int) -> MessageStanding:
    return MessageStanding(
        message_id=decision.message_id,
        outcome=decision.outcome.value,
        due_on=decision.due_on,
        rules=" ".join(sorted(rules_applied(decision))),
        evaluated_on=decision.decided_on,
        evaluation_id=run_id,
    )


def is_needed(*, now: datetime | None = None) -> bool:
    """Return whether a run is worth its while: none is of today, one was cut short, or the last is out of date.

    New mail alone is seldom due: a run waits until there is some of it.
    """
    last = last_run()
    if run_under_way() is not None or last is None or last.today != day_of(now or timezone.now()):
        return True
    since = changed_since(last)
    return since.total > since.sightings or since.sightings * NEW_MAIL_SHARE > last.total
