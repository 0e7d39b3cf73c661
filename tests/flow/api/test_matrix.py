"""The permission matrix of the API: every operation of its document × every role × own, other's, missing, nobody.

The operations come from the OpenAPI document, so a new one without a line in `ROUTES` fails here.
"""

import json
import re
from dataclasses import dataclass, field

import pytest

from accounts.models import Role
from accounts.permissions import (
    APPROVES_DESTRUCTION,
    EXPORTS,
    HANDLES_REQUESTS,
    MANAGES_MATTERS,
    MANAGES_RETENTION,
    OPENED_BY_MATTERS,
    READS_AUDIT,
    READS_PERSONAL_FIGURES,
    READS_REQUESTS,
    READS_RETENTION,
)
from archive.services.notes import log_pending
from config.api import document
from tests.flow.accounts.test_matrix import (
    ACTORS,
    CANARIES,
    HOLD,
    MATTER,
    MEMBER,
    MISSING,
    PARTS,
    SEES_OTHER,
    SEES_OWN,
    actor_of,
    messages,
)

__all__ = ["actor_of", "messages"]  # fixtures

NOT_EMPLOYEES = frozenset(Role) - {Role.EMPLOYEE}
READS_LOG = READS_AUDIT | READS_RETENTION
# What stands in addresses besides messages; nothing has these ids but the matter and its hold.
VALUES = {
    "matter_id": MATTER,
    "hold_id": HOLD,
    "approval_id": "999999",
    "custodian_id": "999999",
    "event_id": "999999",
    "index": "999999",
    "letter_id": "999999",
    "address": "nobody@corp.example",
    "rule_id": "no-such-rule",
    "path": "PATH",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What an operation answers to those it is for. All others get 404, and nobody 401."""

    roles: frozenset[str] = frozenset(Role)
    of_message: bool = False
    of_matter: bool = False  # for its members, as far as their role goes
    ungranted: int = 0  # where it is another: the answer to those who may act, and see no mail
    gone: bool = False  # what it names is not there: nobody gets anything but 404
    body: dict[str, object] | None = field(default=None)
    allowed: int = 200
    anonymous: int = 401


def of_message(**fields):
    return Route(of_message=True, **fields)


def of_matter(roles, **fields):
    return Route(of_matter=True, roles=roles, **fields)


def gone(roles=frozenset(Role), **fields):
    return Route(gone=True, roles=roles, **fields)


WHY = {"reason": "Because."}
ROUTES = {
    "me": Route(),
    "search": Route(),
    "search_long": Route(body={"q": "x"}),
    "get_message": of_message(),
    "get_message_bytes": of_message(),
    "get_message_part": of_message(),
    "list_sightings": of_message(),
    "get_thread": of_message(),
    "prove_message": of_message(),
    "explain_message": of_message(roles=READS_RETENTION),
    "list_searches": Route(),
    "save_search": Route(body={"name": "x", "q": "x"}, allowed=201),
    "get_search": gone(),
    "run_search": gone(),
    "rename_search": gone(body={"name": "x"}),
    "delete_search": gone(),
    "list_matters": Route(roles=OPENED_BY_MATTERS),
    "open_matter": Route(roles=MANAGES_MATTERS, body={"reference": "M-2", "name": "A matter"}, allowed=201),
    "get_matter": of_matter(OPENED_BY_MATTERS),
    "change_matter": of_matter(MANAGES_MATTERS, body={"name": "x"}),
    "add_member": of_matter(MANAGES_MATTERS, body={"address": "nobody@corp.example"}, allowed=409),
    "remove_member": of_matter(MANAGES_MATTERS, body={}, allowed=409),
    "ask_custodian": of_matter(MANAGES_MATTERS, body={"address": "eve@corp.example", **WHY}, allowed=201),
    "add_custodian": gone(MANAGES_MATTERS),
    "remove_custodian": gone(MANAGES_MATTERS, body={}),
    "list_holds": of_matter(OPENED_BY_MATTERS),
    "place_hold": of_matter(MANAGES_MATTERS, body={"name": "x", "kind": "query", "query": "x", **WHY}, allowed=201),
    "get_hold": of_matter(OPENED_BY_MATTERS),
    "prove_hold": of_matter(OPENED_BY_MATTERS),
    "ask_release": of_matter(MANAGES_MATTERS, body=WHY, allowed=201),
    "release_hold": of_matter(MANAGES_MATTERS, allowed=409),
    "close_matter": of_matter(MANAGES_MATTERS, body=WHY),
    "list_exports": Route(roles=EXPORTS),
    "ask_export": Route(roles=EXPORTS, body={"name": "x", "q": "x"}, allowed=201),
    "get_export": gone(EXPORTS),
    "fetch_export": gone(EXPORTS),
    "cancel_export": gone(EXPORTS),
    "get_retention": Route(roles=READS_RETENTION),
    "evaluate_retention": Route(roles=MANAGES_RETENTION, allowed=202),
    "list_due": Route(roles=READS_RETENTION),
    "put_label": gone(MANAGES_RETENTION, body={"messages": [MISSING], "label": "tax"}),
    "take_label_off": gone(MANAGES_RETENTION, body={"messages": [MISSING], "label": "tax"}),
    "give_verdict": gone(MANAGES_RETENTION, body={"messages": [MISSING], "keep_through": None, **WHY}),
    "list_custodian_events": Route(roles=READS_RETENTION),
    "note_custodian_event": Route(
        roles=MANAGES_RETENTION,
        body={"address": "bob@corp.example", "event": "departure", "on": "2026-01-31"},
        allowed=201,
        ungranted=409,
    ),
    "withdraw_custodian_event": gone(MANAGES_RETENTION),
    "list_rules": Route(roles=READS_RETENTION),
    "get_rule": gone(READS_RETENTION),
    "list_rule_changes": Route(roles=READS_RETENTION),
    "propose_rule_change": Route(roles=MANAGES_RETENTION, body={"rules": [{"id": "x"}], **WHY}, allowed=422),
    "propose_library": Route(roles=MANAGES_RETENTION, body={"valid_from": "2026-01-01"}, allowed=201),
    "get_rule_change": gone(READS_RETENTION),
    "count_rule_change": gone(MANAGES_RETENTION),
    "ask_rule_change_approval": gone(MANAGES_RETENTION, body={}),
    "put_rule_change_in_force": gone(MANAGES_RETENTION, body={"seen": "0" * 64}),
    "withdraw_rule_change": gone(MANAGES_RETENTION),
    "list_disposals": Route(roles=READS_RETENTION),
    "propose_disposal": Route(roles=MANAGES_RETENTION, body={"messages": [MISSING], **WHY}, allowed=409),
    "get_disposal": gone(READS_RETENTION),
    "ask_disposal_approval": gone(MANAGES_RETENTION, body={}),
    "execute_disposal": gone(MANAGES_RETENTION | APPROVES_DESTRUCTION, body={"messages": 1}),
    "withdraw_disposal": gone(MANAGES_RETENTION, body=WHY),
    "get_certificate": gone(READS_RETENTION),
    "list_requests": Route(roles=READS_REQUESTS),
    "register_request": Route(
        roles=HANDLES_REQUESTS,
        body={"right": "access", "channel": "email", "received_on": "2026-01-05", "person_name": "Ann"},
        allowed=201,
    ),
    "get_request": gone(READS_REQUESTS),
    "get_request_history": gone(READS_REQUESTS),
    "get_request_certificate": gone(READS_REQUESTS),
    "fetch_copy": gone(HANDLES_REQUESTS),
    "ask_identity": gone(HANDLES_REQUESTS, body=WHY),
    "qualify_request": gone(HANDLES_REQUESTS, body={"method": "held"}),
    "ask_clarification": gone(HANDLES_REQUESTS, body=WHY),
    "extend_request": gone(HANDLES_REQUESTS, body={"ground": "number", "months": 1, **WHY}),
    "correct_receipt": gone(HANDLES_REQUESTS, body={"received_on": "2026-01-01", **WHY}),
    "withdraw_request": gone(HANDLES_REQUESTS, body=WHY),
    "refuse_request": gone(HANDLES_REQUESTS, body={"ground": "unfounded", "text": "Because."}),
    "scope_request": gone(HANDLES_REQUESTS, body={}),
    "propose_terms": gone(HANDLES_REQUESTS),
    "add_term": gone(HANDLES_REQUESTS, body={"kind": "address", "value": "bob@corp.example"}),
    "decide_terms": gone(HANDLES_REQUESTS, body={}),
    "approve_terms": gone(HANDLES_REQUESTS),
    "reconsider_terms": gone(HANDLES_REQUESTS),
    "decide_mentions": gone(HANDLES_REQUESTS, body={"search": False, **WHY}),
    "locate_messages": gone(HANDLES_REQUESTS),
    "list_located": gone(READS_REQUESTS),
    "decide_located": gone(HANDLES_REQUESTS, body={"choice": "erase", "items": [1], **WHY}),
    "check_request": gone(HANDLES_REQUESTS),
    "settle_request": gone(HANDLES_REQUESTS),
    "back_to_review": gone(HANDLES_REQUESTS, body={}),
    "ask_erasure_approval": gone(HANDLES_REQUESTS, body=WHY),
    "stop_request": gone(HANDLES_REQUESTS, body=WHY),
    "carry_out_request": gone(HANDLES_REQUESTS, body={"messages": 1}),
    "close_request": gone(HANDLES_REQUESTS),
    "reopen_request": gone(HANDLES_REQUESTS, body=WHY),
    "decide_again": gone(HANDLES_REQUESTS),
    "list_approvals": Route(),
    "get_approval": gone(),
    "approve": gone(body={}),
    "refuse": gone(body=WHY),
    "withdraw_approval": gone(body={}),
    "audit_entries": Route(roles=READS_AUDIT),
    "audit_check": Route(roles=READS_AUDIT),
    "get_checkpoint": Route(roles=READS_LOG),
    "prove_entry": gone(READS_LOG),
    "prove_consistency": Route(roles=READS_LOG, body={"checkpoint": "none"}, allowed=422),
    "get_coverage": Route(),
    "get_status": Route(roles=NOT_EMPLOYEES),
    "get_personal_data": Route(roles=READS_PERSONAL_FIGURES),
    "get_health": Route(anonymous=200),
}
OPERATIONS = {
    operation["operationId"]: (method, path.removeprefix("/api/v1"))
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
}


def test_every_operation_has_its_line_in_the_matrix():
    assert sorted(OPERATIONS) == sorted(ROUTES)


@pytest.fixture(autouse=True)
def logged(filled, messages):
    """Let the evidence log have its entries."""
    log_pending(filled)


def ask(program, name, messages, what):
    method, path = OPERATIONS[name]
    known = VALUES | {"message_id": str(messages[what]), "path": PARTS[what]}
    address = re.sub(r"{(\w+)}", lambda found: known.get(found[1], MISSING), path)
    return program.call(method, address, ROUTES[name].body)


def tries():
    """Yield each operation with what it is tried on."""
    for name, route in ROUTES.items():
        for what in PARTS if route.of_message else ("own",):
            yield name, what


def sees(actor, what):
    return actor in {"own": SEES_OWN, "other": SEES_OTHER, "missing": set()}[what]


def expected(name, actor, what):
    route = ROUTES[name]
    if ACTORS[actor][0] not in route.roles or route.gone:
        return 404
    if route.of_message:
        return 200 if sees(actor, what) else 404
    if route.of_matter and MEMBER not in ACTORS[actor]:
        return 404
    return route.ungranted if route.ungranted and not sees(actor, "own") else route.allowed


def content(response):
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode("utf-8", "replace")


@pytest.mark.parametrize("actor", ACTORS)
def test_every_operation_answers_each_role_as_it_must(actor_of, program_of, messages, actor):
    program = program_of(actor_of(actor))
    answers = {(name, what): ask(program, name, messages, what) for name, what in tries()}
    wanted = {(name, what): expected(name, actor, what) for name, what in tries()}
    assert {tried: answer.status_code for tried, answer in answers.items()} == wanted
    hidden = [canary for what, canary in CANARIES.items() if not sees(actor, what)]
    assert [tried for tried, answer in answers.items() if any(one in content(answer) for one in hidden)] == []
    errors = {answer["Content-Type"] for answer in answers.values() if answer.status_code >= 400}
    assert errors == {"application/problem+json"}


def test_nobody_gets_anything_without_a_token(messages, nobody):
    answers = {(name, what): ask(nobody, name, messages, what) for name, what in tries()}
    wanted = {(name, what): ROUTES[name].anonymous for name, what in tries()}
    assert {tried: answer.status_code for tried, answer in answers.items()} == wanted


@pytest.mark.parametrize("actor", [name for name in ACTORS if name not in SEES_OTHER])
def test_not_yours_and_not_there_answer_alike(actor_of, program_of, messages, actor):
    program = program_of(actor_of(actor))
    of_messages = [name for name, route in ROUTES.items() if route.of_message]
    shown = {
        what: [content(ask(program, name, messages, what)) for name in of_messages] for what in ("other", "missing")
    }
    assert shown["other"] == shown["missing"]
    assert {json.loads(text)["status"] for text in shown["other"]} == {404}


def test_a_colleagues_unique_word_reveals_nothing(person, program_of, messages, message):
    program = program_of(person("employee", "bob@corp.example"))
    everything = program.get("/search", {"q": ""}).json()
    for query in ("pay", "from:mallory", "filename:logo", "subject:invoice", '"pay now"', "pay* AND from:mal*"):
        found = program.get("/search", {"q": query}).json()
        assert (found["total"], found["items"], found["facets"]) == (0, [], {name: [] for name in found["facets"]})
        assert [bar for bar in found["histogram"]["bars"] if bar["count"]] == []
        assert found["histogram"]["undated"] == 0
        assert found["coverage"] == everything["coverage"]
    assert everything["coverage"]["total"] == everything["total"]
    assert "mallory" not in json.dumps(everything).lower()
    assert str(messages["other"]) not in json.dumps(everything)
    assert program.get(f"/messages/{messages['other']}/thread").status_code == 404
