"""Two people for one act: who may ask, allow, refuse and use, until when, and how often."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Action, Approval, ApprovalState, AuditEntry, Role
from accounts.services import approvals, people
from accounts.services.approvals import ApprovalRefused
from tests.flow.accounts.conftest import NOW, OPERATOR

HOUR = timedelta(hours=1)
EXPIRY = NOW + 24 * HOUR


@pytest.fixture
def asker(person):
    return person("legal", "asker@corp.example")


@pytest.fixture
def second(person):
    return person("compliance", "second@corp.example")


@pytest.fixture
def asked(asker):
    return ask(asker)


def ask(actor, **changes):
    values = {
        "kind": "hold-release",
        "subject": "hold:7",
        "reason": "the matter is closed",
        "may_approve": {Role.COMPLIANCE, Role.LEGAL},
        "expires_at": EXPIRY,
        "now": NOW,
    }
    return approvals.ask(actor=actor, **(values | changes))


def use(now=NOW + 2 * HOUR, digest="", actor=OPERATOR):
    return approvals.consume(actor=actor, kind="hold-release", subject="hold:7", digest=digest, now=now)


def state():
    return Approval.objects.get().state


def actions():
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def test_one_asks_another_allows_and_it_is_used_once(asked, second):
    approvals.approve(actor=second, approval_id=asked.pk, reason="agreed", now=NOW + HOUR)
    used = use()
    with pytest.raises(ApprovalRefused, match="none stands"):
        use()
    assert (used.state, used.decided_by, used.decided_at, used.used_at) == ("used", second, NOW + HOUR, NOW + 2 * HOUR)
    assert actions() == ["approval-asked", "approval-given", "approval-used", "refusal"]


def test_nobody_approves_what_they_asked_for(asked, asker):
    with pytest.raises(ApprovalRefused, match="second person"):
        approvals.approve(actor=asker, approval_id=asked.pk, now=NOW)
    assert (state(), actions()) == ("open", ["approval-asked", "refusal"])


def test_the_database_refuses_it_as_well(asked, asker):
    with pytest.raises(IntegrityError, match="approval_by_another_person"), transaction.atomic():
        Approval.objects.update(state="given", decided_by=asker, decided_at=NOW)


@pytest.mark.parametrize("role", ["employee", "dpo", "auditor", "administrator"])
def test_a_role_that_was_not_named_decides_nothing(asked, person, role):
    for decide in (approvals.approve, approvals.refuse):
        with pytest.raises(ApprovalRefused, match="Your role"):
            decide(actor=person(role, f"{decide.__name__}@corp.example"), approval_id=asked.pk, reason="x", now=NOW)
    assert state() == "open"


def test_the_role_counts_as_it_is_now_not_as_the_session_knew_it(asked, second):
    people.change_role(actor=OPERATOR, person=second, role=Role.AUDITOR)
    with pytest.raises(ApprovalRefused, match="Your role"):
        approvals.approve(actor=second, approval_id=asked.pk, now=NOW)


def test_a_closed_account_decides_nothing(asked, second):
    people.set_active(actor=OPERATOR, person=second, active=False)
    with pytest.raises(ApprovalRefused, match="Your role"):
        approvals.approve(actor=second, approval_id=asked.pk, now=NOW)


@pytest.mark.parametrize(("moment", "allowed"), [(EXPIRY - timedelta(microseconds=1), True), (EXPIRY, False)])
def test_nothing_is_approved_once_it_has_expired(asked, second, moment, allowed):
    try:
        approvals.approve(actor=second, approval_id=asked.pk, now=moment)
    except ApprovalRefused:
        assert not allowed
    assert state() == ("given" if allowed else "expired")


@pytest.mark.parametrize(("moment", "allowed"), [(EXPIRY - timedelta(microseconds=1), True), (EXPIRY, False)])
def test_nothing_is_used_once_it_has_expired(asked, second, moment, allowed):
    approvals.approve(actor=second, approval_id=asked.pk, now=NOW)
    try:
        use(now=moment)
    except ApprovalRefused:
        assert not allowed
    assert state() == ("used" if allowed else "expired")


def test_what_is_not_approved_is_not_used(asked):
    with pytest.raises(ApprovalRefused, match="none stands"):
        use()


def test_an_approval_is_bound_to_what_was_proposed(asker, second):
    asked = ask(asker, digest="a" * 64)
    approvals.approve(actor=second, approval_id=asked.pk, now=NOW)
    with pytest.raises(ApprovalRefused, match="has changed since"):
        use(digest="b" * 64)
    assert use(digest="a" * 64).state == "used"


def test_a_refusal_has_a_reason_and_is_final(asked, second):
    with pytest.raises(ApprovalRefused, match="Say why"):
        approvals.refuse(actor=second, approval_id=asked.pk, reason=" ", now=NOW)
    approvals.refuse(actor=second, approval_id=asked.pk, reason="another matter stands", now=NOW)
    with pytest.raises(ApprovalRefused, match="refused already"):
        approvals.approve(actor=second, approval_id=asked.pk, now=NOW)
    with pytest.raises(ApprovalRefused, match="none stands"):
        use()
    assert Approval.objects.get().decision_reason == "another matter stands"


def test_only_the_asker_withdraws_and_only_while_nobody_has_decided(asked, asker, second):
    with pytest.raises(ApprovalRefused, match="Only whoever asked"):
        approvals.withdraw(actor=second, approval_id=asked.pk, now=NOW)
    approvals.withdraw(actor=asker, approval_id=asked.pk, now=NOW)
    with pytest.raises(ApprovalRefused, match="withdrawn it"):
        approvals.approve(actor=second, approval_id=asked.pk, now=NOW)
    with pytest.raises(ApprovalRefused, match="withdrawn it"):
        approvals.withdraw(actor=asker, approval_id=asked.pk, now=NOW)


def test_one_thing_is_asked_for_once_at_a_time(asker, second):
    asked = ask(asker)
    with pytest.raises(ApprovalRefused, match="asked for already"):
        ask(second)
    approvals.refuse(actor=second, approval_id=asked.pk, reason="no", now=NOW)
    assert ask(asker).state == "open"


def test_the_database_allows_one_that_lives(asked, asker):
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(
            kind="hold-release",
            subject="hold:7",
            asked_by=asker,
            asked_at=NOW,
            reason="x",
            expires_at=EXPIRY,
            may_approve=[],
        )


def test_what_has_expired_can_be_asked_for_again(asked, asker):
    again = ask(asker, now=EXPIRY, expires_at=EXPIRY + HOUR)
    assert list(Approval.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "open"]
    assert again.pk != asked.pk


@pytest.mark.parametrize(
    "changes", [{"reason": " "}, {"may_approve": set()}, {"expires_at": NOW}, {"expires_at": NOW - HOUR}]
)
def test_what_makes_no_sense_is_not_asked_for(asker, changes):
    with pytest.raises(ApprovalRefused):
        ask(asker, **changes)
    assert not Approval.objects.exists()


def test_the_sweep_writes_down_what_has_expired_once(asker, second):
    first, given = ask(asker), ask(asker, subject="hold:8")
    later = ask(asker, subject="hold:9", expires_at=EXPIRY + HOUR)
    approvals.approve(actor=second, approval_id=given.pk, now=NOW)
    assert [approvals.expire(now=at) for at in (EXPIRY - HOUR, EXPIRY, EXPIRY)] == [0, 2, 0]
    states = dict(Approval.objects.values_list("pk", "state"))
    assert states == {first.pk: "expired", given.pk: "expired", later.pk: "open"}
    assert actions().count(Action.APPROVAL_EXPIRED) == 2


def test_what_is_not_there_is_said(second, db):
    with pytest.raises(ApprovalRefused, match="no such request"):
        approvals.approve(actor=second, approval_id=4711, now=NOW)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "given"}, "approval_decided_by_somebody"),
        ({"state": "refused"}, "approval_decided_by_somebody"),
        ({"state": "used"}, "approval_(decided_by_somebody|used_in_time)"),
        ({"used_at": NOW}, "approval_used_in_time"),
        ({"expires_at": NOW - HOUR}, "approval_expires_after_it_is_asked"),
    ],
)
def test_the_database_refuses_a_state_that_cannot_be(asked, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Approval.objects.update(**fields)


@pytest.mark.parametrize(
    ("state", "moments", "constraint"),
    [
        ("given", (EXPIRY, None), "approval_decided_in_time"),
        ("used", (NOW, EXPIRY), "approval_used_in_time"),
        ("used", (NOW + HOUR, NOW), "approval_used_in_time"),
    ],
)
def test_the_database_refuses_a_decision_or_a_use_out_of_time(asked, second, state, moments, constraint):
    decided, used = moments
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Approval.objects.update(state=state, decided_by=second, decided_at=decided, used_at=used)


def test_every_state_but_open_and_given_is_an_end(asked, asker, second):
    for ended in set(ApprovalState) - {ApprovalState.OPEN, ApprovalState.GIVEN}:
        decided = (
            {"decided_by": second, "decided_at": NOW}
            if ended in {"used", "refused"}
            else {"decided_by": None, "decided_at": None}
        )
        Approval.objects.update(state=ended, used_at=NOW if ended == "used" else None, **decided)
        for step in (
            lambda: approvals.approve(actor=second, approval_id=asked.pk, now=NOW),
            lambda: approvals.refuse(actor=second, approval_id=asked.pk, reason="x", now=NOW),
            lambda: approvals.withdraw(actor=asker, approval_id=asked.pk, now=NOW),
            lambda: use(now=NOW),
        ):
            with pytest.raises(ApprovalRefused):
                step()
        assert state() == ended
