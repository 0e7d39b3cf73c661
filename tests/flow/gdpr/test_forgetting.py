"""The register stays, and the person does not."""

from datetime import timedelta

import pytest

from accounts.models import AuditText
from accounts.services import checks
from gdpr.models import LocatedItem, Request, RequestEvent, SubjectTerm
from gdpr.services import answering, forgetting
from gdpr.states import NotAllowed
from tests.flow.gdpr.desk import AFTER_COOLING, ANN, HOME, NOW, again, decided, erased, located, registered

FIVE_YEARS = AFTER_COOLING.replace(year=2031) + timedelta(days=1)


def closed(archive, dpo, approver):
    request = located(dpo, archive)
    decided(dpo, request)
    erased(dpo, approver, archive, request)
    answering.close(actor=dpo, request_id=request.id, now=AFTER_COOLING)
    return again(request)


def kept_words(request):
    return str(
        [
            list(Request.objects.filter(pk=request.pk).values()),
            list(SubjectTerm.objects.filter(request=request).values()),
            list(LocatedItem.objects.filter(request=request).values()),
            list(RequestEvent.objects.filter(request=request).values()),
            list(request.letters.values()),
            list(AuditText.objects.values_list("text", flat=True)),
        ]
    ).lower()


def test_nothing_of_the_person_is_left_and_the_register_tells_what_was_done(archive, dpo, approver):
    request = closed(archive, dpo, approver)
    before = kept_words(request)

    forgetting.forget_person(actor=dpo, request_id=request.id, reason="At their wish.", archive=archive, now=NOW)

    after = again(request)
    assert "ann lee" in before
    assert not any(word in kept_words(request) for word in ("ann lee", ANN, HOME, "they asked for it"))
    assert (after.number, after.outcome, after.state) == (request.number, "granted", "closed")
    assert SubjectTerm.objects.filter(request=request).values("value").distinct().count() == 3
    assert checks.check_audit(actor=dpo).whole


def test_the_files_of_the_database_are_written_anew_once_for_all_who_were_forgotten(archive, dpo, approver):
    request = closed(archive, dpo, approver)
    before = forgetting.leave_files(now=NOW)
    forgetting.forget_person(actor=dpo, request_id=request.id, reason="At their wish.", archive=archive, now=NOW)

    assert (before, forgetting.leave_files(now=NOW), forgetting.leave_files(now=NOW)) == (0, 1, 0)
    assert again(request).left_files_at == NOW


def test_it_happens_by_itself_after_five_years(archive, dpo, approver):
    request = closed(archive, dpo, approver)

    early = forgetting.forget_due(archive, now=FIVE_YEARS - timedelta(days=3))

    assert (early, forgetting.forget_due(archive, now=FIVE_YEARS)) == (0, 1)
    assert again(request).forgotten_at == FIVE_YEARS
    assert forgetting.forget_due(archive, now=FIVE_YEARS) == 0


def test_an_open_request_keeps_its_person(archive, dpo):
    request = registered(dpo)

    with pytest.raises(NotAllowed):
        forgetting.forget_person(actor=dpo, request_id=request.id, reason="x", archive=archive, now=NOW)


def test_what_was_forgotten_cannot_be_acted_on(archive, dpo, approver):
    from gdpr.services import reopening

    request = closed(archive, dpo, approver)
    forgetting.forget_person(actor=dpo, request_id=request.id, reason="x", archive=archive, now=NOW)

    with pytest.raises(NotAllowed, match="forgotten"):
        reopening.reopen(actor=dpo, request_id=request.id, reason="x", now=NOW)
