"""Lists and figures are read on a replica that follows; what it is behind in is never shown."""

import signal
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Grant, GrantKind, Role
from archive.models import Message, Participant
from archive.queries.coverage import coverage
from archive.queries.messages import visible_rows
from archive.queries.replica import ALIAS, follows_closely
from tests.flow.archive.builders import WITH_ATTACHMENT, mail, memory_archive
from tests.flow.archive.holding import arrive, person
from tests.live.postgresql.inside.pair import primary_and_replica


@pytest.fixture(scope="module")
def pair(django_db_blocker):
    with django_db_blocker.unblock(), primary_and_replica() as found:
        yield found


@pytest.fixture
def mailbox(pair, tmp_path, request):
    """Three messages that the replica has as well, and somebody who may see them."""
    _, replica = pair
    name = request.node.name[5:20]
    archive = memory_archive(tmp_path)
    arrive(archive, *(mail(f"{name}{number}", to=f"{name}@corp.example") for number in range(3)))
    reader = person(name, Role.COMPLIANCE, (GrantKind.ADDRESS, f"{name}@corp.example"))
    ids = list(Message.objects.filter(participants__address=reader.email).order_by("id").values_list("id", flat=True))
    replica.caught_up()
    assert follows_closely()
    return reader, ids


def asked(statements):
    return [one["sql"] for one in statements.captured_queries if "archive_" in one["sql"]]


def test_rows_come_from_the_replica_and_who_sees_them_from_the_primary(mailbox):
    reader, ids = mailbox
    with CaptureQueriesContext(connections[ALIAS]) as there, CaptureQueriesContext(connections["default"]) as here:
        rows = visible_rows(reader, ids)
    shown = [(row.subject, [one.address for one in row.participants.all()]) for row in rows.values()]
    assert shown == [("hello", ["ann@corp.example", reader.email])] * 3
    assert [len(asked(there)), len(asked(here))] == [3, 1]
    assert '"accounts_grant"' not in "".join(asked(there))


def test_while_it_is_behind_nothing_is_shown_that_is_gone_changed_or_denied(pair, mailbox):
    _, replica = pair
    reader, (gone, changed, same) = mailbox
    replica.sql("SELECT pg_wal_replay_pause()")
    Message.objects.filter(id=gone).delete()
    Message.objects.filter(id=changed).update(subject="new")
    Participant.objects.filter(message_id=changed, address="ann@corp.example").delete()
    there = Message.objects.using(ALIAS).filter(id=gone).exists()

    rows = visible_rows(reader, [gone, changed, same])
    Grant.objects.filter(user=reader).update(valid_until=timezone.now() - timedelta(seconds=1))
    denied = visible_rows(reader, [gone, changed, same])
    replica.sql("SELECT pg_wal_replay_resume()")

    assert there
    assert {key: row.subject for key, row in rows.items()} == {changed: "new", same: "hello"}
    assert [one.address for one in rows[changed].participants.all()] == [reader.email]
    assert denied == {}


def test_figures_come_from_the_replica_but_not_what_cannot_be_found(pair, mailbox, tmp_path):
    _, replica = pair
    reader, _ = mailbox
    replica.sql("SELECT pg_wal_replay_pause()")
    Message.objects.filter(participants__address=reader.email).update(searchable="waiting")
    with CaptureQueriesContext(connections[ALIAS]) as there:
        found = coverage(reader)
    replica.sql("SELECT pg_wal_replay_resume()")
    assert (found.total, found.searchable, found.waiting, found.complete) == (3, 0, 3, False)
    assert len(asked(there)) == 2


def test_one_that_is_gone_is_done_without(pair, mailbox, tmp_path):
    _, replica = pair
    reader, ids = mailbox
    arrive(memory_archive(tmp_path), WITH_ATTACHMENT)
    replica.stop(signal.SIGKILL)
    assert set(visible_rows(reader, ids)) == set(ids)
    assert not follows_closely()
    assert coverage(reader).total == 3
