"""What people typed about somebody goes from the audit trail for good, and the chain stays whole."""

from uuid import uuid4

import pytest

from accounts.actors import Operator
from accounts.models import Action, AuditText, TextKind
from accounts.queries.audit import verify_chain
from accounts.services import audit
from archive.services.replay import replay
from archive.services.traces import entries_naming, erase_texts
from muniment.ids import UuidSequence
from muniment.seal import ledger
from tests.flow.erasure.conftest import NOW

pytestmark = pytest.mark.django_db
OPERATOR = Operator(name="root")


def searched(text):
    return audit.record(actor=OPERATOR, action=Action.SEARCH, texts={TextKind.QUERY: text}, now=NOW).number


def erase(archive, numbers):
    return erase_texts(
        actor=OPERATOR, numbers=numbers, reason="x", disposal_id=UuidSequence().next(), archive=archive, now=NOW
    )


def test_the_entries_in_which_somebody_was_searched_for_are_found_whatever_the_case(archive):
    first, second = searched("from:Aurelie@Example.ORG"), searched("from:bob@corp.example")

    found = entries_naming({"aurelie@example.org"})

    assert found == {first}
    assert second not in found


def test_their_texts_go_and_the_chain_holds(archive):
    first, second = searched("from:aurelie@example.org"), searched("from:bob@corp.example")

    erased = erase(archive, [first])

    assert erased == 1
    assert not AuditText.objects.filter(entry_id=first).exists()
    assert AuditText.objects.filter(entry_id=second).exists()
    assert verify_chain().whole


def test_a_database_put_back_loses_them_again_at_the_start(archive):
    number = searched("from:aurelie@example.org")
    (before,) = AuditText.objects.filter(entry_id=number).values("entry_id", "kind", "salt", "text")
    erase(archive, [number])
    AuditText.objects.create(**before)

    report = replay(archive)

    assert report.texts_removed == 1
    assert not AuditText.objects.filter(entry_id=number).exists()
    assert verify_chain().whole


def test_an_entry_of_the_same_number_and_another_hash_keeps_its_texts(archive):
    number = searched("from:bob@corp.example")
    other = ledger.Intent(disposal_id=uuid4(), cause=ledger.Cause.ERASURE, at=NOW, audit_entries=frozenset({bytes(32)}))
    ledger.write(archive.vault.segments, other)

    report = replay(archive)

    assert report.texts_removed == 0
    assert AuditText.objects.filter(entry_id=number).exists()


def test_erasing_what_has_no_texts_writes_nothing(archive):
    assert erase(archive, [1, 2]) == 0
    assert list(archive.vault.segments.keys(ledger.PREFIX)) == []
