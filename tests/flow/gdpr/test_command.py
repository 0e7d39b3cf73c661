"""`manage.py erase`: lists what is approved, carries it out, and decides nothing itself."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.actors import operator
from accounts.models import Approval
from accounts.services import approvals
from gdpr import tasks
from gdpr.services import erasing
from gdpr.states import State
from tests.flow.gdpr.desk import again, decided, fill, frozen, located


@pytest.fixture
def filled(empty_archive, settings):
    settings.MUNIMENT_ERASURE_COOLING_DAYS = 0
    return fill(empty_archive)


def run(*arguments):
    """Return the exit code and what was written."""
    out, code = StringIO(), 0
    try:
        call_command("erase", *arguments, stdout=out, stderr=out)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


def test_it_lists_and_carries_out_what_a_second_person_approved(filled, dpo, approver):
    request = located(dpo, filled)
    decided(dpo, request)
    disposal = erasing.ask_approval(actor=dpo, request_id=frozen(dpo, request).id, reason="Asked for.")
    approvals.approve(actor=approver, approval_id=Approval.objects.get(subject=str(disposal.id)).pk)

    code, listed = run("--list", "--json")
    done, told = run("--execute", request.number, "--json")

    assert (code, json.loads(listed)["erasures"][0]["ready"]) == (0, True)
    result = json.loads(told)["erasures"][0]
    assert (done, result["erased"], result["state"]) == (0, 4, "replying")
    assert again(request).state == State.REPLYING
    assert run("--execute-due") == (0, "")
    assert json.loads(run("--list", "--json")[1]) == {"erasures": []}


def test_it_carries_out_nothing_that_nobody_approved(filled, dpo):
    request = located(dpo, filled)
    decided(dpo, request)
    frozen(dpo, request)

    code, told = run("--execute", request.number)

    assert code == 1
    assert "second person" in told
    assert run("--execute-due")[0] == 0
    assert again(request).state == State.APPROVAL


def test_one_that_was_killed_before_it_destroyed_anything_is_gone_on_with_by_the_sweep(filled, dpo, approver):
    request = located(dpo, filled)
    decided(dpo, request)
    now = timezone.now()
    disposal = erasing.ask_approval(actor=dpo, request_id=frozen(dpo, request).id, reason="Asked for.", now=now)
    approvals.approve(actor=approver, approval_id=Approval.objects.get(subject=str(disposal.id)).pk, now=now)
    erasing.begin(actor=operator(), request_id=request.id, now=now)

    found = erasing.left_behind(now=now + erasing.LOST_AFTER + timedelta(seconds=1))
    for request_id, begun_by in found:
        tasks.carry_out(str(request_id), begun_by)

    assert found == [(request.id, None)]
    assert again(request).state == State.REPLYING
    assert request.items.filter(carried_out="erased").count() == 4


def test_a_number_that_is_none_and_no_act_are_told(filled):
    assert run("--execute", "2026-9999")[0] == 1
    assert run()[0] == 2
