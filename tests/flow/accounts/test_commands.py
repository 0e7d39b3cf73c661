"""The commands about people, and what every command leaves in the audit trail."""

import io
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Action, AuditEntry, Grant, Outcome, TextKind, User
from accounts.permissions import scope_of
from muniment.engines.port import Scope


def run(name, *arguments, code=0, **options):
    """Run a command; return what it wrote to standard output and to standard error."""
    out, err = io.StringIO(), io.StringIO()
    if code:
        with pytest.raises(SystemExit) as stopped:
            call_command(name, *arguments, stdout=out, stderr=err, **options)
        assert stopped.value.code == code
    else:
        call_command(name, *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def actions():
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def test_a_person_is_added_with_grants_and_signs_in_with_the_password_shown_once(empty_archive):
    out, _ = run(
        "add_person",
        "Lea@corp.example",
        "--role",
        "legal",
        "--grant",
        "domain:corp.example",
        "--grant",
        "address:x@y.example",
    )
    user = User.objects.get()
    password = re.search(r"Password, shown only now: (\S{20})", out)[1]
    entered = Client().post("/sign-in/", {"username": "lea@corp.example", "password": password})
    assert (user.email, user.role, entered.status_code) == ("lea@corp.example", "legal", 302)
    assert scope_of(user) == Scope(
        blind=True, personal=True, domains=frozenset({"corp.example"}), addresses=frozenset({"x@y.example"})
    )
    assert actions() == ["person-added", "grant-given", "grant-given", "sign-in"]
    assert password not in str(list(AuditEntry.objects.values()))


def test_the_password_may_come_from_standard_input_and_is_not_shown(empty_archive):
    typed = io.StringIO("a long enough password\n")
    out, _ = run("add_person", "lea@corp.example", "--role", "dpo", "--password-stdin", "--json", stdin=typed)
    assert User.objects.get().check_password("a long enough password")
    assert "password" not in json.loads(out)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("no-address", "--role", "legal"), "is no e-mail address"),
        (("a@b.example", "--role", "legal", "--grant", "all"), "is no grant"),
        (("a@b.example", "--role", "administrator", "--grant", "everything"), "administrators see no mail"),
        (("a@b.example", "--role", "employee", "--grant", "domain:b.example"), "only other addresses"),
        (("a@b.example", "--role", "legal", "--grant", "everything", "--until", "soon"), "is no day"),
        (("there@b.example", "--role", "legal"), "is there already"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is_left(db, person, arguments, reason):
    person("legal", "there@b.example")
    _, err = run("add_person", *arguments, code=1)
    assert reason in err
    assert (User.objects.count(), Grant.objects.count(), actions()) == (1, 0, [])


def test_a_role_that_is_none_is_wrong_usage(db):
    with pytest.raises(CommandError):
        call_command("add_person", "a@b.example", "--role", "king")


def test_people_are_listed_with_what_they_may_see(person):
    person("compliance", "anna@corp.example", ("everything", ""))
    person("employee", "bert@corp.example")
    out, _ = run("list_people", "--json")
    shown = [
        (one["email"], one["role"], [grant["kind"] for grant in one["grants"]]) for one in json.loads(out)["people"]
    ]
    assert shown == [("anna@corp.example", "compliance", ["everything"]), ("bert@corp.example", "employee", [])]
    assert "everything" in run("list_people")[0]


def test_a_person_is_changed_and_each_change_is_recorded(person):
    person("compliance", "anna@corp.example", ("everything", ""))
    run(
        "change_person",
        "anna@corp.example",
        "--end-grant",
        "everything",
        "--grant",
        "domain:corp.example",
        "--reason",
        "moved",
    )
    assert scope_of(User.objects.get()) == Scope(blind=True, personal=True, domains=frozenset({"corp.example"}))
    run("change_person", "ANNA@corp.example", "--role", "auditor", "--deactivate")
    changed = User.objects.get()
    assert (changed.role, changed.is_active) == ("auditor", False)
    assert actions() == ["grant-ended", "grant-given", "grant-ended", "person-changed", "person-changed"]
    assert AuditEntry.objects.get(number=1).texts.get().text == "moved"


def test_a_new_password_is_shown_once_and_ends_the_sessions(person, browser_of, empty_archive):
    user = person("compliance")
    browser = browser_of(user)
    out, _ = run("change_person", user.email, "--new-password", "--json")
    user.refresh_from_db()
    assert user.check_password(json.loads(out)["password"])
    assert browser.get("/help/").status_code == 302


def test_a_change_without_a_change_and_of_nobody_is_said(person):
    with pytest.raises(CommandError, match="what to change") as wrong:
        call_command("change_person", person("legal").email)
    assert wrong.value.returncode == 2
    assert "There is no account" in run("change_person", "x@y.example", "--activate", code=1)[1]


def test_verify_tells_the_audit_trail_beside_the_sealed_mail(filled):
    run("search_mail", "contract")
    document = json.loads(run("verify", "--json")[0])
    told = {"segments": 2, "sightings": 5, "damaged": [], "audit": {"entries": 1, "broken": []}}
    assert {name: document[name] for name in told} == told
    assert AuditEntry.objects.get(number=2).details == {
        "segments": 2, "sightings": 5, "damaged": 0, "audit_entries": 1, "audit_broken": 0,
    }  # fmt: skip


def test_verify_ends_with_1_when_the_chain_is_broken(filled):
    run("search_mail", "contract")
    entry = AuditEntry.objects.get()
    entry.texts.update(text="something else")
    out, _ = run("verify", "--json", code=1)
    assert [fault["entry"] for fault in json.loads(out)["audit"]["broken"]] == [1]
    assert AuditEntry.objects.get(number=2).outcome == Outcome.FAILED
    assert "BROKEN entry 1" in run("verify", code=1)[0]


def test_commands_that_read_or_change_are_recorded_with_who_ran_them(filled, message, tmp_path):
    mail = tmp_path / "one.eml"
    mail.write_bytes(b"From: a@corp.example\nSubject: x\nMessage-ID: <one@corp.example>\n\nx\n")
    run("import_mail", str(mail), "--source", "desk", "--no-wait")
    run("search_mail", "contract")
    run("show_mail", str(message("offer").id))
    run("reconcile", "--repair")
    run("rebuild", "index")
    assert actions() == ["import", "search", "view", "reconcile-repair", "rebuild"]
    assert all(actor.startswith("command line: ") for actor in AuditEntry.objects.values_list("actor", flat=True))
    search = AuditEntry.objects.get(action=Action.SEARCH)
    assert (search.details, search.texts.get(kind=TextKind.QUERY).text) == ({"total": 2}, "contract")
