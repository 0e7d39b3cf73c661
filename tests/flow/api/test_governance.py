"""Acts of two people by API: hold and release, a custodian, rules, destruction with its certificate; the evidence log."""

import pytest

from accounts.models import AccessToken, Action, AuditEntry, Role
from archive import tasks
from archive.models import Message
from archive.services import evaluation
from archive.services.notes import log_pending
from muniment.log.checkpoint import open_checkpoint
from muniment.log.verify import check_consistency, check_inclusion
from tests.flow.erasure.conftest import rule

WHY = {"reason": "Because."}


@pytest.fixture
def two(person, program_of):
    """Return programs of a compliance officer and of a lawyer, both of whom see all mail."""
    officer = person("compliance", "officer@corp.example", ("everything", ""))
    counsel = person("legal", "counsel@corp.example", ("everything", ""))
    return program_of(officer), program_of(counsel)


@pytest.fixture
def matter(filled, two):
    return two[1].post("/matters", {"reference": "M-1", "name": "A matter"}).json()["id"]


def approval(answer):
    return answer.json()["id"]


def tokens_of(action):
    return [entry.details.get("token") for entry in AuditEntry.objects.filter(action=action).order_by("number")]


def token_of(address):
    return str(AccessToken.objects.get(person__email=address).pk)


def test_a_hold_is_placed_by_one_and_released_by_two(matter, two, filled):
    officer, counsel = two
    placed = counsel.post(f"/matters/{matter}/holds", {"name": "h", "kind": "query", "query": "from:mallory", **WHY})
    address = f"/matters/{matter}/holds/{placed.json()['id']}"
    too_early = counsel.post(f"{address}/release")
    asked = counsel.post(f"{address}/ask-release", WHY)
    alone = counsel.post(f"/approvals/{approval(asked)}/approve", {})
    officer.post(f"/approvals/{approval(asked)}/approve", {})
    released = counsel.post(f"{address}/release")
    log_pending(filled)
    assert placed.status_code == 201
    assert placed.json()["messages_seen"] == 1
    assert (too_early.status_code, too_early.json()["type"]) == (409, "/api/v1/#problem-approval")
    assert (alone.status_code, alone.json()["type"]) == (409, "/api/v1/#problem-approval")
    assert released.json()["released_by"] == "counsel@corp.example"
    assert len(counsel.get(f"{address}/proof").json()["items"]) == 2
    assert tokens_of(Action.HOLD_PLACED) == tokens_of(Action.HOLD_RELEASED) == [token_of("counsel@corp.example")]


def test_a_query_hold_that_is_not_understood_says_where(matter, two):
    answer = two[1].post(f"/matters/{matter}/holds", {"name": "h", "kind": "query", "query": "(open", **WHY})
    assert (answer.status_code, answer.json()["position"]) == (422, 1)


def test_a_custodian_opens_mail_to_members_once_a_second_person_agreed(filled, person, program_of):
    lawyer, officer = program_of(person("legal")), program_of(person("compliance"))
    matter = lawyer.post("/matters", {"reference": "M-1", "name": "A matter"}).json()["id"]
    asked = lawyer.post(f"/matters/{matter}/custodians", {"address": "bob@corp.example", **WHY}).json()
    before = lawyer.get("/search").json()["total"]
    not_yet = lawyer.post(f"/matters/{matter}/custodians/{asked['id']}/add")
    officer.post(f"/approvals/{asked['approval']}/approve", {})
    added = lawyer.post(f"/matters/{matter}/custodians/{asked['id']}/add")
    after = lawyer.get("/search", {"matter": matter}).json()["total"]
    assert (before, not_yet.status_code, added.status_code) == (0, 409, 200)
    assert [one["address"] for one in added.json()["custodians"]] == ["bob@corp.example"]
    assert after == 3
    assert officer.get(f"/matters/{matter}").status_code == 404  # a compliance officer knows its name, and is no member


def test_what_is_due_is_destroyed_by_two_people_with_a_certificate(filled, two):
    officer, counsel = two
    rule()
    evaluation.evaluate()
    due = [one["message"] for one in officer.get("/retention/due").json()["items"]]
    proposed = officer.post("/disposals", {"messages": due[:2], **WHY}).json()
    address = f"/disposals/{proposed['id']}"
    asked = officer.post(f"{address}/ask-approval", {})
    unapproved = officer.post(f"{address}/execute", {"messages": 2})
    counsel.post(f"/approvals/{approval(asked)}/approve", {})
    by_approver = counsel.post(f"{address}/execute", {"messages": 2})
    another_number = officer.post(f"{address}/execute", {"messages": 3})
    ordered = officer.post(f"{address}/execute", {"messages": 2})
    assert Message.objects.filter(id__in=due[:2]).count() == 2
    token = token_of("officer@corp.example")
    tasks.dispose(proposed["id"], AccessToken.objects.get(pk=token).person_id, token)
    log_pending(filled)
    certificate = counsel.get(f"{address}/certificate").json()
    assert [answer.status_code for answer in (unapproved, by_approver, another_number, ordered)] == [409, 409, 409, 202]
    assert not Message.objects.filter(id__in=due[:2]).exists()
    assert certificate["fields"]["destroyed"]["messages"] == 2
    assert certificate["proof"]["document"] == certificate["text"]
    assert tokens_of(Action.DESTRUCTION_BEGUN) == [token]
    assert officer.get(f"/messages/{due[0]}").status_code == 404


def test_what_is_held_cannot_be_proposed_and_the_answer_says_so(matter, two, message):
    officer, counsel = two
    rule()
    held = str(message("hostile").id)
    counsel.post(f"/matters/{matter}/holds", {"name": "h", "kind": "messages", "messages": [held], **WHY})
    answer = officer.post("/disposals", {"messages": [held], **WHY})
    explained = officer.get(f"/messages/{held}/retention").json()
    assert answer.status_code == 409
    assert "A legal hold covers it" in answer.json()["detail"]
    assert explained["outcome"] == "held"
    assert explained["holds"][0]["name"] == "h"


def test_rules_change_as_they_were_counted_and_approved(filled, two):
    officer, counsel = two
    rule()
    (found,) = officer.get("/retention/rules").json()["in_force"]
    shorter = found["body"] | {"version": 2, "valid_from": "2026-01-01"}
    shorter["term"] = {**shorter["term"], "months": 0, "days": 1} if "days" in shorter["term"] else shorter["term"]
    change = officer.post("/retention/changes", {"rules": [shorter], **WHY}).json()
    address = f"/retention/changes/{change['id']}"
    blindly = officer.post(f"{address}/put-in-force", {"seen": "0" * 64})
    if change["shortens"]:
        asked = officer.post(f"{address}/ask-approval", {})
        counsel.post(f"/approvals/{approval(asked)}/approve", {})
    done = officer.post(f"{address}/put-in-force", {"seen": change["digest"]})
    assert change["counts"]["messages"] == 5
    assert "samples" not in str(change["counts"])
    assert (blindly.status_code, done.status_code) == (409, 200)
    assert [one["version"] for one in officer.get("/retention/rules/all").json()["items"]] == [2, 1]


def test_labels_and_verdicts_are_put_by_who_manages_retention(filled, two, message):
    officer, counsel = two
    chosen = str(message("offer").id)
    put = officer.post("/retention/labels/put", {"messages": [chosen], "label": "Tax"})
    labels = officer.get(f"/messages/{chosen}/retention").json()["labels"]
    taken = officer.post("/retention/labels/take-off", {"messages": [chosen], "label": "tax"})
    early = officer.post("/retention/verdicts", {"messages": [chosen], "keep_through": None, **WHY})
    assert (put.json(), labels, taken.json()) == ({"messages": 1}, ["tax"], {"messages": 1})
    assert early.status_code == 409
    assert counsel.post("/retention/labels/put", {"messages": [chosen], "label": "x"}).status_code == 404


def test_the_evidence_log_proves_its_entries_and_that_it_only_grew(matter, two, filled, message):
    officer, counsel = two
    log_pending(filled)
    kept = officer.get("/log/checkpoint").json()
    counsel.post(f"/matters/{matter}/holds", {"name": "h", "kind": "query", "query": "x", **WHY})
    log_pending(filled)
    index = officer.get(f"/messages/{message('offer').id}/proof").json()["log_index"]
    entry = officer.get(f"/log/entries/{index}").json()
    grown = officer.post("/log/consistency", {"checkpoint": kept["note"]}).json()
    old, new = (
        open_checkpoint(note.encode(), [filled.signer.verifier]) for note in (kept["note"], grown["checkpoint"])
    )
    check_consistency(old, new, [bytes.fromhex(step) for step in grown["path"]])
    check_inclusion(
        bytes.fromhex(entry["entry"]),
        index=index,
        checkpoint=open_checkpoint(entry["checkpoint"].encode(), [filled.signer.verifier]),
        proof=[bytes.fromhex(step) for step in entry["path"]],
    )
    assert new.size > old.size
    assert officer.get(f"/log/entries/{new.size}").status_code == 404


def test_the_audit_trail_is_read_in_pages_and_checked(filled, person, program_of):
    auditor, administrator = program_of(person("auditor")), program_of(person("administrator"))
    for number in range(3):
        auditor.get("/search", {"q": f"word{number}"})
    first = auditor.get("/audit/entries", {"limit": 2, "action": "search"}).json()
    rest = auditor.get("/audit/entries", {"limit": 2, "action": "search", "older_than": first["older"]}).json()
    queries = [entry["texts"]["query"] for entry in first["items"] + rest["items"]]
    checked = auditor.post("/audit/check").json()
    assert queries == ["word2", "word1", "word0"]
    assert rest["older"] is None
    assert checked["whole"]
    assert {str(entry["texts"]) for entry in administrator.get("/audit/entries").json()["items"]} == {"{}"}


def test_a_change_of_role_counts_at_the_next_request(matter, two):
    counsel = two[1]
    user = AccessToken.objects.get(pk=token_of("counsel@corp.example")).person
    user.role = Role.EMPLOYEE
    user.save()
    assert counsel.get("/matters").status_code == 404
    assert counsel.get(f"/matters/{matter}").status_code == 404
