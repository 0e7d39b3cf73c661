"""The pages of retention, as the people who use them go through them."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.actors import Operator
from accounts.models import Approval, Grant, GrantKind, Matter, MatterMember, Role, User
from accounts.services import approvals
from archive import tasks
from archive.models import (
    CustodianEvent,
    Disposal,
    DisposalState,
    Hold,
    HoldKind,
    Message,
    ReviewVerdict,
    RuleChangeDraft,
    RuleVersion,
    SightingLabel,
)
from archive.queries import due
from archive.services import evaluation, labels
from archive.services import rules as changing
from archive.services.notes import log_pending
from muniment.policy.predicates import Fact, Is
from muniment.policy.rules import Action as End
from muniment.policy.rules import Term
from tests.flow.archive.test_rules import MAIL
from tests.flow.web.conftest import LONG_AGO, PEOPLE

OPERATOR = Operator(name="root")
SHORT = replace(
    MAIL, id="short", valid_from=date(2026, 1, 1), term=Term(months=1), scope=Is(fact=Fact.LABEL, value="short")
)
LOOK = replace(SHORT, id="look", scope=Is(fact=Fact.LABEL, value="look"), action=End.REVIEW)
FORM = {
    "id": "mailing",
    "name_en": "Mailings",
    "name_fr": "Envois",
    "joint": "all",
    "fact1": "label",
    "value1": "Mailing",
    "years": "1",
    "start": "sent",
    "action": "dispose",
    "citation": "Policy 3",
    "force": "policy",
    "origin": "none",
    "checked": "own",
    "valid_from": "2026-01-01",
    "reason": "too much of it",
}
INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle\s*=|\son[a-z]+\s*=", re.IGNORECASE)
ENGLISH = re.compile(
    r"Retention|Rule\b|Review|Destruction of|Overview|due for|Counted|Reason|kept|Propose the|nobody|Take off|Ground|newest"
)


@pytest.fixture(autouse=True)
def queue(settings):
    """Let what the pages queue lie there: no worker runs in these tests."""
    for folder in ("data_folder_in", "control_folder"):
        Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS[folder]).mkdir(parents=True, exist_ok=True)


def text(response):
    return response.content.decode()


@pytest.fixture
def officer(as_person):
    return as_person("compliance")


@pytest.fixture
def lawyer(db):
    user = User.objects.create(email="lawyer@corp.example", username="lawyer@corp.example", role=Role.LEGAL)
    Grant.objects.create(user=user, kind=GrantKind.EVERYTHING, valid_from=LONG_AGO)
    return user


@pytest.fixture
def browser_of(client):
    def sign_in(user):
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


@pytest.fixture
def ruled(filled, message):
    """Return the archive with two rules, and a message under each."""
    for rule in (SHORT, LOOK):
        changing.save(actor=OPERATOR, rule=rule, reason="policy")
    labels.put(actor=OPERATOR, message_ids=[message("offer").id], label="short")
    labels.put(actor=OPERATOR, message_ids=[message("answer").id], label="look")
    evaluation.evaluate()
    return filled


def test_the_overview_of_an_archive_without_rules_says_what_to_do(officer, empty_archive):
    page = text(officer.get("/retention/"))
    assert "There are no rules yet" in page
    assert 'href="/retention/library"' in page
    assert "not been applied" in page


def test_the_library_is_looked_at_counted_and_put_in_force(officer, filled):
    page = text(officer.get("/retention/library"))
    assert "C. com. L123-22" in page
    assert "read in an excerpt" in page
    drafted = officer.post("/retention/library", {"valid_from": "2026-01-01", "year_end": "12"}, follow=True)
    assert "Counted over 5 messages" in text(drafted)
    assert RuleVersion.objects.count() == 0
    draft = RuleChangeDraft.objects.get()
    officer.post(f"/retention/changes/{draft.id}/act", {"act": "put-in-force", "seen": draft.digest})
    assert RuleVersion.objects.count() == 17
    assert "Every rule of the library is there already" in text(officer.get("/retention/library"))


def test_a_rule_is_written_counted_and_put_in_force(officer, filled):
    page = officer.post("/retention/rules/new", FORM, follow=True)
    draft = RuleChangeDraft.objects.get()
    assert page.redirect_chain == [(f"/retention/changes/{draft.id}/", 302)]
    assert "carry the label “mailing”" in text(page)
    officer.post(f"/retention/changes/{draft.id}/act", {"act": "put-in-force", "seen": draft.digest})
    assert "mailing@1" in text(officer.get("/retention/rules/"))
    assert "too much of it" in text(officer.get("/retention/rules/mailing/"))
    log_pending(filled, wait=True)
    assert re.search(r"entry \d+", text(officer.get("/retention/rules/mailing/")))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "Two Words"}, "Use small letters"),
        ({"id": "short"}, "There is a rule of this id already"),
        ({"value1": ""}, "Say what it must be"),
        ({"fact1": ""}, "Give at least one condition"),
        ({"force": "duty"}, "It is given as law: say whose."),
        ({"action": "keep-for-ever"}, "without a ground of public interest"),
        ({"reason": ""}, "Say why"),
        ({"valid_from": "tomorrow"}, "This is not a date"),
        ({"years": "501"}, "500"),
    ],
)
def test_a_form_that_cannot_be_a_rule_says_what_to_change(officer, ruled, change, said):
    response = officer.post("/retention/rules/new", FORM | change)
    assert response.status_code == 400
    assert said in text(response)
    assert "mailing" not in str(list(RuleChangeDraft.objects.values_list("bodies", flat=True)))


def test_a_shorter_term_waits_for_a_second_person(officer, ruled, lawyer):
    form = officer.get("/retention/rules/short/change").context["form"]
    values = {name: form.initial.get(name, "") for name in form.fields} | {"months": "0", "days": "3", "reason": "new"}
    given = {name: "" if value is None else str(value) for name, value in values.items()}
    page = officer.post("/retention/rules/short/change", given, follow=True)
    assert "a second person has to agree" in text(page)
    draft = RuleChangeDraft.objects.get(state="counted")
    act = f"/retention/changes/{draft.id}/act"
    refused = officer.post(act, {"act": "put-in-force", "seen": draft.digest})
    assert refused.status_code == 409
    officer.post(act, {"act": "ask"})
    approvals.approve(actor=lawyer, approval_id=Approval.objects.get().pk)
    assert "Put it in force" in text(officer.get(f"/retention/changes/{draft.id}/"))
    officer.post(act, {"act": "put-in-force", "seen": draft.digest})
    assert RuleVersion.objects.filter(rule_id="short").count() == 2


def test_a_rule_ends_by_a_version_that_two_people_agree_to(officer, ruled):
    assert officer.post("/retention/rules/short/change", {"act": "end", "reason": ""}).status_code == 400
    page = officer.post("/retention/rules/short/change", {"act": "end", "reason": "no use"}, follow=True)
    assert "a second person has to agree" in text(page)
    draft = RuleChangeDraft.objects.get(state="counted")
    officer.post(f"/retention/changes/{draft.id}/act", {"act": "withdraw"})
    assert RuleVersion.objects.filter(rule_id="short").count() == 1


def test_the_message_says_why_it_is_still_here_and_takes_labels(officer, ruled, message):
    address = f"/messages/{message('offer').id}/retention"
    page = text(officer.get(address))
    assert "Due for disposal since" in page
    assert "carry the label “short”" in page
    officer.post(f"/messages/{message('offer').id}/labels", {"label": "look", "act": "put"})
    assert "To be reviewed by a person" in text(officer.get(address))
    officer.post(f"/messages/{message('offer').id}/labels", {"label": "short", "act": "take-off"})
    assert set(SightingLabel.objects.filter(sighting_id=message("offer").id).values_list("label", flat=True)) == {
        "look"
    }
    assert officer.post(f"/messages/{message('offer').id}/labels", {"label": "<b>"}).status_code == 409


def test_a_hold_names_its_matter_only_to_those_who_may_know_it(officer, ruled, lawyer, message, browser_of):
    matter = Matter.objects.create(id=uuid4(), reference="2026-77", name="Secret", opened_at=timezone.now())
    sighting = message("offer").sightings.get()
    hold = Hold.objects.create(
        id=uuid4(), matter=matter, name="Ann’s mail", kind=HoldKind.MESSAGES, placed_at=timezone.now(),
        covered_at=timezone.now(),
    )  # fmt: skip
    hold.covered.create(sighting_id=sighting.id, segment_id=sighting.segment_id, since=timezone.now())
    address = f"/messages/{message('offer').id}/retention"
    assert "Matter 2026-77" in text(officer.get(address))
    outside = text(browser_of(lawyer).get(address))
    assert "On legal hold" in outside
    assert "2026-77" not in outside
    MatterMember.objects.create(matter=matter, user=lawyer, added_at=timezone.now())
    assert "Matter 2026-77" in text(browser_of(lawyer).get(address))


def test_expired_mail_is_proposed_approved_executed_and_certified(officer, ruled, lawyer, message):
    assert "The contract" in text(officer.get("/retention/due/"))
    offer = message("offer").id
    assert officer.post("/retention/due/", {"which": "chosen", "reason": "expired"}).status_code == 400
    assert officer.post("/retention/due/", {"message": [offer], "which": "chosen", "reason": ""}).status_code == 400
    page = officer.post("/retention/due/", {"message": [offer], "which": "chosen", "reason": "expired"}, follow=True)
    row = Disposal.objects.get()
    assert "A list of 1 message to destroy" in text(page)
    address, act = f"/retention/disposals/{row.id}/", f"/retention/disposals/{row.id}/act"
    assert officer.post(act, {"act": "execute", "confirmation": "1"}).status_code == 409
    officer.post(act, {"act": "ask"})
    approvals.approve(actor=lawyer, approval_id=Approval.objects.get().pk)
    assert "To confirm, type the number of messages" in text(officer.get(address))
    assert "type the number of messages exactly" in text(officer.post(act, {"act": "execute", "confirmation": "2"}))
    ordered = officer.post(act, {"act": "execute", "confirmation": "1"}, follow=True)
    assert "has been ordered" in text(ordered)
    tasks.dispose(str(row.id), User.objects.get(email=PEOPLE["compliance"][0]).pk)
    log_pending(ruled, wait=True)
    done = text(officer.get(address))
    assert "Destruction certificate" in done
    assert not Message.objects.filter(id=offer).exists()
    certificate = text(officer.get(f"{address}certificate"))
    assert "of the evidence log" in certificate
    assert "The contract" not in certificate
    document = json.loads(text(officer.get(f"{address}certificate.json")))
    assert json.loads(document["certificate"])["destroyed"]["messages"] == 1
    assert document["proof"]["checkpoint"]
    assert officer.get(f"/messages/{offer}/retention").status_code == 404


def test_all_that_is_listed_is_proposed_once(officer, ruled):
    officer.post("/retention/due/", {"which": "all", "reason": "expired"})
    again = officer.post("/retention/due/", {"which": "all", "reason": "expired"})
    assert again.status_code == 400
    assert Disposal.objects.get().items.count() == 1
    assert "on a list to destroy" in text(officer.get("/retention/due/"))


def test_a_list_is_withdrawn_with_a_reason(officer, ruled):
    officer.post("/retention/due/", {"which": "all", "reason": "expired"})
    row = Disposal.objects.get()
    act = f"/retention/disposals/{row.id}/act"
    assert officer.post(act, {"act": "withdraw", "reason": " "}).status_code == 409
    officer.post(act, {"act": "withdraw", "reason": "a mistake"})
    row.refresh_from_db()
    assert row.state == DisposalState.WITHDRAWN
    assert "withdrawn" in text(officer.get("/retention/disposals/"))


def test_others_read_the_lists_and_change_nothing(ruled, lawyer, officer, browser_of):
    browser = browser_of(lawyer)
    page = text(browser.get("/retention/due/"))
    assert "The contract" in page
    assert 'name="which"' not in page
    assert browser.post("/retention/due/", {"which": "all", "reason": "x"}).status_code == 403
    assert browser.post("/retention/review/", {"decision": "let-go", "reason": "x"}).status_code == 403
    assert browser.post("/retention/events/", {"address": "ann@corp.example"}).status_code == 403
    assert browser.post("/retention/evaluate").status_code == 404


def test_what_waits_for_a_person_is_kept_or_let_go(officer, ruled, message):
    assert "Re: The contract" in text(officer.get("/retention/review/"))
    answer = message("answer").id
    later = (timezone.now() + timedelta(days=90)).date().isoformat()
    wrong = [
        {"decision": "keep", "reason": "x", "message": answer},
        {"decision": "keep", "reason": "x", "keep_through": later},
        {"message": answer, "reason": "x"},
    ]
    assert [officer.post("/retention/review/", one).status_code for one in wrong] == [400, 400, 400]
    officer.post("/retention/review/", {"decision": "keep", "keep_through": later, "reason": "x", "message": answer})
    assert ReviewVerdict.objects.get().keep_through.isoformat() == later
    assert "No message waits" in text(officer.get("/retention/review/"))


def test_an_event_is_noted_and_taken_back(officer, filled):
    given = {"address": "ann@corp.example", "event": "departure", "on": "2026-11-01"}
    assert "Write an address" in text(officer.post("/retention/events/", given | {"address": "ann"}))
    assert "ann@corp.example" in text(officer.post("/retention/events/", given, follow=True))
    officer.post(f"/retention/events/{CustodianEvent.objects.get().pk}/withdraw")
    assert CustodianEvent.objects.count() == 0


def test_lists_are_narrowed_by_rule_and_day(officer, ruled):
    answers = {
        query: text(officer.get(f"/retention/due/?{query}"))
        for query in ("rule=short", "rule=look", "through=2020-01-01", "outcome=review", "through=x", "after=x")
    }
    found = {query: "No message is so" not in page for query, page in answers.items()}
    assert found == {
        "rule=short": True,
        "rule=look": False,
        "through=2020-01-01": False,
        "outcome=review": True,
        "through=x": True,
        "after=x": True,
    }


def pages(draft, row, message):
    yield from ("", "rules/", "rules/new", "rules/short/", "rules/short/change", "library", "due/", "disposals/")
    yield from ("events/", "review/", f"changes/{draft}/", f"disposals/{row}/")
    yield f"../messages/{message}/retention"


def test_every_page_in_french_has_no_english_of_its_own_and_nothing_inline(as_person, ruled, message):
    officer = as_person("compliance", "fr")
    officer.post("/retention/due/", {"which": "all", "reason": "échu"})
    officer.post("/retention/rules/short/change", {"act": "end", "reason": "plus utile"})
    draft, row = RuleChangeDraft.objects.latest("made_at").id, Disposal.objects.get().id
    found = {
        path: text(officer.get(f"/retention/{path}".replace("/retention/..", "")))
        for path in pages(draft, row, message("offer").id)
    }
    assert [path for path, page in found.items() if '<html lang="fr"' not in page] == []
    assert {path: set(ENGLISH.findall(page)) for path, page in found.items() if ENGLISH.search(page)} == {}
    assert [path for path, page in found.items() if INLINE.search(re.sub(r">[^<]*<", "><", page))] == []


def test_ids_of_nothing_are_not_found(officer, ruled):
    nothing = UUID(int=7)
    for path in ("rules/none/", "rules/none/change", f"changes/{nothing}/", f"disposals/{nothing}/"):
        assert officer.get(f"/retention/{path}").status_code == 404


def test_a_label_is_put_on_what_was_chosen_and_on_all_that_a_search_finds(officer, filled, message):
    page = text(officer.get("/?q=contract"))
    assert 'formaction="/labels/new?q=contract"' in page
    offered = text(officer.post("/labels/new?q=contract", {"message": message("offer").id}))
    assert "Put it on the 1 chosen message" in offered
    assert "Put it on all 2 messages found" in offered
    assert officer.post("/labels/new?q=contract", {"which": "all", "label": ""}).status_code == 400
    assert officer.post("/labels/new?q=contract", {"which": "all", "label": "<"}).status_code == 409
    officer.post("/labels/new?q=contract", {"which": "chosen", "message": message("offer").id, "label": "one"})
    done = officer.post("/labels/new?q=contract", {"which": "all", "label": "deal"}, follow=True)
    assert "The label is on 2 messages." in text(done)
    assert SightingLabel.objects.filter(label="one").count() == 1
    assert set(SightingLabel.objects.filter(label="deal").values_list("sighting_id", flat=True)) == {
        message("offer").id,
        message("answer").id,
    }


def test_a_label_for_nothing_says_how_to_choose(officer, filled):
    assert "No message was chosen" in text(officer.get("/labels/new"))
    assert "No message was chosen" in text(officer.get("/labels/new?q=%28"))


def test_the_queue_counts_drafts_and_runs_over_all_mail(officer, ruled, message):
    draft = changing.propose(actor=OPERATOR, rules=[replace(SHORT, id="third")], reason="policy")
    assert "is being counted" in text(officer.get(f"/retention/changes/{draft.id}/"))
    tasks.count_rule_change(str(draft.id))
    assert "Counted over 5 messages" in text(officer.get(f"/retention/changes/{draft.id}/"))
    before = due.last_run()
    tasks.evaluate_retention(forced=True)
    assert due.last_run().pk > before.pk


def test_the_queue_runs_over_all_mail_only_when_something_has_changed(ruled, officer):
    evaluation.evaluate(now=timezone.now() + timedelta(seconds=1))
    seen = due.last_run()
    tasks.evaluate_retention()
    assert due.last_run() == seen
    officer.post("/retention/events/", {"address": "ann@corp.example", "event": "departure", "on": "2026-11-01"})
    CustodianEvent.objects.update(noted_at=timezone.now() + timedelta(seconds=2))
    tasks.evaluate_retention()
    assert due.last_run().pk > seen.pk


def test_a_destruction_that_nobody_approved_is_not_done_by_the_queue(officer, ruled):
    officer.post("/retention/due/", {"which": "all", "reason": "expired"})
    row = Disposal.objects.get()
    tasks.dispose(str(row.id), User.objects.get(email=PEOPLE["compliance"][0]).pk)
    row.refresh_from_db()
    assert row.state == DisposalState.PROPOSED
