"""The pages of requests: a story of each right through forms, and who gets which page."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Approval
from accounts.services import approvals
from archive.models import Message
from gdpr import tasks
from gdpr.models import Request, Right
from gdpr.services import answering, packs
from gdpr.states import State
from tests.flow.gdpr.desk import (
    ANN,
    HOME,
    NOW,
    again,
    asked,
    decided,
    erased,
    fill,
    frozen,
    informed,
    items,
    located,
    registered,
)

PAGES = ("request", "request-person", "request-messages", "request-history")


@pytest.fixture
def filled(empty_archive, settings):
    """Return an archive with mail; what the pages queue lies there, since no worker runs in these tests."""
    for folder in ("data_folder_in", "control_folder"):
        Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS[folder]).mkdir(parents=True, exist_ok=True)
    return fill(empty_archive)


@pytest.fixture
def desk(browser_of, dpo):
    """Return the browser of the data-protection officer."""
    return browser_of(dpo)


def act(browser, request, name, **fields):
    answer = browser.post(reverse("request-act", args=[request.id]), {"act": name, **fields})
    assert answer.status_code == 302, answer.content.decode()
    return again(request)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def no_cooling(settings):
    settings.MUNIMENT_ERASURE_COOLING_DAYS = 0


@pytest.mark.usefixtures("filled", "no_cooling")
def test_an_erasure_goes_from_the_form_to_the_closed_file(desk, browser_of, dpo, approver):
    form = {
        "right": "erasure",
        "person_name": "Ann Lee",
        "addresses": f"{ANN}\n{HOME}",
        "received_on": timezone.localdate().isoformat(),
        "channel": "email",
        "language": "en",
        "grounds": ["a"],
        "calendar": "fr",
        "pauses_count": "on",
    }
    assert desk.post("/requests/new", form).status_code == 302
    request = Request.objects.get()
    act(desk, request, "qualify", method="held")
    act(desk, request, "scope")
    act(desk, request, "propose-terms")
    said = {f"term-{term.pk}": "no" if "else" in term.value else "yes" for term in request.terms.all()}
    act(desk, request, "decide-terms", **said)
    assert act(desk, request, "approve-terms").state == State.SEARCHING
    act(desk, request, "mentions", search="no", reason="Out of proportion.")
    assert act(desk, request, "locate").state == State.REVIEW
    address = reverse("request-messages", args=[request.id])
    for about in ("sender", "recipient", "custodian"):
        desk.post(address, {"about": about, "choice": "erase", "reason": "Asked for."})
    act(desk, request, "check")
    assert act(desk, request, "settle").state == State.APPROVAL
    act(desk, request, "ask-approval", reason="Article 17")
    approval = Approval.objects.get(kind="erasure")
    officer = browser_of(approver)
    shown = officer.get(reverse("request-approval", args=[again(request).disposal_id]))
    assert "4 " in text_of(shown)
    assert "Ann Lee" not in text_of(shown).replace("my pay", "")
    assert officer.post(reverse("approval-decide", args=[approval.pk]), {"decision": "approve"}).status_code == 302
    carry_out = reverse("request-carry-out", args=[request.id])
    assert "type the number of messages: 4" in text_of(desk.get(carry_out))
    assert desk.post(carry_out, {"confirmation": "3"}).status_code == 409
    assert desk.post(carry_out, {"confirmation": "4"}).status_code == 302
    tasks.carry_out(str(request.id), dpo.pk)
    assert again(request).state == State.REPLYING
    assert "4 messages were erased" in text_of(
        desk.get(reverse("request-letter", args=[request.id, request.letters.latest("pk").pk]))
    )
    assert desk.get(reverse("request-certificate", args=[request.id])).status_code == 200
    assert act(desk, request, "close").outcome == "granted"
    assert Message.objects.count() == 3


def test_an_access_is_released_downloaded_and_expires(filled, desk, dpo):
    informed()
    request = located(dpo, filled, Right.ACCESS)
    decided(dpo, request)
    request = frozen(dpo, request)
    carry_out = reverse("request-carry-out", args=[request.id])
    copy = reverse("request-pack", args=[request.id])

    assert desk.get(copy).status_code == 404
    assert desk.post(carry_out, {"confirmation": "4"}).status_code == 302
    tasks.make_pack(str(request.id))
    got = desk.get(copy)

    assert (got.status_code, got["Content-Type"]) == (200, "application/zip")
    assert b"".join(got.streaming_content)[:2] == b"PK"
    packs.expire(filled, now=timezone.now() + timedelta(days=31))
    assert desk.get(copy).status_code == 410


@pytest.mark.parametrize("case", [(right, language) for right in Right for language in ("en", "fr")])
def test_every_state_has_its_pages_in_both_languages(filled, browser_of, dpo, approver, case):
    right, language = case
    browser = browser_of(dpo, language)
    informed()
    request = located(dpo, filled, right)
    decided(dpo, request)
    frozen(dpo, request)
    if right == Right.ERASURE:
        approvals.approve(actor=approver, approval_id=asked(dpo, request).pk, now=NOW)
    for state in State:
        Request.objects.filter(pk=request.pk).update(state=state)
        for name in PAGES:
            answer = browser.get(reverse(name, args=[request.id]))
            assert (answer.status_code, state, name) == (200, state, name)
            assert answer.content.count(b"<h1") == 1
            ids = re.findall(r'\bid="([^"]+)"', answer.content.decode())
            assert len(ids) == len(set(ids)), (state, name)
    assert browser.get("/requests/").status_code == 200
    assert browser.get("/requests/new").status_code == 200
    assert browser.get("/requests/information").status_code == 200


def test_a_refused_move_is_told_on_the_page_and_changes_nothing(filled, desk, dpo):
    request = registered(dpo)

    answer = desk.post(reverse("request-act", args=[request.id]), {"act": "ask-identity", "reason": ""})

    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()
    assert again(request).state == State.RECEIVED
    assert desk.post(reverse("request-act", args=[request.id]), {"act": "dance"}).status_code == 409
    assert desk.post(reverse("request-act", args=[request.id]), {"act": "correct", "day": "soon"}).status_code == 409


def test_the_register_says_what_to_do_when_it_is_empty_and_filters_when_it_is_not(filled, desk, dpo):
    assert "Register the first request" in text_of(desk.get("/requests/"))
    registered(dpo)

    assert "2026-0001" in text_of(desk.get("/requests/", {"text": "ann"}))
    assert "2026-0001" not in text_of(desk.get("/requests/", {"right": "access"}))
    assert "2026-0001" in text_of(desk.get("/requests/", {"state": "nonsense", "page": "x"}))


def test_what_the_reader_may_not_see_has_no_subject(filled, browser_of, person, dpo):
    request = located(dpo, filled)
    auditor = person("auditor", None, ("address", "nobody@corp.example"))

    shown = text_of(browser_of(auditor).get(reverse("request-messages", args=[request.id])))

    assert "my pay" not in shown
    assert "not within what you may see" in shown


EVERYTHING = ("everything", "")
READERS = {"dpo": "all", "auditor": "read"}


@pytest.mark.parametrize("role", ["employee", "administrator", "compliance", "legal", "auditor", "dpo"])
def test_each_page_of_a_real_request_is_for_its_readers_only(filled, browser_of, person, approver, role):
    dpo = person("dpo", "first-dpo@corp.example", EVERYTHING)
    informed()
    request = located(dpo, filled)
    decided(dpo, request)
    request = erased(dpo, approver, filled, request)
    letter = request.letters.first()
    browser = browser_of(person(role, f"{role}-2@corp.example", *([] if role == "employee" else [EVERYTHING])))
    reading = [reverse(name, args=[request.id]) for name in (*PAGES, "request-certificate", "request-certificate-file")]
    reading += [reverse("request-letter", args=[request.id, letter.pk]), "/requests/"]
    handling = ["/requests/new", "/requests/information"]
    may = READERS.get(role)

    answers = {address: browser.get(address).status_code for address in reading}
    handled = {address: browser.get(address).status_code for address in handling}
    acted = browser.post(reverse("request-act", args=[request.id]), {"act": "close"}).status_code
    decision = browser.post(reverse("request-messages", args=[request.id]), {"choice": "erase"}).status_code
    approval = browser.get(reverse("request-approval", args=[request.disposal_id])).status_code

    assert set(answers.values()) == ({200} if may else {404})
    assert set(handled.values()) == ({200} if may == "all" else {404})
    assert acted == (302 if may == "all" else 404)
    assert decision == (409 if may == "all" else 404)
    assert approval == (200 if role in {"compliance", "legal"} else 404)
    assert ("/requests/" in browser.get("/").content.decode()) is bool(may)


def test_the_person_is_forgotten_only_when_the_number_is_typed(filled, desk, dpo, approver):
    request = located(dpo, filled)
    decided(dpo, request)
    erased(dpo, approver, filled, request)
    answering.close(actor=dpo, request_id=request.id, now=NOW)
    address = reverse("request-act", args=[request.id])

    assert desk.post(address, {"act": "forget", "reason": "x", "number": "2026"}).status_code == 409
    assert desk.post(address, {"act": "forget", "reason": "x", "number": request.number}).status_code == 302

    assert "Ann Lee" not in text_of(desk.get(reverse("request", args=[request.id])))
    assert again(request).forgotten_at is not None


def test_the_sweep_does_what_is_due_and_nothing_else(filled, dpo):
    request = located(dpo, filled)

    tasks.sweep()

    assert again(request).state == State.REVIEW
    assert items(request).exclude(choice="").count() == 0
