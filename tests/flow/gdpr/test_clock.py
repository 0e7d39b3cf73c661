"""The days of a request, through the services that move its clock: the vectors of the specification, section 2.2."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from gdpr.clock import Standing, clock_of, deadline_of
from gdpr.models import IdentityMethod, Right
from gdpr.queries.register import Wanted, register_page
from gdpr.services import clocks, intake
from gdpr.states import NotAllowed
from muniment.errors import Refused
from muniment.policy.request_clock import ExtensionGround
from tests.flow.gdpr.desk import again, registered

pytestmark = pytest.mark.django_db
VECTORS = [
    ("2026-03-05", "2026-04-07", "2026-06-05"),
    ("2026-08-31", "2026-09-30", "2026-11-30"),
    ("2026-11-25", "2026-12-28", "2027-02-25"),
    ("2027-01-31", "2027-03-01", "2027-04-30"),
    ("2027-04-01", "2027-05-03", "2027-07-01"),
    ("2027-07-14", "2027-08-16", "2027-10-14"),
    ("2028-01-31", "2028-02-29", "2028-05-02"),
]


def at(day):
    return timezone.make_aware(datetime.combine(day, time(9)))


def days(request):
    return deadline_of(again(request), list(request.questions.all()))


@pytest.fixture
def dpo(person):
    return person("dpo")


def received(dpo, day, right=Right.ERASURE, **fields):
    return registered(dpo, right, received_on=day, now=at(day), **fields)


@pytest.mark.parametrize(("receipt", "first", "extended"), VECTORS)
def test_a_request_has_the_days_of_the_table_before_and_after_its_extension(dpo, receipt, first, extended):
    day = date.fromisoformat(receipt)
    request = received(dpo, day)
    before = days(request)
    clocks.qualify(actor=dpo, request_id=request.id, method=IdentityMethod.HELD, now=at(day))

    clocks.extend(
        actor=dpo,
        request_id=request.id,
        ground=ExtensionGround.COMPLEXITY,
        months=2,
        reason="Ten mailboxes.",
        now=at(before.legal_on),
    )

    assert (str(before.legal_on), str(days(request).legal_on)) == (first, extended)
    assert "Ten mailboxes." in request.letters.get(kind="extension").text


@pytest.mark.parametrize(("receipt", "first", "extended"), VECTORS)
def test_an_extension_told_after_the_first_deadline_is_refused(dpo, receipt, first, extended):
    day = date.fromisoformat(receipt)
    request = received(dpo, day)
    clocks.qualify(actor=dpo, request_id=request.id, method=IdentityMethod.HELD, now=at(day))

    with pytest.raises(Refused, match="first deadline"):
        clocks.extend(
            actor=dpo,
            request_id=request.id,
            ground=ExtensionGround.NUMBER,
            months=2,
            reason="Late.",
            now=at(date.fromisoformat(first) + timedelta(days=1)),
        )

    assert str(days(request).legal_on) == first
    assert not request.letters.filter(kind="extension").exists()
    assert again(request).extension_told_on is None
    assert extended > first


def test_the_clock_follows_the_receipt_and_not_the_registration(dpo):
    request = registered(dpo, received_on=date(2026, 3, 5), now=at(date(2026, 3, 20)))

    assert days(request).legal_on == date(2026, 4, 7)


@pytest.mark.parametrize("waited", [0, 1, 10, 45])
def test_a_question_moves_the_end_by_the_days_that_it_waited(dpo, waited):
    request = received(dpo, date(2026, 8, 31), Right.ACCESS)
    asked = date(2026, 9, 2)

    clocks.ask_identity(actor=dpo, request_id=request.id, reason="Another address.", now=at(asked))
    clocks.qualify(actor=dpo, request_id=request.id, method=IdentityMethod.HELD, now=at(asked + timedelta(days=waited)))

    assert days(request).raw_on == date(2026, 9, 30) + timedelta(days=waited)
    assert days(request).paused_days == waited


def test_two_pauses_add_up_and_none_counts_where_the_authority_takes_none(dpo):
    both = [received(dpo, date(2026, 8, 31), Right.ACCESS, pauses_count=counts) for counts in (True, False)]
    for request in both:
        clocks.ask_identity(actor=dpo, request_id=request.id, reason="?", now=at(date(2026, 9, 1)))
        clocks.qualify(actor=dpo, request_id=request.id, method=IdentityMethod.DOCUMENT, now=at(date(2026, 9, 4)))
        clocks.ask_clarification(actor=dpo, request_id=request.id, reason="9,000", now=at(date(2026, 9, 7)))
        clocks.start_scoping(actor=dpo, request_id=request.id, now=at(date(2026, 9, 12)))

    assert [days(request).paused_days for request in both] == [8, 0]
    assert [str(days(request).legal_on) for request in both] == ["2026-10-08", "2026-09-30"]


def test_a_question_after_the_deadline_is_refused_and_leaves_no_trace(dpo):
    request = received(dpo, date(2026, 8, 31))

    with pytest.raises(Refused, match="after the deadline"):
        clocks.ask_identity(actor=dpo, request_id=request.id, reason="?", now=at(date(2026, 10, 1)))

    assert (again(request).state, request.questions.count()) == ("received", 0)


def test_an_answer_is_never_older_than_its_question(dpo):
    request = received(dpo, date(2026, 8, 31))
    clocks.ask_identity(actor=dpo, request_id=request.id, reason="?", now=at(date(2026, 9, 2)))

    with pytest.raises(NotAllowed, match="cannot be older"):
        clocks.qualify(
            actor=dpo,
            request_id=request.id,
            method=IdentityMethod.HELD,
            answered_on=date(2026, 9, 1),
            now=at(date(2026, 9, 3)),
        )


def test_a_correction_moves_the_clock_with_it(dpo):
    request = received(dpo, date(2026, 3, 10))

    intake.correct_receipt(
        actor=dpo, request_id=request.id, received_on=date(2026, 3, 5), reason="Postmark.", now=at(date(2026, 3, 11))
    )

    assert days(request).legal_on == date(2026, 4, 7)


def test_alsace_has_its_own_holidays(dpo):
    # 26 March 2027 is Good Friday, a holiday there only.
    request = received(dpo, date(2027, 2, 26), calendar="fr-am")

    assert days(request).legal_on == date(2027, 3, 30)
    assert days(received(dpo, date(2027, 2, 26))).legal_on == date(2027, 3, 26)


STANDINGS = [
    (date(2026, 9, 1), Standing.RUNNING),
    (date(2026, 9, 24), Standing.RUNNING),
    (date(2026, 9, 25), Standing.SOON),  # three working days before 30 September
    (date(2026, 9, 30), Standing.SOON),
    (date(2026, 10, 1), Standing.OVERDUE),
]


@pytest.mark.parametrize(("today", "standing"), STANDINGS)
def test_a_request_stands_in_time_as_the_day_says(dpo, today, standing):
    request = received(dpo, date(2026, 8, 31))

    assert clock_of(request, [], today=today).standing is standing


def test_the_register_finds_what_is_late_and_what_soon_will_be(dpo):
    late, soon, running = (received(dpo, day) for day in (date(2026, 6, 1), date(2026, 8, 31), date(2026, 9, 20)))
    clocks.ask_identity(
        actor=dpo,
        request_id=received(dpo, date(2026, 6, 2)).id,
        reason="?",
        asked_on=date(2026, 6, 3),
        now=at(date(2026, 6, 3)),
    )
    today = date(2026, 9, 28)

    found = {
        standing: [row.request.number for row in register_page(dpo, Wanted(standing=standing), today=today).rows]
        for standing in Standing
    }

    assert found == {
        Standing.OVERDUE: [late.number],
        Standing.SOON: [soon.number],
        Standing.RUNNING: [running.number],
        Standing.PAUSED: ["2026-0004"],
        Standing.ANSWERED: [],
    }
