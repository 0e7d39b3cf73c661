"""A request with an Idempotency-Key is done once, however often it is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Matter, OnceKey

BODY = {"reference": "M-1", "name": "A matter"}


@pytest.fixture(autouse=True)
def an_archive(empty_archive):
    return empty_archive


def test_the_same_request_makes_one_thing_and_gives_it_again(person, program_of):
    program = program_of(person("legal"))
    answers = [program.post("/matters", BODY, **{"idempotency-key": "abc"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert {answer.json()["id"] for answer in answers} == {str(Matter.objects.get().pk)}


def test_without_a_key_each_request_is_a_new_one(person, program_of):
    program = program_of(person("legal"))
    answers = [program.post("/matters", BODY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]


def test_a_key_stands_for_one_request_of_one_person(person, program_of):
    first, second = program_of(person("legal")), program_of(person("compliance"))
    first.post("/matters", BODY, **{"idempotency-key": "abc"})
    other = BODY | {"reference": "M-2"}
    again = first.post("/matters", other, **{"idempotency-key": "abc"})
    of_another = second.post("/matters", other, **{"idempotency-key": "abc"})
    assert (again.status_code, of_another.status_code) == (422, 201)


def test_a_key_is_free_again_after_a_refusal_and_after_a_day(person, program_of):
    program = program_of(person("legal"))
    program.post("/matters", BODY)
    refused = program.post("/matters", BODY, **{"idempotency-key": "abc"})
    made = program.post("/matters", BODY | {"reference": "M-2"}, **{"idempotency-key": "abc"})
    OnceKey.objects.update(begun_at=timezone.now() - timedelta(hours=25))
    next_day = program.post("/matters", BODY | {"reference": "M-3"}, **{"idempotency-key": "abc"})
    assert (refused.status_code, made.status_code, next_day.status_code) == (409, 201, 201)


def test_a_request_that_was_cut_short_is_not_done_again_blindly(person, program_of):
    user = person("legal")
    program = program_of(user)
    program.post("/matters", BODY, **{"idempotency-key": "abc"})
    OnceKey.objects.update(made="")
    answer = program.post("/matters", BODY, **{"idempotency-key": "abc"})
    assert answer.status_code == 409
    assert Matter.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_a_key_is_of_visible_characters(person, program_of, key):
    answer = program_of(person("legal")).post("/matters", BODY, **{"idempotency-key": key})
    assert answer.status_code == 422
    assert not Matter.objects.exists()


def test_what_is_kept_of_a_request_says_nothing_of_it(person, program_of):
    program_of(person("legal")).post("/matters", BODY | {"name": "Unspeakable"}, **{"idempotency-key": "abc"})
    assert "Unspeakable" not in str(OnceKey.objects.values().get())
