"""An erasure from its list to its letter: decided, approved by another person, cooled off, carried out."""

from datetime import timedelta

import pytest
from django.utils import translation

from accounts.models import Action, AuditEntry, AuditText, TextKind
from accounts.queries.audit import verify_chain
from accounts.services import approvals, audit
from archive.models import Hold, HoldKind, Message, Restriction
from archive.queries.messages import visible
from archive.services import disposal
from archive.services.stages import index_all
from gdpr import waits
from gdpr.models import CarriedOut, Choice, Code, Concern, RequestEvent
from gdpr.services import answering, deciding, erasing, reopening
from gdpr.services.acting import Act
from gdpr.states import NotAllowed, State
from muniment.errors import Refused
from tests.flow.archive import holding
from tests.flow.archive.holding import OPERATOR
from tests.flow.gdpr.desk import (
    AFTER_COOLING,
    ANN,
    NOW,
    again,
    approved,
    asked,
    decide,
    decided,
    erased,
    frozen,
    items,
    keys,
    located,
    message,
)


def close(dpo, request, now=AFTER_COOLING):
    answering.close(actor=dpo, request_id=request.id, now=now)
    return again(request)


def hold_on(archive, key):
    return holding.place(archive, HoldKind.MESSAGES, message_ids=[message(key).id])


def let_go(archive, hold, officer):
    holding.release(archive, hold, asker=officer, approver=holding.lawyer(), now=AFTER_COOLING)


def test_what_was_approved_is_gone_and_the_rest_stays(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)

    request = erased(dpo, approver, archive, request)
    index_all(archive)

    left = set(Message.objects.values_list("rfc_message_id", flat=True))
    assert left == {"mention@corp.example", "other@corp.example", "namesake@corp.example"}
    assert (request.state, request.outcome) == (State.REPLYING, "granted")
    assert {item.carried_out for item in items(request, choice=Choice.ERASE)} == {CarriedOut.ERASED}
    text = request.letters.get(kind="closing").text
    assert "4 messages were erased" in text
    assert str(request.disposal_id) in text
    assert close(dpo, request).state == State.CLOSED


def test_what_people_typed_to_find_the_person_goes_and_that_they_searched_stays(archive, dpo, approver):
    typed = [
        audit.record(actor=dpo, action=Action.SEARCH, texts={TextKind.QUERY: text}).number
        for text in (f"from:{ANN.upper()}", "from:somebody.else@corp.example")
    ]
    request = located(dpo, archive)
    decided(dpo, request)

    erased(dpo, approver, archive, request)

    left = AuditText.objects.filter(entry_id__in=typed).values_list("entry_id", flat=True)
    assert list(left) == typed[1:]
    assert AuditEntry.objects.filter(number__in=typed).count() == 2
    assert verify_chain().whole


def test_nobody_erases_without_the_approval_of_another_person(archive, dpo):
    request = located(dpo, archive)
    decided(dpo, request)
    request = frozen(dpo, request)

    with pytest.raises(NotAllowed, match="second person"):
        erasing.begin(actor=dpo, request_id=request.id, now=AFTER_COOLING)
    approval = asked(dpo, request)
    with pytest.raises(Refused):
        approvals.approve(actor=dpo, approval_id=approval.pk, now=NOW)
    with pytest.raises(NotAllowed, match="second person"):
        erasing.begin(actor=dpo, request_id=request.id, now=AFTER_COOLING)


def test_it_waits_through_the_days_of_cooling_off_and_can_be_stopped_in_them(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    request = approved(dpo, approver, frozen(dpo, request))

    with pytest.raises(NotAllowed, match="can be stopped until"):
        erasing.begin(actor=dpo, request_id=request.id, now=NOW + timedelta(days=2, hours=23))
    erasing.stop(actor=dpo, request_id=request.id, reason="The person rang.", now=NOW + timedelta(days=1))

    assert again(request).state == State.REVIEW
    with pytest.raises(NotAllowed):
        erasing.begin(actor=dpo, request_id=request.id, now=AFTER_COOLING)
    assert Message.objects.count() == 7


def test_without_cooling_days_it_can_follow_at_once(archive, dpo, approver, settings):
    settings.MUNIMENT_ERASURE_COOLING_DAYS = 0
    request = located(dpo, archive)
    decided(dpo, request)

    assert erased(dpo, approver, archive, request, now=NOW).state == State.REPLYING


def test_a_decision_that_changed_after_the_freeze_needs_a_new_approval(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    request = approved(dpo, approver, frozen(dpo, request))
    items(request, concern=Concern.SENDER).update(choice=Choice.KEEP, code=Code.OTHERS)

    with pytest.raises(NotAllowed, match="not the one that was frozen"):
        erasing.begin(actor=dpo, request_id=request.id, now=AFTER_COOLING)


def test_a_held_message_can_only_be_restricted(archive, dpo):
    hold_on(archive, "sent")
    request = located(dpo, archive)

    taken = decide(dpo, request, Choice.ERASE, concern=Concern.SENDER)

    assert (taken.taken, list(taken.refused.values())) == (0, [1])
    assert decide(dpo, request, Choice.KEEP, code=Code.OTHERS, concern=Concern.SENDER).taken == 0
    assert decide(dpo, request, Choice.RESTRICT, concern=Concern.SENDER).taken == 1
    assert decide(dpo, request, Choice.RESTRICT, concern=Concern.RECIPIENT).taken == 0


def test_what_is_held_is_restricted_and_decided_again_by_itself_when_the_hold_is_released(archive, dpo, approver):
    hold = hold_on(archive, "sent")
    request = located(dpo, archive)
    decide(dpo, request, Choice.RESTRICT, concern=Concern.SENDER)
    for concern in (Concern.RECIPIENT, Concern.CUSTODIAN):
        decide(dpo, request, Choice.ERASE, concern=concern)
    decide(dpo, request, Choice.UNRELATED, concern=Concern.MENTIONED)
    request = close(dpo, erased(dpo, approver, archive, request))
    before = (request.outcome, reopening.reopen_released(now=AFTER_COOLING), "sent" in shown_to(approver))

    let_go(archive, hold, approver)
    reopened = reopening.reopen_released(now=AFTER_COOLING)

    assert (before, reopened, again(request).state) == (("partial", 0, False), 1, State.REOPENED)
    reopening.decide_again(actor=dpo, request_id=request.id, now=AFTER_COOLING)
    decide(dpo, request, Choice.ERASE, concern=Concern.SENDER)
    settled = erased(dpo, approver, archive, request, now=AFTER_COOLING + timedelta(days=4))
    assert close(dpo, settled).outcome == "granted"
    assert not Message.objects.filter(rfc_message_id="sent@corp.example").exists()
    assert not Restriction.objects.filter(lifted_at__isnull=True).exists()


def shown_to(actor):
    return {one.partition("@")[0] for one in visible(actor).values_list("rfc_message_id", flat=True)}


def test_a_hold_placed_after_the_approval_spares_the_message_and_the_person_is_told(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    request = approved(dpo, approver, frozen(dpo, request))
    hold_on(archive, "sent")

    erasing.begin(actor=dpo, request_id=request.id, now=AFTER_COOLING)
    erasing.carry_out(actor=dpo, request_id=request.id, archive=archive, now=AFTER_COOLING)

    request = again(request)
    assert keys(items(request, carried_out=CarriedOut.RESTRICTED)) == {"sender": {"sent"}}
    assert (request.outcome, request.state) == ("partial", State.REPLYING)
    assert "restricted" in request.letters.get(kind="closing").text
    assert Message.objects.filter(rfc_message_id="sent@corp.example").exists()


def test_a_hold_placed_before_the_freeze_sends_the_message_back_to_review(archive, dpo):
    request = located(dpo, archive)
    decided(dpo, request)
    deciding.check(actor=dpo, request_id=request.id, now=NOW)
    hold_on(archive, "sent")

    settled = deciding.settle(actor=dpo, request_id=request.id, now=NOW)

    assert (settled.sealed, settled.changed, again(request).state) == (False, 1, State.REVIEW)
    assert keys(items(request, choice="")) == {"sender": {"sent"}}
    assert items(request, choice="").get().proposal == "restrict"


def test_what_is_kept_for_others_is_told_with_the_remedies(archive, dpo, approver):
    request = located(dpo, archive)
    decide(dpo, request, Choice.KEEP, code=Code.OTHERS, concern=Concern.RECIPIENT)
    for concern in (Concern.SENDER, Concern.CUSTODIAN):
        decide(dpo, request, Choice.ERASE, concern=concern)
    decide(dpo, request, Choice.UNRELATED, concern=Concern.MENTIONED)

    request = erased(dpo, approver, archive, request)

    text = request.letters.get(kind="closing").text
    assert request.outcome == "partial"
    assert all(word in text for word in ("rights and freedoms of others", "CNIL", "judicial remedy"))


def test_a_duty_is_claimed_only_where_a_rule_in_force_names_one(archive, dpo):
    request = located(dpo, archive)

    taken = decide(dpo, request, Choice.KEEP, code=Code.DUTY, concern=Concern.SENDER)

    assert taken.taken == 0
    assert "No rule in force" in next(iter(taken.refused))


def test_nothing_to_erase_needs_no_approval(archive, dpo):
    request = located(dpo, archive)
    for concern in (Concern.SENDER, Concern.RECIPIENT, Concern.CUSTODIAN):
        decide(dpo, request, Choice.KEEP, code=Code.CLAIMS, concern=concern)
    decide(dpo, request, Choice.UNRELATED, concern=Concern.MENTIONED)
    frozen(dpo, request)

    erasing.begin(actor=dpo, request_id=request.id, now=NOW)
    erasing.carry_out(actor=dpo, request_id=request.id, archive=archive, now=NOW)

    assert again(request).outcome == "refused"
    assert Message.objects.count() == 7


def test_every_act_is_recorded_and_names_nobody_outside_of_the_texts(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    request = close(dpo, erased(dpo, approver, archive, request))

    entries = AuditEntry.objects.filter(objects_named__icontains=f"request:{request.id}")

    assert {entry.action for entry in entries} == {
        Action.REQUEST_RECEIVED,
        Action.REQUEST_CHANGED,
        Action.REQUEST_DECIDED,
        Action.REQUEST_CLOSED,
    }
    shown = str([(entry.objects_named, entry.details) for entry in entries]).lower()
    assert not any(word in shown for word in (ANN, "ann lee", "my pay"))


def test_a_run_that_was_cut_short_is_finished_by_the_sweep(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    approved(dpo, approver, frozen(dpo, request))
    erasing.begin(actor=dpo, request_id=request.id, now=AFTER_COOLING)
    disposal.execute(actor=dpo, disposal_id=again(request).disposal_id, archive=archive, now=AFTER_COOLING)

    finished = erasing.finish_interrupted(archive, now=AFTER_COOLING)

    assert (finished, again(request).state) == (1, State.REPLYING)
    assert erasing.finish_interrupted(archive, now=AFTER_COOLING) == 0


def test_why_an_erasure_waits_is_told_in_the_language_of_the_reader(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    approved(dpo, approver, frozen(dpo, request))
    erasing.begin(actor=dpo, request_id=request.id, now=AFTER_COOLING)
    placing = hold_on(archive, "other")
    Hold.objects.filter(id=placing.id).update(covered_at=None)

    with pytest.raises(disposal.HoldBeingPlaced):
        erasing.carry_out(actor=dpo, request_id=request.id, archive=archive, now=AFTER_COOLING)
    event = request.events.get(act=Act.FAILED)
    with translation.override("fr"):
        french = waits.shown(event)

    assert waits.shown(event).startswith("A legal hold is being placed")
    assert french.startswith("Un gel est en cours de pose")


@pytest.mark.parametrize(
    ("reason", "said"), [("OSError: no room", "no room"), ("Stopped: see letter", "see letter"), ("", "")]
)
def test_what_has_no_sentence_of_ours_is_told_in_its_own_words(reason, said):
    assert waits.shown(RequestEvent(act=Act.FAILED, reason=reason)) == said
    assert waits.shown(RequestEvent(act=Act.DECIDED, reason=reason)) == reason


def test_a_hold_released_leaves_other_closed_requests_alone(archive, dpo, approver):
    hold = hold_on(archive, "other")
    request = located(dpo, archive)
    decided(dpo, request)
    close(dpo, erased(dpo, approver, archive, request))

    let_go(archive, hold, approver)

    assert reopening.reopen_released(now=AFTER_COOLING) == 0


def test_an_approval_that_expired_carries_nothing_out_and_can_be_asked_for_again(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    request = approved(dpo, approver, frozen(dpo, request))
    expired = NOW + timedelta(days=60)

    with pytest.raises(NotAllowed, match="second person"):
        erasing.begin(actor=dpo, request_id=request.id, now=expired)
    erasing.stop(actor=dpo, request_id=request.id, reason="It expired.", now=expired)

    assert again(request).state == State.REVIEW
    assert frozen(dpo, request).state == State.APPROVAL
    assert approved(dpo, approver, request).disposal_id is not None


def test_a_list_that_a_killed_process_left_behind_does_not_stand_in_the_way(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    request = frozen(dpo, request)
    erasing.ask_approval(actor=dpo, request_id=request.id, reason="x", now=NOW)
    type(request).objects.filter(pk=request.pk).update(disposal_id=None)

    approval = asked(dpo, request)

    assert approval.subject == str(again(request).disposal_id)


def test_a_command_is_named_where_it_restricts(archive, dpo, approver):
    hold_on(archive, "sent")
    request = located(dpo, archive)
    decide(dpo, request, Choice.RESTRICT, concern=Concern.SENDER)
    for concern in (Concern.RECIPIENT, Concern.CUSTODIAN):
        decide(dpo, request, Choice.ERASE, concern=concern)
    decide(dpo, request, Choice.UNRELATED, concern=Concern.MENTIONED)
    approved(dpo, approver, frozen(dpo, request))

    erasing.begin(actor=OPERATOR, request_id=request.id, now=AFTER_COOLING)
    erasing.carry_out(actor=OPERATOR, request_id=request.id, archive=archive, now=AFTER_COOLING)

    assert AuditEntry.objects.get(action=Action.RESTRICTED).actor == "command line: root"
    assert again(request).state == State.REPLYING
