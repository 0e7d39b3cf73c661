"""`manage.py verify` and the sweep take the audit trail's head into the evidence log, and `verify` tells what was cut."""

import io
import json

import pytest
from django.core.management import call_command

from accounts.models import AuditEntry
from accounts.queries.audit import head
from archive.models import LogNote
from archive.services.notes import log_pending
from archive.tasks import stamp_log, sweep
from muniment.log.entries import AuditHead, decode
from tests.flow.archive.logs import act, cut_trail, logged, place_hold


def verify():
    """Return the exit code and the document of `verify --json`."""
    out = io.StringIO()
    try:
        call_command("verify", "--json", stdout=out)
    except SystemExit as stopped:
        return stopped.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def heads(archive):
    found = [decode(data).entry for data in logged(archive)]
    return [entry.records for entry in found if isinstance(entry, AuditHead)]


def test_verify_ends_with_its_own_entry_of_the_trail_in_the_log(filled):
    first, second = verify(), verify()
    assert (first[0], second[0], heads(filled)) == (0, 0, [1, 2])
    assert (second[1]["log"]["audit_heads"], head()[0]) == (1, 2)


def test_verify_names_a_trail_that_was_cut(filled):
    act(5)
    verify()
    cut_trail(3)
    code, document = verify()
    (fault,) = document["log"]["damaged"]
    assert (code, document["audit"]["broken"], fault["object"]) == (1, [], "audit trail")
    assert fault["reason"].startswith("the trail was cut or changed after 0 entries: it has 3")
    assert AuditEntry.objects.get(number=4).details["damaged"] == 1


def test_verify_of_a_lost_database_tells_so_and_does_not_stop(filled):
    act(5)
    verify()
    LogNote.objects.all().delete()
    cut_trail(0)
    code, document = verify()
    assert (code, [item["object"] for item in document["log"]["damaged"]]) == (1, ["audit trail"])
    assert heads(filled) == [6, 1]


def test_verify_puts_nothing_into_a_log_that_is_damaged(filled):
    place_hold()
    log_pending(filled)
    filled.vault.segments.delete("log/checkpoint")
    LogNote.objects.all().delete()
    code, document = verify()
    assert (code, document["log"]["whole"], LogNote.objects.filter(log_index__isnull=True).count()) == (1, False, 0)


def test_verify_says_in_words_what_it_compared(filled):
    verify()
    out = io.StringIO()
    call_command("verify", stdout=out)
    assert "1 logged heads of the audit trail compared, 0 time-stamps hold" in out.getvalue()


@pytest.mark.usefixtures("filled")
def test_stamping_without_an_authority_does_nothing():
    assert stamp_log() is None


def test_the_sweep_logs_what_waits_and_the_head_of_the_trail(filled):
    act(2)
    note = place_hold()
    sweep()
    note.refresh_from_db()
    assert (heads(filled), note.log_index is not None) == ([2], True)
