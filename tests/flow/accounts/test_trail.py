"""What signing in, searching, reading and being refused leave in the audit trail, and how its page shows it."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from accounts.guessing import MAX_FAILURES
from accounts.models import Action, AuditEntry, AuditText, Outcome, Role, TextKind, User
from accounts.queries.audit import PAGE_SIZE
from accounts.services import audit, people
from archive.models import Message, Searchable
from tests.flow.accounts.conftest import NOW, OPERATOR

READERS = ("auditor", "dpo", "administrator", "compliance")
NOT_THERE = "01890000-0000-7000-8000-000000000000"
PASSWORD = "correct horse battery"


def entries(action):
    return list(AuditEntry.objects.filter(action=action).order_by("number"))


def facts(entry):
    return entry.actor, entry.outcome, entry.objects_named, entry.details


def texts(entry):
    return {text.kind: text.text for text in entry.texts.all()}


def lines(response):
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_a_search_is_recorded_with_words_filters_total_scope_and_purpose(as_person, filled):
    as_person("ann").get("/?q=contract&source=old-server&purpose=inquiry+7&page=1")
    (entry,) = entries(Action.SEARCH)
    assert facts(entry) == ("ann@corp.example", "done", [], {"total": 2, "page": 1})
    assert entry.scope == {"everything": False, "blind": False, "addresses": 1, "domains": 0}
    assert texts(entry) == {"query": "contract source=old-server", "purpose": "inquiry 7"}


def test_a_search_that_may_find_nothing_is_recorded_too(as_person, filled):
    as_person("administrator").get("/?q=contract")
    assert [entry.details["total"] for entry in entries(Action.SEARCH)] == [0]


@pytest.mark.parametrize("page", ["", "/headers", "/journey", "/structure", "/source", "/proof"])
def test_each_page_of_a_message_is_a_view(as_person, message, page):
    offer = message("offer")
    as_person("bob").get(f"/messages/{offer.id}{page}")
    (entry,) = entries(Action.VIEW)
    named = [f"message:{offer.id}", f"sighting:{offer.sightings.get().id}"]
    assert facts(entry) == ("bob@corp.example", "done", named, {"page": f"message{page.replace('/', '-')}"})


def test_a_body_is_part_of_the_view_of_its_page_and_a_view_of_its_own_without_one(as_person, message):
    browser, address = as_person("ann"), f"/messages/{message('hostile').id}"
    browser.get(f"{address}/body")
    alone = len(entries(Action.VIEW))
    browser.get(f"/messages/{message('offer').id}")
    browser.get(address)
    browser.get(f"{address}/body")
    assert (alone, len(entries(Action.VIEW))) == (1, 3)


def test_downloads_name_what_left_by_its_place_never_by_its_name(as_person, message):
    hostile = message("hostile")
    path = next(part.path for part in hostile.parts.all() if part.disposition == "attachment")
    browser = as_person("ann")
    sizes = [len(browser.get(f"/messages/{hostile.id}{page}").content) for page in ("/raw.eml", f"/parts/{path}")]
    found = [entry.details for entry in entries(Action.DOWNLOAD)]
    assert found == [{"what": "eml", "bytes": sizes[0]}, {"what": f"part {path}", "bytes": sizes[1]}]


@pytest.mark.parametrize(
    ("key", "page", "facts_told"),
    [
        ("hostile", "", {"there": True, "in_scope": False}),
        (None, "", {"there": False, "in_scope": False}),
        ("blind", "/raw.eml", {"there": True, "in_scope": True}),
        ("offer", "/parts/9.9", {"there": True, "in_scope": True}),
    ],
)
def test_a_refusal_is_recorded_and_the_person_is_not_told(as_person, message, key, page, facts_told):
    identifier = message(key).id if key else NOT_THERE
    response = as_person("bob").get(f"/messages/{identifier}{page}")
    (entry,) = entries(Action.REFUSAL)
    assert response.status_code == 404
    assert facts(entry)[:3] == ("bob@corp.example", "refused", [f"message:{identifier}"])
    assert facts_told.items() <= entry.details.items()


def test_the_page_that_names_what_is_not_searched_is_a_view(as_person, filled):
    as_person("compliance").get("/coverage/")
    Message.objects.update(searchable=Searchable.FAILED)
    as_person("compliance").get("/coverage/")
    assert [entry.details for entry in entries(Action.VIEW)] == [{"page": "coverage", "total": 5}]


def test_nothing_of_the_mail_stands_in_the_trail(as_person, message):
    browser = as_person("compliance")
    for page in ("", "/body", "/headers", "/journey", "/structure", "/source", "/proof", "/raw.eml", "/parts/1.2"):
        browser.get(f"/messages/{message('hostile').id}{page}")
    browser.get("/")
    written = str(list(AuditEntry.objects.values())) + str(list(AuditText.objects.values()))
    assert [
        word for word in ("invoice", "Mallory", "mallory", "evil", "logo", "Pay now", "ann@") if word in written
    ] == []


def test_signing_in_and_out_and_what_is_refused_are_recorded(empty_archive):
    user = people.add(actor=OPERATOR, address="ann@corp.example", role=Role.EMPLOYEE, password=PASSWORD)
    browser = Client()
    browser.post("/sign-in/", {"username": "ann@corp.example", "password": "wrong"})
    browser.post("/sign-in/", {"username": "my-password", "password": "wrong"})
    browser.post("/sign-in/", {"username": "ann@corp.example", "password": PASSWORD})
    browser.post("/sign-out/")
    browser.post("/sign-out/")
    refused = entries(Action.SIGN_IN_REFUSED)
    assert [(entry.actor, entry.objects_named, texts(entry)) for entry in refused] == [
        ("", [f"person:{user.pk}"], {}),
        ("", [], {"address": "my-password"}),
    ]
    assert [facts(entry)[:2] for entry in entries(Action.SIGN_IN) + entries(Action.SIGN_OUT)] == [
        ("ann@corp.example", "done")
    ] * 2


def test_guessing_on_while_blocked_fills_no_audit_trail(empty_archive):
    for _ in range(MAX_FAILURES + 5):
        Client().post("/sign-in/", {"username": "ann@corp.example", "password": "wrong"})
    reasons = [entry.details["why"] for entry in entries(Action.SIGN_IN_REFUSED)]
    assert reasons == ["wrong address or password"] * MAX_FAILURES + ["too many wrong passwords"]


@pytest.mark.parametrize("role", READERS)
def test_the_page_shows_entries_to_those_who_answer_for_the_archive(person, browser_of, filled, role):
    audit.record(actor=person("legal"), action=Action.SEARCH, texts={TextKind.QUERY: "zanzibar"}, purpose="inquiry 7")
    text = browser_of(person(role)).get("/audit/").content.decode()
    assert "legal@corp.example" in text
    assert "Searched" in text
    assert ("zanzibar" in text, "inquiry 7" in text) == ((False, False) if role == "administrator" else (True, True))


@pytest.mark.parametrize("role", ["employee", "legal"])
def test_to_everybody_else_the_trail_is_not_there_and_asking_is_recorded(person, browser_of, filled, role):
    browser = browser_of(person(role))
    answers = [
        browser.get("/audit/"),
        browser.get("/audit/entries.csv"),
        browser.post("/audit/check"),
        browser.get("/audit/check"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert [entry.details["page"] for entry in entries(Action.REFUSAL)] == [
        "audit",
        "audit-file",
        "audit-check",
        "audit-check",
    ]
    assert 'href="/audit/"' not in browser.get("/").content.decode()


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [3, 2, 1]),
        ("?actor=LEGAL@corp.example", [1]),
        ("?action=view", [2]),
        ("?after=2026-06-02", [3]),
        ("?before=2026-06-01", [2, 1]),
        ("?after=2026-06-01&before=2026-06-01&action=search", [1]),
        ("?matter=00000000-0000-0000-0000-000000000007", [3]),
        ("?actor=nobody@corp.example", []),
        ("?action=nonsense&after=yesterday&matter=x", [3, 2, 1]),
    ],
)
def test_entries_are_filtered_by_person_action_period_and_matter(person, browser_of, filled, query, numbers):
    audit.record(actor=person("legal"), action=Action.SEARCH, now=NOW)
    audit.record(actor=None, action=Action.VIEW, now=NOW)
    audit.record(actor=OPERATOR, action=Action.EXPORT, matter_id=UUID(int=7), now=NOW + timedelta(days=1))
    response = browser_of(person("auditor")).get(f"/audit/{query}")
    assert [row.number for row in response.context["rows"]] == numbers


def test_pages_go_from_the_newest_entry_to_the_first(person, browser_of, filled):
    for _ in range(2 * PAGE_SIZE + 1):
        audit.record(actor=OPERATOR, action=Action.REBUILD)
    browser, address, seen = browser_of(person("auditor")), "", []
    while True:
        context = browser.get(f"/audit/{address}").context
        seen += [row.number for row in context["rows"]]
        address = context["older"]
        if not address:
            break
    assert seen == list(range(2 * PAGE_SIZE + 1, 0, -1))


def test_the_chain_is_checked_from_the_page_and_its_state_stands_there(person, browser_of, filled):
    browser = browser_of(person("auditor"))
    before = browser.get("/audit/").content.decode()
    browser.post("/audit/check")
    after = browser.get("/audit/").content.decode()
    assert "The whole chain has not been checked yet." in before
    assert "the chain is whole." in after
    assert [facts(entry) for entry in entries(Action.VERIFY)] == [
        ("auditor@corp.example", "done", [], {"audit_entries": 0, "audit_broken": 0})
    ]


def test_a_broken_chain_is_said_on_the_page(person, browser_of, filled):
    browser = browser_of(person("auditor"))
    audit.record(actor=OPERATOR, action=Action.SEARCH, texts={TextKind.QUERY: "contract"})
    AuditText.objects.update(text="something else")
    text = browser.post("/audit/check", follow=True).content.decode()
    assert "The chain is broken at entry 1" in text
    assert "These entries are not what was recorded: 1." in text
    assert entries(Action.VERIFY)[0].outcome == Outcome.FAILED


def test_the_file_has_every_entry_and_its_download_is_recorded(person, browser_of, filled):
    audit.record(
        actor=person("legal"), action=Action.SEARCH, texts={TextKind.QUERY: "=HYPERLINK(1)"}, details={"total": 3}
    )
    browser = browser_of(person("auditor"))
    response = browser.get("/audit/entries.csv?action=search")
    (line,) = lines(response)
    assert (line["number"], line["actor"], line["action"], line["details"]) == (
        "1",
        "legal@corp.example",
        "search",
        "total=3",
    )
    assert line["query"] == "'=HYPERLINK(1)"
    assert response["Content-Disposition"] == 'attachment; filename="audit-2.csv"'
    assert [facts(entry) for entry in entries(Action.EXPORT)] == [
        ("auditor@corp.example", "done", [], {"of": "audit", "filters": 1, "entries": 1})
    ]


def test_the_file_of_an_administrator_is_without_what_others_looked_for(person, browser_of, filled):
    audit.record(actor=person("legal"), action=Action.SEARCH, texts={TextKind.QUERY: "zanzibar"})
    assert lines(browser_of(person("administrator")).get("/audit/entries.csv"))[0]["query"] == ""


def test_an_erased_text_is_said_to_be_erased(person, browser_of, filled):
    audit.record(actor=person("legal"), action=Action.SEARCH, texts={TextKind.QUERY: "zanzibar"})
    audit.erase_texts(actor=OPERATOR, numbers=[1], reason="request 12")
    text = browser_of(person("auditor")).get("/audit/").content.decode()
    assert ("zanzibar" in text, "erased" in text) == (False, True)


def test_the_page_is_in_french(person, browser_of, filled):
    audit.record(actor=person("legal"), action=Action.SEARCH, texts={TextKind.QUERY: "zanzibar"})
    text = browser_of(person("auditor"), "fr").get("/audit/").content.decode()
    assert "Piste d’audit" in text
    assert not [word for word in ("Searched", "Audit trail", "Apply", "Older", "checked") if word in text]


def test_a_hostile_query_is_text_on_the_page(person, browser_of, filled):
    audit.record(actor=person("legal"), action=Action.SEARCH, texts={TextKind.QUERY: "<script>alert(1)</script>"})
    assert "<script>alert" not in browser_of(person("auditor")).get("/audit/").content.decode()


def test_every_action_and_outcome_is_shown_in_words(person, browser_of, filled):
    for action in Action:
        audit.record(actor=None, action=action, outcome=Outcome.REFUSED)
    shown = {row.action for row in browser_of(person("auditor")).get("/audit/").context["rows"]}
    assert shown == {str(action.label) for action in Action}


def test_people_who_are_named_are_users_of_this_archive(person, browser_of, filled):
    browser_of(person("auditor")).get("/audit/entries.csv")
    assert entries(Action.EXPORT)[0].person_id == User.objects.get().pk
