"""Matters: who works on them, whose mail they open, and that nobody opens mail alone."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import (
    Action,
    Approval,
    ApprovalState,
    AuditEntry,
    AuditText,
    Grant,
    GrantKind,
    MatterCustodian,
    MatterState,
    Role,
)
from accounts.permissions import covers, matter_scope, scope_of
from accounts.queries.matters import NoSuchMatter, awaited, get_named, get_worked_on, named_to, worked_on
from accounts.services import approvals, matters, people
from accounts.services.approvals import ApprovalRefused
from accounts.services.matters import MatterRefused
from muniment.engines.port import Scope
from tests.flow.accounts.conftest import LONG_AGO, NOW, OPERATOR

BOB = "bob@corp.example"
SEES_BOB = Scope(blind=True, personal=True, addresses=frozenset({BOB}))
SEES_NOTHING = Scope(blind=True, personal=True)


@pytest.fixture
def lawyer(person):
    return person("legal", "lawyer@corp.example")


@pytest.fixture
def second(person):
    return person("legal", "second@corp.example")


@pytest.fixture
def matter(lawyer):
    return matters.open_matter(actor=lawyer, reference="2026-014", name="Supplier dispute", now=NOW)


def opened(lawyer, second, matter, address=BOB):
    """Open a person's mail to the matter, by two people."""
    proposal = matters.ask_custodian(actor=lawyer, matter=matter, address=address, reason="the dispute", now=NOW)
    approvals.approve(actor=second, approval_id=proposal.approval_id, now=NOW)
    return matters.add_custodian(actor=lawyer, proposal=proposal, now=NOW)


def test_whoever_opens_a_matter_is_its_first_member(lawyer, matter):
    assert list(worked_on(lawyer)) == [matter]
    assert scope_of(lawyer, now=NOW) == SEES_NOTHING


@pytest.mark.parametrize("role", ["employee", "dpo", "auditor", "administrator"])
def test_only_legal_and_compliance_open_matters(person, role):
    with pytest.raises(MatterRefused, match="opened by legal"):
        matters.open_matter(actor=person(role), reference="1", name="x")


def test_a_reference_is_given_once(lawyer, matter):
    with pytest.raises(MatterRefused, match="reference already"):
        matters.open_matter(actor=lawyer, reference=" 2026-014 ", name="Another")


def test_nobody_opens_mail_alone(lawyer, matter):
    proposal = matters.ask_custodian(actor=lawyer, matter=matter, address=BOB, reason="the dispute", now=NOW)

    with pytest.raises(ApprovalRefused, match="second person"):
        matters.add_custodian(actor=lawyer, proposal=proposal, now=NOW)
    with pytest.raises(ApprovalRefused, match="Whoever asks cannot approve"):
        approvals.approve(actor=lawyer, approval_id=proposal.approval_id, now=NOW)

    assert scope_of(lawyer, now=NOW) == SEES_NOTHING
    assert [one.address for one in awaited(matter, now=NOW)] == [BOB]


def test_a_custodian_opens_the_mail_to_every_member_once_a_second_person_approved(lawyer, second, matter):
    custodian = opened(lawyer, second, matter, " Bob@Corp.Example ")

    assert scope_of(lawyer, now=NOW) == SEES_BOB
    assert scope_of(second, now=NOW) == SEES_NOTHING  # who approves sees nothing by it
    assert custodian.approval.decided_by == second
    assert Approval.objects.get().state == ApprovalState.USED
    assert awaited(matter, now=NOW) == []
    matters.add_member(actor=lawyer, matter=matter, person=second, now=NOW)
    assert scope_of(second, now=NOW) == SEES_BOB


def test_an_approval_is_for_the_address_that_was_asked_for(lawyer, second, matter):
    proposal = matters.ask_custodian(actor=lawyer, matter=matter, address=BOB, reason="the dispute", now=NOW)
    approvals.approve(actor=second, approval_id=proposal.approval_id, now=NOW)
    proposal.address = "ann@corp.example"

    with pytest.raises(ApprovalRefused, match="something else"):
        matters.add_custodian(actor=lawyer, proposal=proposal, now=NOW)


def test_an_approval_that_is_too_old_opens_nothing_and_can_be_asked_for_again(lawyer, second, matter):
    proposal = matters.ask_custodian(actor=lawyer, matter=matter, address=BOB, reason="the dispute", now=NOW)
    late = NOW + timedelta(days=matters.APPROVAL_DAYS)

    with pytest.raises(ApprovalRefused, match="expired"):
        approvals.approve(actor=second, approval_id=proposal.approval_id, now=late)

    again = matters.ask_custodian(actor=lawyer, matter=matter, address=BOB, reason="the dispute", now=late)
    assert awaited(matter, now=late) == [again]


def test_the_same_custodian_is_asked_for_once(lawyer, second, matter):
    matters.ask_custodian(actor=lawyer, matter=matter, address=BOB, reason="the dispute", now=NOW)
    with pytest.raises(MatterRefused, match="asked for already"):
        matters.ask_custodian(actor=lawyer, matter=matter, address=BOB, reason="again", now=NOW)


@pytest.mark.parametrize("address", ["", "bob", "bob@", "b ob@corp.example", "@corp.example", "a@b@c"])
def test_what_is_no_address_is_no_custodian(lawyer, matter, address):
    with pytest.raises(MatterRefused, match="address"):
        matters.ask_custodian(actor=lawyer, matter=matter, address=address, reason="x", now=NOW)


def test_a_closed_matter_opens_no_mail_and_changes_no_more(lawyer, second, matter):
    opened(lawyer, second, matter)

    closed = matters.close(actor=lawyer, matter=matter, reason="settled", now=NOW)

    assert (closed.state, closed.closed_by) == (MatterState.CLOSED, lawyer)
    assert scope_of(lawyer, now=NOW) == SEES_NOTHING
    assert matter_scope(lawyer, closed, now=NOW) == SEES_NOTHING
    with pytest.raises(MatterRefused, match="closed"):
        matters.add_member(actor=lawyer, matter=closed, person=second, now=NOW)
    assert get_worked_on(lawyer, matter.pk) == closed


def test_a_custodian_removed_opens_no_mail(lawyer, second, matter):
    custodian = opened(lawyer, second, matter)

    matters.remove_custodian(actor=lawyer, custodian=custodian, now=NOW)

    assert scope_of(lawyer, now=NOW) == SEES_NOTHING
    assert MatterCustodian.objects.get().removed_at == NOW


def test_a_member_removed_sees_no_more(lawyer, second, matter):
    opened(lawyer, second, matter)
    matters.add_member(actor=lawyer, matter=matter, person=second, now=NOW)

    matters.remove_member(actor=second, matter=matter, person=lawyer, now=NOW)

    assert scope_of(lawyer, now=NOW) == SEES_NOTHING
    assert scope_of(second, now=NOW) == SEES_BOB


def test_the_last_who_may_act_stays(lawyer, person, matter):
    matters.add_member(actor=lawyer, matter=matter, person=person("auditor"), now=NOW)
    with pytest.raises(MatterRefused, match="would be left"):
        matters.remove_member(actor=lawyer, matter=matter, person=lawyer, now=NOW)


@pytest.mark.parametrize("role", ["employee", "dpo", "administrator"])
def test_others_cannot_be_members(lawyer, person, matter, role):
    with pytest.raises(MatterRefused, match="cannot be a member"):
        matters.add_member(actor=lawyer, matter=matter, person=person(role), now=NOW)


@pytest.mark.parametrize("act", ["member", "custodian", "close", "change"])
@pytest.mark.parametrize("who", ["legal", "compliance", "auditor who is a member"])
def test_nobody_but_members_of_legal_and_compliance_acts_in_a_matter(lawyer, person, matter, who, act):
    actor = person(who.partition(" ")[0], "other@corp.example")
    if "member" in who:
        matters.add_member(actor=lawyer, matter=matter, person=actor, now=NOW)
    acts = {
        "member": lambda: matters.add_member(actor=actor, matter=matter, person=lawyer),
        "custodian": lambda: matters.ask_custodian(actor=actor, matter=matter, address=BOB, reason="x"),
        "close": lambda: matters.close(actor=actor, matter=matter, reason="x"),
        "change": lambda: matters.change(actor=actor, matter=matter, name="x", description=""),
    }
    with pytest.raises(MatterRefused, match="Only its members"):
        acts[act]()


@pytest.mark.parametrize(
    ("role", "sees"), [("legal", False), ("dpo", False), ("employee", False), ("compliance", True), ("auditor", True)]
)
def test_others_know_of_no_matter_but_those_who_watch_over_all(person, matter, role, sees):
    other = person(role, "other@corp.example")
    assert list(named_to(other)) == ([matter] if sees else [])
    with pytest.raises(NoSuchMatter):
        get_worked_on(other, matter.pk)
    if not sees:
        with pytest.raises(NoSuchMatter):
            get_named(other, matter.pk)


@pytest.mark.parametrize("change", ["role", "account"])
def test_a_change_of_role_or_a_closed_account_ends_memberships(lawyer, second, matter, change):
    opened(lawyer, second, matter)
    if change == "role":
        people.change_role(actor=OPERATOR, person=lawyer, role=Role.DPO)
        people.change_role(actor=OPERATOR, person=lawyer, role=Role.LEGAL)
    else:
        people.set_active(actor=OPERATOR, person=lawyer, active=False)
        people.set_active(actor=OPERATOR, person=lawyer, active=True)
    lawyer.refresh_from_db()
    assert (list(worked_on(lawyer)), scope_of(lawyer)) == ([], SEES_NOTHING)


def test_a_search_within_a_matter_is_narrowed_to_its_custodians(lawyer, second, matter):
    opened(lawyer, second, matter)
    Grant.objects.create(user=lawyer, kind=GrantKind.EVERYTHING, valid_from=LONG_AGO)
    assert matter_scope(lawyer, matter, now=NOW) == SEES_BOB


def test_a_search_within_a_matter_shows_no_more_than_its_reader_sees(person, lawyer, second, matter):
    opened(lawyer, second, matter)
    opened(lawyer, second, matter, "ann@else.example")
    outside = person("compliance", "c@corp.example", ("domain", "corp.example"))
    assert matter_scope(outside, matter, now=NOW) == SEES_BOB


def test_an_operator_adds_a_custodian_alone_and_it_is_written_down(matter):
    matters.add_custodian_by_command(actor=OPERATOR, matter=matter, address=BOB, now=NOW)
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.actor, entry.details["what"]) == (OPERATOR.label, "custodian-added")


def test_the_command_opens_a_matter_with_members_and_custodians(lawyer):
    call_command("open_matter", "M-9", "Dispute", "--member", lawyer.email, "--custodian", BOB, stdout=StringIO())
    assert [matter.reference for matter in worked_on(lawyer)] == ["M-9"]
    assert scope_of(lawyer) == SEES_BOB


def test_the_command_leaves_nothing_half_done(lawyer):
    with pytest.raises(SystemExit):
        call_command("open_matter", "M-9", "Dispute", "--custodian", "nobody", stdout=StringIO(), stderr=StringIO())
    assert list(named_to(lawyer)) == []


def test_every_act_is_an_entry_of_the_matter_without_addresses(lawyer, second, matter):
    custodian = opened(lawyer, second, matter)
    matters.change(actor=lawyer, matter=matter, name="Dispute", description="d", now=NOW)
    matters.remove_custodian(actor=lawyer, custodian=custodian, now=NOW)
    matters.close(actor=lawyer, matter=matter, reason="settled with bob", now=NOW)

    entries = list(AuditEntry.objects.filter(matter_id=matter.pk).order_by("number"))
    assert [(entry.action, entry.details.get("what")) for entry in entries] == [
        (Action.MATTER_OPENED, None),
        (Action.MATTER_CHANGED, "custodian-asked"),
        (Action.MATTER_CHANGED, "custodian-added"),
        (Action.MATTER_CHANGED, "words"),
        (Action.MATTER_CHANGED, "custodian-removed"),
        (Action.MATTER_CLOSED, None),
    ]
    everything = str([(entry.objects_named, entry.details) for entry in AuditEntry.objects.all()])
    assert "bob" not in everything
    assert AuditText.objects.filter(text="settled with bob").exists()


def test_the_database_keeps_one_standing_custodian_of_an_address(matter):
    MatterCustodian.objects.create(matter=matter, address=BOB, added_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        MatterCustodian.objects.create(matter=matter, address=BOB, added_at=NOW)


@pytest.mark.parametrize(
    ("seen", "asked", "answer"),
    [
        (Scope(everything=True, blind=True, personal=True), SEES_BOB, True),
        (Scope(everything=True), SEES_BOB, False),
        (Scope(blind=True, personal=True, domains=frozenset({"corp.example"})), SEES_BOB, True),
        (SEES_BOB, Scope(everything=True), False),
        (SEES_BOB, Scope(domains=frozenset({"corp.example"})), False),
        (SEES_BOB, Scope(), True),
    ],
)
def test_a_scope_covers_another_when_nothing_more_is_in_that_one(seen, asked, answer):
    assert covers(seen, asked) is answer
