"""`manage.py dispose` lists, proposes and executes; it never approves."""

import io
import json
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.core.management import call_command

from accounts.actors import Operator
from accounts.models import Approval, Role, User
from accounts.services import approvals
from archive.models import Disposal, Message
from archive.services import labels, proposals
from archive.services import rules as changing
from muniment.policy.predicates import Fact, Is
from muniment.policy.rules import Term
from tests.flow.archive.test_rules import MAIL
from tests.flow.web.conftest import empty_archive, filled

__all__ = ["empty_archive", "filled"]  # fixtures
SHORT = replace(
    MAIL, id="short", valid_from=date(2026, 1, 1), term=Term(months=1), scope=Is(fact=Fact.LABEL, value="short")
)


def run(*arguments, code=0):
    """Run the command; return its JSON document."""
    out, err = io.StringIO(), io.StringIO()
    if code:
        with pytest.raises(SystemExit) as stopped:
            call_command("dispose", "--json", *arguments, stdout=out, stderr=err)
        assert stopped.value.code == code
        return err.getvalue()
    call_command("dispose", "--json", *arguments, stdout=out, stderr=err)
    return json.loads(out.getvalue())


@pytest.fixture
def due(filled):
    """Return the id of the one message that is due."""
    changing.save(actor=Operator(name="root"), rule=SHORT, reason="policy")
    message = Message.objects.get(rfc_message_id="offer@corp.example")
    labels.put(actor=Operator(name="root"), message_ids=[message.id], label="short")
    return message.id


def approved(row):
    officer, lawyer = (
        User.objects.create(email=f"{role}@corp.example", username=role, role=Role(role))
        for role in ("compliance", "legal")
    )
    proposals.ask_approval(actor=officer, disposal=row)
    approvals.approve(actor=lawyer, approval_id=Approval.objects.get().pk)


def test_what_is_due_is_listed_with_its_rules(due):
    found = run("--list")
    assert [(one["id"], one["rules"]) for one in found["due"]] == [(str(due), ["short@1"])]
    assert found["counts"] == {"due": 1, "review": 0, "no_rule": 4, "keep": 0, "held": 0}
    assert run("--list", "--rule", "other")["due"] == []


def test_what_is_due_is_proposed_once_and_executed_when_two_people_agreed(due):
    proposed = run("--propose", "--reason", "expired", "--rule", "short")
    assert (proposed["messages"], proposed["state"]) == (1, "proposed")
    assert "empty" in run("--propose", "--reason", "expired", code=1)
    assert "second person" in run("--execute", proposed["id"], code=1)
    approved(Disposal.objects.get())
    done = run("--execute", proposed["id"])
    assert (done["state"], done["destroyed"], done["certificate"]["people"]["executed_by"]) == (
        "done",
        1,
        "command line",
    )
    assert run("--execute", proposed["id"])["certificate"] == done["certificate"]
    assert not Message.objects.filter(id=due).exists()


def test_wrong_usage_is_said(empty_archive):
    assert "Say what to do" in run(code=2)
    assert "Say why" in run("--propose", code=2)
    assert "no such list" in run("--execute", str(uuid4()), code=1)


def test_a_list_for_people_is_lines(due):
    out = io.StringIO()
    call_command("dispose", "--list", stdout=out)
    assert out.getvalue().splitlines()[0].startswith(f"{due}  due since 2026-03-03  short@1")
