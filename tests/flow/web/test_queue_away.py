"""Pages while the queue does not answer: nothing fails, and what was asked for is done by the sweep."""

import shutil
from pathlib import Path

import pytest

from accounts.models import Approval
from accounts.services import approvals
from archive import queueing, tasks
from archive.models import CustodianEvent, Disposal, DisposalState, Message
from discovery.models import ExportJob
from tests.flow.web.test_retention_pages import lawyer, officer, ruled

__all__ = ["lawyer", "officer", "ruled"]  # fixtures


@pytest.fixture(autouse=True)
def no_queue(settings):
    """Take the folder of the queue away."""
    for name in ("data_folder_in", "control_folder"):
        shutil.rmtree(Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS[name]), ignore_errors=True)
    queueing.forget_silence()
    yield
    queueing.forget_silence()


def test_a_departure_is_noted_and_taken_back(officer, filled):
    given = {"address": "ann@corp.example", "event": "departure", "on": "2026-11-01"}
    assert officer.post("/retention/events/", given).status_code == 302
    assert officer.post(f"/retention/events/{CustodianEvent.objects.get().pk}/withdraw").status_code == 302


def test_a_destruction_that_was_ordered_is_carried_out_in_the_end(officer, ruled, lawyer, message):
    offer = message("offer").id
    officer.post("/retention/due/", {"message": [offer], "which": "chosen", "reason": "expired"})
    row = Disposal.objects.get()
    act = f"/retention/disposals/{row.id}/act"
    officer.post(act, {"act": "ask"})
    approvals.approve(actor=lawyer, approval_id=Approval.objects.get().pk)

    ordered = officer.post(act, {"act": "execute", "confirmation": "1"})
    state = Disposal.objects.get().state
    tasks.resume_destruction()

    assert (ordered.status_code, state) == (302, DisposalState.EXECUTING)
    assert Disposal.objects.get().state == DisposalState.DONE
    assert not Message.objects.filter(id=offer).exists()


def test_an_export_is_taken_note_of(officer, filled, message):
    chosen = {"message": [message("offer").id], "confirmed": "1", "name": "One"}

    assert officer.post("/exports/new", chosen).status_code == 302
    assert ExportJob.objects.get().message_ids
