"""The permission matrix: every address of the product × every role × own, other's, missing, and nobody signed in.

The addresses come from the URL configuration, so a new route without a line in `ROUTES` fails here.
"""

import re
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Matter, MatterCustodian, MatterMember, Role
from accounts.permissions import (
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
from accounts.queries.matters import KNOWS_NAMES
from archive.models import Hold
from tests.flow.web.conftest import LONG_AGO

# Who asks: a role with grants, as (kind, value). "Own" is a message to Bob, "other" one that names him nowhere.
BOB = ("address", "bob@corp.example")
EVERYTHING = ("everything", "")
MEMBER = ("member", "")  # no grant: works on the matter of these tests, which is about Bob
ACTORS = {
    "employee": ("employee", "bob@corp.example"),
    "employee of another address": ("employee", "eve@corp.example"),
    "employee with a grant that employees cannot have": ("employee", "eve@corp.example", EVERYTHING),
    "compliance": ("compliance", None, BOB),
    "compliance without grants": ("compliance", None),
    "compliance for everything": ("compliance", None, EVERYTHING),
    "legal": ("legal", None, BOB),
    "legal without grants": ("legal", None),
    "legal for everything": ("legal", None, EVERYTHING),
    "legal, member of a matter": ("legal", None, MEMBER),
    "auditor, member of a matter": ("auditor", None, MEMBER),
    "dpo": ("dpo", None, BOB),
    "dpo without grants": ("dpo", None),
    "dpo for everything": ("dpo", None, EVERYTHING),
    "auditor": ("auditor", None, BOB),
    "auditor without grants": ("auditor", None),
    "auditor for everything": ("auditor", None, EVERYTHING),
    "administrator": ("administrator", None),
    "administrator granted everything": ("administrator", None, EVERYTHING),
}
SEES_OWN = {name for name, (_, address, *grants) in ACTORS.items() if grants or address == "bob@corp.example"} - {
    "employee with a grant that employees cannot have",
    "administrator granted everything",
}
SEES_OTHER = {name for name in SEES_OWN if EVERYTHING in ACTORS[name]}
PARTS = {"own": "1", "other": "1.2", "missing": "1"}  # a part that the message has
TOKENS = re.compile(r'value="[A-Za-z0-9]{64}"')
MISSING = "01890000-0000-7000-8000-000000000000"
MATTER = "01890000-0000-7000-8000-000000000001"
HOLD = "01890000-0000-7000-8000-000000000002"
# What stands in addresses besides messages; nothing has these ids, unless `known` of a test says so.
CONVERTERS = {
    "<int:approval_id>": "999999",
    "<uuid:token_id>": MISSING,
    "<uuid:matter_id>": MATTER,
    "<uuid:hold_id>": HOLD,
    "<uuid:search_id>": MISSING,
    "<uuid:export_id>": MISSING,
    "<slug:rule_id>": "no-such-rule",
    "<uuid:draft_id>": MISSING,
    "<uuid:disposal_id>": MISSING,
    "<int:event_id>": "999999",
    "<uuid:request_id>": MISSING,
    "<int:letter_id>": "999999",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a route answers: to those it is for, and to nobody signed in. Those it is not for get 404."""

    method: str = "get"
    of_message: bool = False
    of_matter: bool = False  # for its members, as far as their role goes
    gone: bool = False  # what it names is not there: nobody gets anything but 404
    roles: frozenset[str] = frozenset(Role)
    also: frozenset[str] = frozenset()  # roles that need not be members
    allowed: int = 200
    anonymous: int = 302


def of_message(**fields):
    return Route(of_message=True, **fields)


READERS = frozenset(READS_AUDIT)
RETENTION_READERS = frozenset(READS_RETENTION)
RETENTION_MANAGERS = frozenset(MANAGES_RETENTION)
MATTER_MANAGERS = frozenset(MANAGES_MATTERS)
ROUTES = {
    "search": Route(),
    "help": Route(),
    "coverage": Route(),
    "status": Route(),
    "health-live": Route(anonymous=200),
    "health-ready": Route(anonymous=200),
    "healthz": Route(anonymous=200),
    "readyz": Route(anonymous=200),
    "set-theme": Route(method="post", allowed=302),
    "set_language": Route(method="post", allowed=302),
    "sign-in": Route(allowed=302, anonymous=200),  # who is signed in goes on to the search
    "sign-out": Route(method="post", allowed=302),
    "approvals": Route(),
    "approval": Route(gone=True),
    "approval-decide": Route(method="post", gone=True),
    "tokens": Route(),
    "token-end": Route(method="post", gone=True),
    "tour": Route(anonymous=200),
    "api": Route(anonymous=200),
    "api-document": Route(anonymous=200),
    "audit": Route(roles=READERS),
    "audit-check": Route(method="post", roles=READERS, allowed=302),
    "audit-file": Route(roles=READERS),
    "personal-data": Route(roles=frozenset(READS_PERSONAL_FIGURES)),
    "retention": Route(roles=RETENTION_READERS),
    "retention-evaluate": Route(method="post", roles=RETENTION_MANAGERS, allowed=302),
    "retention-rules": Route(roles=RETENTION_READERS),
    "retention-rule-new": Route(roles=RETENTION_MANAGERS),
    "retention-rule": Route(gone=True),
    "retention-rule-change": Route(gone=True),
    "retention-change": Route(gone=True),
    "retention-change-act": Route(method="post", gone=True),
    "retention-library": Route(roles=RETENTION_READERS),
    "retention-due": Route(roles=RETENTION_READERS),
    "retention-disposals": Route(roles=RETENTION_READERS),
    "retention-disposal": Route(gone=True),
    "retention-disposal-act": Route(method="post", gone=True),
    "retention-certificate": Route(gone=True),
    "retention-certificate-file": Route(gone=True),
    "retention-events": Route(roles=RETENTION_READERS),
    "retention-event-withdraw": Route(method="post", gone=True),
    "retention-review": Route(roles=RETENTION_READERS),
    "label-new": Route(roles=RETENTION_MANAGERS),
    "searches": Route(),
    "search-save": Route(method="post", allowed=302),
    "search-run": Route(gone=True),
    "search-change": Route(method="post", gone=True),
    "matters": Route(roles=frozenset(OPENED_BY_MATTERS)),
    "matter-new": Route(roles=MATTER_MANAGERS),
    "matter": Route(of_matter=True, also=frozenset(KNOWS_NAMES)),
    "matter-change": Route(of_matter=True, roles=MATTER_MANAGERS),
    "matter-close": Route(of_matter=True, roles=MATTER_MANAGERS),
    "matter-members": Route(method="post", of_matter=True, roles=MATTER_MANAGERS, allowed=302),
    "matter-custodians": Route(method="post", of_matter=True, roles=MATTER_MANAGERS, allowed=302),
    "matter-hold-new": Route(of_matter=True, roles=MATTER_MANAGERS),
    "matter-hold": Route(of_matter=True),
    "matter-hold-release": Route(method="post", of_matter=True, roles=MATTER_MANAGERS, allowed=302),
    "hold-new": Route(roles=MATTER_MANAGERS),
    "lost-holds": Route(roles=MATTER_MANAGERS),
    "lost-hold-act": Route(method="post", roles=MATTER_MANAGERS, allowed=302),
    "exports": Route(roles=frozenset(EXPORTS)),
    "export-new": Route(roles=frozenset(EXPORTS)),
    "export": Route(gone=True),
    "export-bundle": Route(gone=True),
    "export-act": Route(method="post", gone=True),
    "requests": Route(roles=frozenset(READS_REQUESTS)),
    "request-new": Route(roles=frozenset(HANDLES_REQUESTS)),
    "request-information": Route(roles=frozenset(HANDLES_REQUESTS)),
    "request-approval": Route(gone=True),
    "request": Route(gone=True),
    "request-act": Route(method="post", gone=True),
    "request-person": Route(gone=True),
    "request-messages": Route(gone=True),
    "request-history": Route(gone=True),
    "request-letter": Route(gone=True),
    "request-carry-out": Route(gone=True),
    "request-certificate": Route(gone=True),
    "request-certificate-file": Route(gone=True),
    "request-pack": Route(gone=True),
    "message": of_message(),
    "message-headers": of_message(),
    "message-journey": of_message(),
    "message-structure": of_message(),
    "message-source": of_message(),
    "message-proof": of_message(),
    "message-retention": of_message(roles=RETENTION_READERS),
    "message-labels": of_message(method="post", roles=RETENTION_MANAGERS, allowed=400),
    "message-body": of_message(),
    "message-raw": of_message(),
    "message-part": of_message(),
}
# Pages that tell people from each other's mail show none of it.
CANARIES = {"own": "Please sign the", "other": "Pay now"}


def patterns(resolver, prefix=""):
    """Yield (address with its converters, name) of every route."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "api-v1":  # the API has its own matrix: tests/flow/api
                yield from patterns(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield "/" + prefix + str(entry.pattern), entry.name


ADDRESSES = {name: address for address, name in patterns(get_resolver())}


def test_every_route_has_a_name_and_its_line_in_the_matrix():
    found = list(patterns(get_resolver()))
    assert sorted(str(name) for _, name in found) == sorted(ROUTES)


@pytest.fixture
def actor_of(person, messages):
    """Return a function that makes an actor of the table."""

    def make(name):
        role, address, *grants = ACTORS[name]
        user = person(role, address, *(one for one in grants if one != MEMBER))
        if MEMBER in grants:
            MatterMember.objects.create(matter_id=MATTER, user=user, added_at=LONG_AGO)
        return user

    return make


@pytest.fixture
def messages(message):
    """Return the ids of what is tried: a message of Bob's, one of somebody else's, none. A matter is about Bob."""
    matter = Matter.objects.create(id=MATTER, reference="M-1", name="Dispute", opened_at=LONG_AGO)
    MatterCustodian.objects.create(matter=matter, address="bob@corp.example", added_at=LONG_AGO)
    Hold.objects.create(id=HOLD, matter=matter, name="h", kind="messages", placed_at=LONG_AGO, covered_at=LONG_AGO)
    return {"own": message("offer").id, "other": message("hostile").id, "missing": MISSING}


def ask(browser, name, messages, what):
    address = ADDRESSES[name].replace("<uuid:message_id>", str(messages[what])).replace("<str:path>", PARTS[what])
    for converter, value in CONVERTERS.items():
        address = address.replace(converter, value)
    assert "<" not in address
    return getattr(browser, ROUTES[name].method)(address)


def tries():
    """Yield each route with what it is tried on."""
    for name, route in ROUTES.items():
        for what in PARTS if route.of_message else ("own",):
            yield name, what


def content(response):
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode("utf-8", "replace")


def sees(actor, what):
    return actor in {"own": SEES_OWN, "other": SEES_OTHER, "missing": set()}[what]


def expected(name, actor, what):
    route = ROUTES[name]
    if route.of_message:
        return route.allowed if sees(actor, what) and ACTORS[actor][0] in route.roles else 404
    if route.of_matter and MEMBER not in ACTORS[actor] and ACTORS[actor][0] not in route.also:
        return 404
    return route.allowed if ACTORS[actor][0] in route.roles and not route.gone else 404


@pytest.mark.parametrize("actor", ACTORS)
def test_every_route_answers_each_role_as_it_must(actor_of, browser_of, messages, actor):
    user = actor_of(actor)
    answers = {(name, what): ask(browser_of(user), name, messages, what) for name, what in tries()}
    wanted = {(name, what): expected(name, actor, what) for name, what in tries()}
    assert {tried: answer.status_code for tried, answer in answers.items()} == wanted
    hidden = [canary for what, canary in CANARIES.items() if not sees(actor, what)]
    assert [tried for tried, answer in answers.items() if any(one in content(answer) for one in hidden)] == []


def test_nobody_gets_anything_without_signing_in(messages):
    answers = {(name, what): ask(Client(), name, messages, what) for name, what in tries()}
    wanted = {(name, what): ROUTES[name].anonymous for name, what in tries()}
    assert {tried: answer.status_code for tried, answer in answers.items()} == wanted
    assert [
        tried for tried, answer in answers.items() if any(one in content(answer) for one in CANARIES.values())
    ] == []
    elsewhere = {answer["Location"].partition("?")[0] for answer in answers.values() if answer.status_code == 302}
    assert elsewhere == {"/sign-in/", "/"}  # "/" after a choice of theme or language


@pytest.mark.parametrize("actor", [name for name in ACTORS if name not in SEES_OTHER])
def test_not_yours_and_not_there_answer_alike_on_every_route(actor_of, browser_of, messages, actor):
    browser = browser_of(actor_of(actor))
    shown = {
        what: {
            name: (answer.status_code, TOKENS.sub("", content(answer).replace(str(messages[what]), "ID")))
            for name, route in ROUTES.items()
            if route.of_message and (answer := ask(browser, name, messages, what))
        }
        for what in ("other", "missing")
    }
    assert {name: status for name, (status, _) in shown["other"].items()} == dict.fromkeys(shown["other"], 404)
    paths = {f"/parts/{path}" for path in PARTS.values()}
    assert [
        name
        for name in shown["other"]
        if _without(shown["other"][name][1], paths) != _without(shown["missing"][name][1], paths)
    ] == []


def _without(text, paths):
    for path in sorted(paths, key=len, reverse=True):
        text = text.replace(path, "/parts/PATH")
    return text


@pytest.mark.parametrize("actor", [name for name in ACTORS if name not in SEES_OTHER])
def test_a_search_for_a_word_of_others_reveals_nothing(actor_of, browser_of, messages, actor):
    browser = browser_of(actor_of(actor))
    for query in ("pay", "from:mallory", "filename:logo", "p* OR subject:invoice", "NOT xyzzy"):
        response = browser.get("/", {"q": query})
        text = content(response)
        assert str(messages["other"]) not in text
        assert "Mallory" not in text
        found = response.context.get("found")
        assert found is None or found.result.total <= 3  # Bob's own three messages
