"""Many rows at once on PostgreSQL: what is written, what a conflict does, and what an error is."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, transaction

from archive.models import Message, Participant, ThreadKey
from archive.services.inserting import insert

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
AWKWARD = 'tab\there, line\nfeed, back\\slash, "quote", \\N, é, 🦉, {brace}, %s'
NAMES = (
    "id",
    "fingerprint",
    "fingerprint_version",
    "thread_id",
    "captured_at",
    "subject",
    "size_bytes",
    "flags",
    "date",
)


def message(number, fingerprint=None):
    key = UUID(int=number)
    return (key, fingerprint or bytes([number]) * 32, 1, key, AT, AWKWARD, 5, ["is"], None)


def test_every_kind_of_value_comes_back_as_it_was_given(db):
    insert(Message, NAMES, [message(1)])
    row = Message.objects.get()
    found = [getattr(row, name) for name in NAMES]
    assert [bytes(found[1]), *found[2:]] == [b"\1" * 32, *message(1)[2:]]
    assert (row.searchable, row.revision, row.defects) == ("waiting", 1, [])


def test_a_conflict_is_an_error_of_django_and_writes_nothing(db):
    insert(Message, NAMES, [message(1)])
    with pytest.raises(IntegrityError, match="one_message_per_fingerprint"), transaction.atomic():
        insert(Message, NAMES, [message(2), message(3, fingerprint=b"\1" * 32)])
    assert list(Message.objects.values_list("id", flat=True)) == [UUID(int=1)]


def test_what_is_there_already_is_left_out_and_the_rest_is_written(db):
    insert(Message, NAMES, [message(1)])
    names = ("message_id", "address", "name", "role", "known")
    one, two = ((UUID(int=1), f"{who}@corp.example", AWKWARD, "to", "header") for who in ("ann", "bob"))
    insert(Participant, names, [one], ignore_conflicts=True)
    insert(Participant, names, [one, two, two], ignore_conflicts=True)
    rows = Participant.objects.order_by("address").values_list("address", "name", "position")
    assert list(rows) == [("ann@corp.example", AWKWARD, 0), ("bob@corp.example", AWKWARD, 0)]


def test_what_is_too_long_for_its_column_is_refused_and_never_cut(db):
    insert(Message, NAMES, [message(1)])
    with pytest.raises(DataError), transaction.atomic():
        insert(Participant, ("message_id", "address"), [(UUID(int=1), "a" * 501)], ignore_conflicts=True)
    assert not Participant.objects.exists()


def test_ten_thousand_rows_are_one_statement(db, django_assert_num_queries):
    rows = [(f"{number:064x}", UUID(int=number)) for number in range(10_000)]
    with django_assert_num_queries(1):
        insert(ThreadKey, ("key", "thread_id"), rows, ignore_conflicts=True)
    assert ThreadKey.objects.count() == 10_000
