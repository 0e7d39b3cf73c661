"""The audit trail is append-only in the database, gapless, chained, and tells what was done to it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.chain import GENESIS, entry_hash
from accounts.models import Action, AuditEntry, AuditHead, AuditText, Outcome, TextKind
from accounts.queries.audit import head, verify_chain
from accounts.services import audit
from muniment.engines.port import Scope
from muniment.errors import Refused
from tests.flow import guards
from tests.flow.accounts.conftest import NOW, OPERATOR

pytestmark = pytest.mark.django_db
TABLE = "accounts_auditentry"
COLUMNS = (
    "at, person_id, actor, action, outcome, matter_id, scope, objects_named, details, text_digests, previous, hash"
)
SKIPPING = f"INSERT INTO {TABLE} (number, {COLUMNS}) SELECT 7, {COLUMNS} FROM {TABLE} WHERE number = 5"


def write(count=5):
    return [
        audit.record(
            actor=OPERATOR,
            action=Action.SEARCH,
            purpose="an inquiry",
            texts={TextKind.QUERY: f"secret {number}"},
            scope=Scope(everything=True),
            details={"total": number},
            objects=[f"message:{number}"],
            matter_id=UUID(int=number),
            now=NOW + timedelta(seconds=number),
        )
        for number in range(count)
    ]


REPLACING = {
    "sqlite": (
        f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE} WHERE number = 2",
        f"UPDATE OR REPLACE {TABLE} SET number = 3 WHERE number = 2",
    ),
    "postgresql": (f"TRUNCATE {TABLE} CASCADE",),
}


def run(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def without_guard(statement, *values):
    with guards.unguarded(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_entries_are_numbered_without_gaps_and_each_carries_the_hash_before():
    entries = write()
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in entries] == [GENESIS, *(entry.hash for entry in entries[:-1])]
    assert verify_chain().whole


def test_an_entry_is_read_back_as_it_was_hashed():
    write()
    assert all(entry_hash(entry) == entry.hash for entry in AuditEntry.objects.all())


def test_the_head_is_the_last_entry():
    before = head()
    last = write()[-1]
    assert (before, head()) == ((0, GENESIS), (last.number, last.hash))


def test_an_empty_trail_is_whole():
    assert (verify_chain().entries, verify_chain().broken) == (0, [])


def test_a_rolled_back_act_leaves_no_gap():
    write(2)
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    write(1)
    assert verify_chain().whole
    assert AuditHead.objects.get().number == 3


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET actor = 'x' WHERE number = 2",
        f"DELETE FROM {TABLE} WHERE number = 5",
        f"DELETE FROM {TABLE}",
        SKIPPING,
        *REPLACING[connection.vendor],
    ],
)
def test_the_database_refuses_to_change_delete_replace_or_skip(statement):
    write()
    with pytest.raises(IntegrityError, match=r"append-only|follow the last"):
        run(statement)
    assert verify_chain().whole


def test_the_orm_is_refused_as_well():
    entry = write(1)[0]
    entry.actor = "somebody else"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.save()
    AuditText.objects.all().delete()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        entry.delete()


CHANGES = {
    "at": "2020-01-01 00:00:00",
    "person_id": 7,
    "actor": "somebody else",
    "action": "view",
    "outcome": "refused",
    "matter_id": "0" * 32,
    "scope": '{"everything":false}',
    "objects_named": "[]",
    "details": '{"total":0}',
    "text_digests": "{}",
    "previous": "1" * 64,
    "hash": "1" * 64,
}


def test_every_field_is_tried():
    fields = {field.name for field in AuditEntry._meta.concrete_fields}
    assert set(CHANGES) == fields - {"number"}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_field_breaks_the_chain_at_its_entry(column):
    write()
    without_guard(f"UPDATE {TABLE} SET {column} = %s WHERE number = 3", CHANGES[column])
    assert 3 in {fault["entry"] for fault in verify_chain().broken}


def test_an_entry_that_is_hashed_anew_breaks_the_link_after_it():
    write()
    forged = AuditEntry.objects.get(number=3)
    forged.actor = "somebody else"
    without_guard(f"UPDATE {TABLE} SET actor = %s, hash = %s WHERE number = 3", forged.actor, entry_hash(forged))
    assert [fault["entry"] for fault in verify_chain().broken] == [4]


@pytest.mark.parametrize(
    ("number", "reason"), [(3, "entries 3 to 3 are missing"), (1, "entries 1 to 1 are missing"), (5, "at the end")]
)
def test_a_missing_entry_is_named(number, reason):
    write()
    AuditText.objects.filter(entry=number).delete()
    without_guard(f"DELETE FROM {TABLE} WHERE number = %s", number)
    assert any(reason in fault["reason"] for fault in verify_chain().broken)


def test_a_trigger_that_is_gone_is_told():
    write(1)
    guards.drop("audit_entries_stay")
    assert ["audit_entries_stay" in fault["reason"] for fault in verify_chain().broken] == [True]


def test_a_text_is_erased_and_the_chain_stays_whole():
    write(2)
    erased = audit.erase_texts(actor=OPERATOR, numbers=[1], reason="a request under Article 17")
    assert erased == 2
    assert sorted(AuditText.objects.values_list("entry_id", "kind")) == [(2, "purpose"), (2, "query"), (3, "reason")]
    assert verify_chain().whole


def test_texts_are_erased_by_the_data_protection_officer_only(person):
    write(1)
    for role in ("compliance", "administrator", "auditor", "legal", "employee"):
        with pytest.raises(Refused):
            audit.erase_texts(actor=person(role), numbers=[1], reason="because")
    assert audit.erase_texts(actor=person("dpo"), numbers=[1], reason="because") == 2


def test_a_changed_text_is_found():
    write(2)
    AuditText.objects.filter(entry=2, kind=TextKind.QUERY).update(text="another")
    assert verify_chain().broken == [{"entry": 2, "reason": "its text (query) is not what was hashed"}]


def test_neither_the_text_nor_its_plain_digest_stands_in_an_entry():
    write(1)
    first, second = (
        audit.record(actor=None, action=Action.SEARCH, texts={TextKind.QUERY: "secret"}).text_digests["query"]
        for _ in range(2)
    )
    assert first != second
    assert "secret" not in str(AuditEntry.objects.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=60),
    query=st.text(max_size=60),
    count=st.integers(min_value=-(2**53), max_value=2**53),
    outcome=st.sampled_from(Outcome),
)
def test_whatever_is_recorded_stays_whole(db, text, query, count, outcome):
    audit.record(
        actor=None,
        action=Action.REFUSAL,
        outcome=outcome,
        purpose=text,
        objects=[text],
        details={"name": text, "count": count},
        texts={TextKind.QUERY: query},
    )
    assert verify_chain().whole
