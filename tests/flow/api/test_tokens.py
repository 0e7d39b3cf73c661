"""Access tokens: made on a page, shown once, kept as a digest, dead when ended, expired, or its account is closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.guessing import MAX_FAILURES, WAIT_SECONDS
from accounts.models import AccessToken, Action, AuditEntry, Role
from accounts.services import people, tokens
from accounts.services.tokens import TokenRefused
from tests.flow.accounts.conftest import OPERATOR
from tests.flow.api.conftest import Program


@pytest.fixture(autouse=True)
def an_archive(empty_archive):
    return empty_archive


def last(action):
    return AuditEntry.objects.filter(action=action).order_by("-number").first()


def test_a_token_is_made_on_the_page_and_shown_this_once(person, browser_of):
    browser = browser_of(person("legal"))
    made = browser.post("/account/tokens", {"name": "review tool", "days": "30"})
    secret = made.context["given"].secret
    again = browser.get("/account/tokens").content.decode()
    row = AccessToken.objects.get()
    assert made.status_code == 201
    assert secret in made.content.decode()
    assert "review tool" in again
    assert secret not in again
    assert secret not in {str(value) for value in vars(row).values()}
    assert Program(secret).get("/me").json()["token"] == str(row.pk)
    assert last(Action.TOKEN_GIVEN).objects_named == [f"token:{row.pk}", f"person:{row.person_id}"]


@pytest.mark.parametrize(("name", "days"), [("", "30"), ("x", "0"), ("x", "367"), ("x", "many")])
def test_a_token_needs_a_name_and_an_end_within_a_year(person, browser_of, name, days):
    answer = browser_of(person("legal")).post("/account/tokens", {"name": name, "days": days})
    assert answer.status_code == 400
    assert not AccessToken.objects.exists()


def test_a_person_has_at_most_twenty_tokens(person):
    user = person("legal")
    for number in range(tokens.MAX_STANDING):
        tokens.give(actor=user, name=f"{number}", days=1)
    with pytest.raises(TokenRefused):
        tokens.give(actor=user, name="one more", days=1)


def test_a_token_is_ended_by_its_person_and_opens_nothing_then(person, browser_of):
    user = person("legal")
    given = tokens.give(actor=user, name="x", days=30)
    browser_of(user).post(f"/account/tokens/{given.token.pk}/end")
    assert Program(given.secret).get("/me").status_code == 401
    assert last(Action.TOKEN_ENDED).details == {"own": True}


def test_an_administrator_sees_names_and_ends_tokens_of_others(person, browser_of):
    given = tokens.give(actor=person("legal"), name="review tool", days=30)
    browser = browser_of(person("administrator"))
    page = browser.get("/account/tokens").content.decode()
    browser.post(f"/account/tokens/{given.token.pk}/end")
    assert "review tool" in page
    assert given.token.digest not in page
    assert Program(given.secret).get("/me").status_code == 401


def test_nobody_else_sees_or_ends_a_token(person, browser_of):
    given = tokens.give(actor=person("legal"), name="review tool", days=30)
    browser = browser_of(person("compliance"))
    assert "review tool" not in browser.get("/account/tokens").content.decode()
    assert browser.post(f"/account/tokens/{given.token.pk}/end").status_code == 404
    assert Program(given.secret).get("/me").status_code == 200


def test_a_token_expires(person):
    long_ago = timezone.now() - timedelta(days=31)
    given = tokens.give(actor=person("legal"), name="x", days=30, now=long_ago)
    assert Program(given.secret).get("/me").status_code == 401


def test_a_token_of_a_closed_account_is_dead(person):
    user = person("legal")
    given = tokens.give(actor=user, name="x", days=30)
    user.is_active = False
    user.save()
    assert Program(given.secret).get("/me").status_code == 401


def test_a_token_has_the_role_that_its_person_has_now(person):
    user = person("compliance", "officer@corp.example", ("everything", ""))
    program = Program(tokens.give(actor=user, name="x", days=30).secret)
    before = program.get("/me").json()["scope"]["everything"]
    user.role = Role.ADMINISTRATOR
    user.save()
    assert before is True
    assert program.get("/me").json() | {"token": None} == {
        "address": "officer@corp.example",
        "role": "administrator",
        "token": None,
        "scope": {"everything": False, "addresses": 0, "domains": 0, "blind": False},
    }


def test_an_act_through_a_token_says_so_in_the_audit_trail(person, program_of):
    user = person("legal")
    program_of(user).post("/matters", {"reference": "M-1", "name": "A matter"})
    entry = last(Action.MATTER_OPENED)
    assert entry.person_id == user.pk
    assert entry.details["token"] == str(AccessToken.objects.get().pk)


def test_a_cookie_reads_and_does_nothing(person, browser_of):
    browser = browser_of(person("legal"))
    read = browser.get("/api/v1/matters")
    act = browser.post("/api/v1/matters", {"reference": "M", "name": "M"}, content_type="application/json")
    assert (read.status_code, act.status_code) == (200, 401)


def test_without_a_token_the_answer_says_how_to_send_one(nobody):
    answer = nobody.get("/me")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert "mun_" in answer.json()["detail"]


def test_wrong_tokens_are_slowed_down_and_fill_no_audit_trail(person):
    guesses = [Program(f"mun_guess{number}").get("/me") for number in range(MAX_FAILURES + 5)]
    refused = AuditEntry.objects.filter(action=Action.SIGN_IN_REFUSED).count()
    right = Program(tokens.give(actor=person("legal"), name="x", days=1).secret).get("/me")
    assert [guess.status_code for guess in guesses] == [401] * MAX_FAILURES + [429] * 5
    assert guesses[-1]["Retry-After"] == str(WAIT_SECONDS)
    assert refused == MAX_FAILURES + 1
    assert right.status_code == 200


def test_closing_an_account_ends_its_tokens_for_good(person):
    user = person("legal")
    given = tokens.give(actor=user, name="x", days=30)
    people.set_active(actor=OPERATOR, person=user, active=False)
    people.set_active(actor=OPERATOR, person=user, active=True)
    assert Program(given.secret).get("/me").status_code == 401
    assert last(Action.TOKEN_ENDED).details == {"own": False}
