"""Who sees which mail: role and grants, and nothing that is not granted."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from accounts.models import Action, AuditEntry, Grant, GrantKind, Role, User
from accounts.permissions import scope_of
from accounts.services import grants, people
from accounts.services.grants import Opening
from muniment.engines.port import Scope
from muniment.errors import Refused
from tests.flow.accounts.conftest import NOW, OPERATOR

ALL_KINDS = (
    ("everything", ""),
    ("address", "x@corp.example"),
    ("domain", "corp.example"),
    ("custodian", "c@d.example"),
)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("employee", Scope(addresses=frozenset({"employee@corp.example"}))),
        ("compliance", Scope(blind=True, personal=True)),
        ("legal", Scope(blind=True, personal=True)),
        ("dpo", Scope(blind=True, personal=True, restricted=True)),
        ("auditor", Scope()),
        ("administrator", Scope()),
    ],
)
def test_what_is_not_granted_is_denied(person, role, scope):
    assert scope_of(person(role)) == scope


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_a_role_sees_what_is_granted_to_it_and_an_administrator_nothing(person, role):
    addresses, domains = frozenset({"x@corp.example", "c@d.example"}), frozenset({"corp.example"})
    granted = {
        "employee": Scope(addresses=addresses | {"employee@corp.example"}),
        "administrator": Scope(),
        "auditor": Scope(everything=True, addresses=addresses, domains=domains),
        "dpo": Scope(everything=True, blind=True, personal=True, restricted=True, addresses=addresses, domains=domains),
    }
    everything = Scope(everything=True, blind=True, personal=True, addresses=addresses, domains=domains)
    assert scope_of(person(role, None, *ALL_KINDS)) == granted.get(role, everything)


def test_a_grant_holds_from_its_beginning_to_its_end(person):
    user, day = person("legal"), timedelta(days=1)
    grants.give(
        actor=OPERATOR,
        person=user,
        opening=Opening.read("domain:corp.example"),
        valid_from=NOW,
        valid_until=NOW + day,
        now=NOW - day,
    )
    moments = (NOW - timedelta(microseconds=1), NOW, NOW + day - timedelta(microseconds=1), NOW + day)
    assert [bool(scope_of(user, now=at).domains) for at in moments] == [False, True, True, False]


def test_a_closed_account_and_nobody_see_nothing(person):
    user = person("compliance", None, ("everything", ""))
    user.is_active = False
    assert (scope_of(user), scope_of(AnonymousUser())) == (Scope(), Scope())


def test_a_grant_that_is_ended_ends_with_the_next_request(as_person, filled):
    browser = as_person("compliance")
    before = browser.get("/").content.decode()
    grants.end(actor=OPERATOR, grant=Grant.objects.get())
    assert ">5 messages<" in before
    assert "/messages/" not in browser.get("/").content.decode()


@pytest.mark.parametrize(
    ("opening", "found"),
    [
        ("domain:evil.example", {"hostile"}),
        ("address:BOB@corp.example", {"offer", "answer", "blind"}),
        ("address:carol@corp.example", {"blind"}),
        ("domain:example", set()),
    ],
)
def test_results_counts_facets_and_threads_stay_within_the_grants(person, browser_of, message, opening, found):
    user = person("legal")
    grants.give(actor=OPERATOR, person=user, opening=Opening.read(opening))
    browser = browser_of(user)
    keys = {key: str(message(key).id) for key in ("offer", "answer", "hostile", "blind")}
    response = browser.get("/")
    text = response.content.decode()
    assert {key for key, identifier in keys.items() if f"/messages/{identifier}" in text} == found
    assert ("old-server" in text) is bool(found & {"offer", "hostile"})
    opened = {key for key, identifier in keys.items() if browser.get(f"/messages/{identifier}").status_code == 200}
    assert opened == found


def test_an_alias_of_an_employee_opens_the_mail_of_that_address_only(as_person, message):
    browser = as_person("stranger")
    grants.give(actor=OPERATOR, person=User.objects.get(), opening=Opening.read("address:carol@corp.example"))
    text = browser.get("/").content.decode()
    assert f"/messages/{message('blind').id}" in text
    assert f"/messages/{message('offer').id}" not in text


@pytest.mark.parametrize(("role", "shown"), [("employee", True), ("auditor", False)])
def test_a_blind_copy_to_an_alias_is_shown_to_its_owner_and_to_no_auditor_of_that_address(
    person, browser_of, message, role, shown
):
    browser = browser_of(person(role, "eve@corp.example", ("address", "carol@corp.example")))
    response = browser.get(f"/messages/{message('blind').id}/headers")
    assert (response.status_code, "Carol Hidden" in response.content.decode()) == (200, shown)


@pytest.mark.parametrize(
    "text", ["", "all", "everything:x", "domain:", "domain:a@b", "address:corp.example", "address:a b@c"]
)
def test_what_is_no_grant_is_said(text):
    with pytest.raises(Refused, match="is no grant"):
        Opening.read(text)


@pytest.mark.parametrize(
    ("role", "opening"), [("administrator", "everything"), ("employee", "everything"), ("employee", "domain:x.example")]
)
def test_a_role_that_takes_no_such_grant_gets_none(person, role, opening):
    with pytest.raises(Refused):
        grants.give(actor=OPERATOR, person=person(role), opening=Opening.read(opening))
    assert not Grant.objects.exists()


@pytest.mark.parametrize("role", ["employee", "compliance", "legal", "dpo", "auditor"])
def test_only_an_administrator_or_a_command_gives_grants(person, role):
    other = person("legal", "other@corp.example")
    with pytest.raises(Refused):
        grants.give(actor=person(role), person=other, opening=Opening.read("everything"))
    assert grants.give(actor=person("administrator"), person=other, opening=Opening.read("everything")).pk


def test_a_grant_is_given_once(person):
    user = person("legal", None, ("everything", ""))
    with pytest.raises(Refused, match="already"):
        grants.give(actor=OPERATOR, person=user, opening=Opening.read("everything"))


def test_nobody_grants_to_themselves_not_even_past_the_service(person):
    user = person("legal")
    with pytest.raises(IntegrityError, match="grant_by_another_person"), transaction.atomic():
        Grant.objects.create(user=user, kind=GrantKind.EVERYTHING, valid_from=NOW, granted_by=user)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "everything", "value": "x"}, "grant_names_what_it_opens"),
        ({"kind": "domain", "value": ""}, "grant_names_what_it_opens"),
        ({"kind": "everything", "valid_until": NOW - timedelta(days=1)}, "grant_ends_after_it_begins"),
    ],
)
def test_the_database_refuses_a_grant_that_makes_no_sense(person, fields, constraint):
    user = person("legal")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Grant.objects.create(user=user, valid_from=NOW, **fields)


def test_a_change_of_role_ends_the_grants_of_the_old_one(person):
    user = person("compliance", None, ("everything", ""), ("domain", "corp.example"))
    people.change_role(actor=OPERATOR, person=user, role=Role.ADMINISTRATOR)
    changed = people.change_role(actor=OPERATOR, person=user, role=Role.COMPLIANCE)
    assert scope_of(changed) == Scope(blind=True, personal=True)
    assert AuditEntry.objects.filter(action=Action.GRANT_ENDED).count() == 2


def test_closing_an_account_ends_its_session_and_its_grants(as_person, filled):
    browser = as_person("compliance")
    user = people.set_active(actor=OPERATOR, person=User.objects.get(), active=False)
    assert browser.get("/").status_code == 302
    assert scope_of(people.set_active(actor=OPERATOR, person=user, active=True)) == Scope(blind=True, personal=True)
