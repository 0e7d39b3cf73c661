"""The clock of a request: the vectors of the project's legal note, pauses, extensions, other calendars."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.errors import Refused
from muniment.policy.calendar import add_months, alsace_moselle_holidays, french_holidays
from muniment.policy.request_clock import Extension, ExtensionGround, Pause, PauseKind, deadline
from tests.unit.policy.builders import STEADY

# receipt, raw and legal day after one month, raw and legal day when extended (three months in all)
VECTORS = [
    ("2026-03-05", "2026-04-05", "2026-04-07", "2026-06-05", "2026-06-05"),
    ("2026-08-31", "2026-09-30", "2026-09-30", "2026-11-30", "2026-11-30"),
    ("2026-11-25", "2026-12-25", "2026-12-28", "2027-02-25", "2027-02-25"),
    ("2027-01-31", "2027-02-28", "2027-03-01", "2027-04-30", "2027-04-30"),
    ("2027-04-01", "2027-05-01", "2027-05-03", "2027-07-01", "2027-07-01"),
    ("2027-07-14", "2027-08-14", "2027-08-16", "2027-10-14", "2027-10-14"),
    ("2028-01-31", "2028-02-29", "2028-02-29", "2028-04-30", "2028-05-02"),
]
DAYS = st.dates(date(2020, 1, 1), date(2100, 1, 1))


def extension(told_on, months=2):
    return Extension(ground=ExtensionGround.COMPLEXITY, told_on=told_on, months=months)


def pause(asked_on, answered_on, kind=PauseKind.IDENTITY):
    return Pause(kind=kind, asked_on=asked_on, answered_on=answered_on)


@pytest.mark.parametrize(("received", "raw", "legal"), [vector[:3] for vector in VECTORS])
def test_an_answer_is_due_one_month_after_the_receipt(received, raw, legal):
    found = deadline(date.fromisoformat(received))
    assert (found.raw_on.isoformat(), found.legal_on.isoformat()) == (raw, legal)


@pytest.mark.parametrize(("received", "raw", "legal"), [(vector[0], *vector[3:]) for vector in VECTORS])
def test_an_extended_answer_is_due_three_months_after_the_receipt(received, raw, legal):
    received_on = date.fromisoformat(received)
    found = deadline(received_on, extension=extension(received_on))
    assert (found.raw_on.isoformat(), found.legal_on.isoformat()) == (raw, legal)


def test_the_safe_day_is_three_working_days_before_the_raw_day():
    # Sunday 5 April 2026: Friday 3, Thursday 2, Wednesday 1 April.
    assert deadline(date(2026, 3, 5)).safe_on == date(2026, 4, 1)


def test_in_alsace_good_friday_moves_the_deadline():
    found = deadline(date(2026, 3, 3), holidays=alsace_moselle_holidays)
    assert (deadline(date(2026, 3, 3)).legal_on, found.legal_on) == (date(2026, 4, 3), date(2026, 4, 7))


def test_a_pause_moves_the_deadline_by_its_days():
    found = deadline(date(2026, 3, 5), pauses=(pause(date(2026, 3, 9), date(2026, 3, 19)),))
    assert (found.paused_days, found.raw_on, found.legal_on) == (10, date(2026, 4, 15), date(2026, 4, 15))


def test_two_questions_that_are_open_at_once_count_once():
    identity = pause(date(2026, 3, 9), date(2026, 3, 19))
    scope = pause(date(2026, 3, 12), date(2026, 3, 21), PauseKind.CLARIFICATION)
    assert deadline(date(2026, 3, 5), pauses=(scope, identity)).paused_days == 12


def test_while_an_answer_is_awaited_the_clock_does_not_run_out():
    found = deadline(date(2026, 3, 5), pauses=(pause(date(2026, 3, 9), None),))
    assert (found.paused, found.overdue(date(2027, 1, 1)), found.alert(date(2027, 1, 1))) == (True, False, False)


def test_where_pauses_do_not_count_the_deadline_stays():
    found = deadline(date(2026, 3, 5), pauses=(pause(date(2026, 3, 9), None),), pauses_count=False)
    assert (found.paused, found.legal_on) == (False, date(2026, 4, 7))


def test_a_question_sent_after_three_working_days_is_named():
    late = pause(date(2026, 3, 11), date(2026, 3, 12))
    early = pause(date(2026, 3, 10), date(2026, 3, 10))
    assert deadline(date(2026, 3, 5), pauses=(early, late)).late_questions == (late,)


def test_the_day_after_the_legal_day_is_overdue():
    found = deadline(date(2026, 3, 5))
    assert (found.overdue(date(2026, 4, 7)), found.overdue(date(2026, 4, 8))) == (False, True)


def test_an_extension_told_on_the_first_deadline_counts():
    assert deadline(date(2026, 3, 5), extension=extension(date(2026, 4, 7))).legal_on == date(2026, 6, 5)


def test_a_pause_before_the_first_deadline_gives_more_time_to_tell_of_an_extension():
    paused = pause(date(2026, 3, 9), date(2026, 3, 19))
    found = deadline(date(2026, 3, 5), pauses=(paused,), extension=extension(date(2026, 4, 15)))
    assert found.raw_on == date(2026, 6, 15)


@pytest.mark.parametrize("told_on", [date(2026, 4, 8), date(2026, 3, 4)])
def test_an_extension_told_outside_the_first_month_is_refused(told_on):
    with pytest.raises(Refused, match="first deadline"):
        deadline(date(2026, 3, 5), extension=extension(told_on))


def test_a_pause_in_the_extended_time_does_not_excuse_a_late_extension():
    paused = pause(date(2026, 5, 4), date(2026, 5, 20))
    with pytest.raises(Refused, match="first deadline"):
        deadline(date(2026, 3, 5), pauses=(paused,), extension=extension(date(2026, 4, 9)))


@pytest.mark.parametrize("months", [0, 3])
def test_an_extension_has_one_or_two_months(months):
    with pytest.raises(Refused, match="1 or 2 months"):
        extension(date(2026, 3, 5), months)


@pytest.mark.parametrize(
    ("asked_on", "answered_on", "words"),
    [
        (date(2026, 3, 4), date(2026, 3, 9), "older than the request"),
        (date(2026, 3, 9), date(2026, 3, 8), "older than its question"),
        (date(2026, 4, 8), date(2026, 4, 9), "run out"),
    ],
)
def test_a_pause_that_cannot_be_is_refused(asked_on, answered_on, words):
    with pytest.raises(Refused, match=words):
        deadline(date(2026, 3, 5), pauses=(pause(asked_on, answered_on),))


def naive_legal_day(raw_on):
    while raw_on.weekday() >= 5 or raw_on in french_holidays(raw_on.year):
        raw_on += timedelta(days=1)
    return raw_on


@STEADY
@given(DAYS, st.lists(st.tuples(st.integers(0, 25), st.integers(0, 40)), max_size=3))
def test_the_days_of_the_pauses_are_the_shift_of_the_deadline(received_on, spans):
    pauses = tuple(
        pause(received_on + timedelta(days=after), received_on + timedelta(days=after + length))
        for after, length in spans
    )
    open_days = {after + passed for after, length in spans for passed in range(length)}
    found = deadline(received_on, pauses=pauses)
    raw_on = add_months(received_on, 1) + timedelta(days=len(open_days))
    assert (found.raw_on, found.legal_on) == (raw_on, naive_legal_day(raw_on))
