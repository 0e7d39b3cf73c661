"""The pages of a message: what they show, to whom, and that nothing in a message acts."""

import hashlib
import re

import pytest

from archive.models import Message
from archive.services import sweep
from tests.flow.web import mails

ALL_PAGES = ("", "/headers", "/journey", "/structure", "/source", "/proof", "/body", "/raw.eml", "/parts/1.2")
TABS = ("", "/headers", "/journey", "/structure", "/source", "/proof")


@pytest.fixture
def show(message, as_person):
    """Return a function that gives the text of a page of a message."""

    def text_of(key, tab="", person="compliance", language="en"):
        return as_person(person, language).get(f"/messages/{message(key).id}{tab}").content.decode()

    return text_of


def test_a_message_is_read_with_its_people_date_and_words(show):
    text = show("offer")
    assert "<h1>The contract</h1>" in text
    assert "Ann Lee" in text
    assert "2 Feb 2026, 10:00 +0100" in text
    assert "2 Feb 2026, 09:00:00 UTC" in text
    assert "Please sign the &lt;contract&gt; before Friday." in text


def test_quoted_text_is_folded(show):
    assert "4 quoted lines</summary>" in show("answer")


def test_a_thread_lists_the_messages_that_the_reader_may_see(show, message):
    text = show("answer")
    assert "2 messages in this thread" in text
    assert f"/messages/{message('offer').id}" in text


def test_html_is_shown_in_a_frame_without_any_right(show, message):
    text = show("hostile")
    assert f'<iframe class="body-frame body-frame-tall" sandbox src="/messages/{message("hostile").id}/body"' in text
    assert "1 picture from elsewhere was not loaded." in text
    assert "https://evil.example/pay" in text  # named, not linked
    assert 'href="https://evil.example' not in text


def test_the_body_is_harmless_and_under_a_policy_that_loads_nothing(as_person, message):
    response = as_person("compliance").get(f"/messages/{message('hostile').id}/body")
    html = response.content.decode()
    assert '<p style="color:red">Pay now</p>' in html
    assert '<img src="data:image/png;base64,' in html
    assert not [
        mark
        for mark in ("evil.example", "<script", "onload", "<form", "<svg", "<base", "refresh", "url(")
        if mark in html
    ]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "img-src data:" in policy
    assert policy.endswith("; sandbox")


def test_headers_are_shown_in_their_order(show):
    text = show("offer", "/headers")
    names = [line.partition("</th>")[0] for line in text.split('<th scope="row">')[1:]]
    assert names == ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]


def test_the_journey_shows_the_envelope_to_those_who_may_see_all(show):
    text = show("blind", "/journey")
    assert "&lt;ann@corp.example&gt;" in text
    assert "&lt;carol@corp.example&gt;" in text
    assert "192.0.2.7:40000" in text


def test_the_structure_shows_types_as_declared_and_as_they_are(show):
    text = show("hostile", "/structure")
    assert "multipart/mixed" in text
    assert "image/png" in text


def test_the_source_is_text(show):
    text = show("hostile", "/source")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert(1)" not in text


def test_the_proof_is_made_now_and_names_commitment_and_root(show, message):
    text = show("offer", "/proof")
    assert "Verified now." in text
    assert message("offer").sightings.get().commitment in text
    assert hashlib.sha256(mails.OFFER).hexdigest() in text


def test_defects_are_said_in_plain_words(as_person, filled):
    broken = Message.objects.get(rfc_message_id="")
    text = as_person("compliance").get(f"/messages/{broken.id}").content.decode()
    assert "The Date field cannot be read as a date." in text
    assert "There is no Message-ID field." in text


def test_the_download_is_the_bytes_as_received(as_person, message):
    response = as_person("compliance").get(f"/messages/{message('hostile').id}/raw.eml")
    assert response.content == mails.HOSTILE
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_an_attachment_leaves_with_a_harmless_name_and_type(as_person, message):
    path = next(part.path for part in message("hostile").parts.all() if part.disposition == "attachment")
    response = as_person("compliance").get(f"/messages/{message('hostile').id}/parts/{path}")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert "X-Evil" not in response.headers
    assert not set("\r\n\u202e") & set(response["Content-Disposition"])
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_part_that_is_none_is_not_there(as_person, message):
    paths = [f"/messages/{message('hostile').id}/parts/{path}" for path in ("9.9", "1", "..", "x")]
    assert {as_person("compliance").get(path).status_code for path in paths} == {404}


@pytest.mark.parametrize("person", ["stranger", "bob", "administrator", "auditor"])
def test_not_yours_and_not_there_answer_alike(as_person, message, person):
    browser = as_person(person)
    not_yours = [answer(browser, message("hostile").id, page) for page in ALL_PAGES]
    not_there = [answer(browser, "01890000-0000-7000-8000-000000000000", page) for page in ALL_PAGES]
    assert {status for status, _ in not_yours} == {404}
    assert not_yours == not_there


def answer(browser, identifier, page):
    """Return status and text of a page, without what differs by its address and its form tokens."""
    response = browser.get(f"/messages/{identifier}{page}")
    text = response.content.decode().replace(str(identifier), "ID")
    return response.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", text)


def test_nobody_reads_without_signing_in(as_person, message):
    browser = as_person("anonymous")
    responses = [browser.get(f"/messages/{message('hostile').id}{page}") for page in ALL_PAGES]
    assert {(found.status_code, found["Location"].partition("?")[0]) for found in responses} == {(302, "/sign-in/")}


def test_a_blind_copy_is_shown_to_an_officer_and_to_no_open_recipient(show):
    shown = {
        person: {tab for tab in TABS if "carol" in show("blind", tab, person).lower()}
        for person in ("compliance", "bob")
    }
    assert shown == {"compliance": set(TABS), "bob": set()}


def test_the_bytes_of_a_message_with_a_blind_copy_are_kept_from_its_open_recipients(as_person, message):
    assert as_person("bob").get(f"/messages/{message('blind').id}/raw.eml").status_code == 404
    assert as_person("compliance").get(f"/messages/{message('blind').id}/raw.eml").content == mails.BLIND


def test_a_recipient_may_have_the_bytes_of_an_open_message(as_person, message):
    assert as_person("bob").get(f"/messages/{message('offer').id}/raw.eml").content == mails.OFFER


def test_a_blind_recipient_sees_the_message_and_the_own_address(show):
    text = show("blind", "", "carol")
    assert "The quiet word" in text
    assert "Carol Hidden" in text


def test_a_sighting_of_another_message_is_not_there(as_person, message):
    other = message("offer").sightings.get().id
    assert as_person("compliance").get(f"/messages/{message('answer').id}?sighting={other}").status_code == 404


def test_a_sighting_that_is_none_is_not_there(as_person, message):
    address, browser = f"/messages/{message('answer').id}", as_person("compliance")
    assert {browser.get(address, {"sighting": asked}).status_code for asked in ("x", "1", "'--")} == {404}


def test_sealed_bytes_that_fail_their_check_are_said_not_shown(as_person, message, filled):
    sighting = message("offer").sightings.get()
    path = next(
        path
        for path in (filled.data / "vault").rglob("*")
        if path.is_file() and sighting.segment.id.hex in path.as_posix().replace("-", "")
    )
    frame = filled.vault.open(sighting.segment_id).entry_of(sighting.id)
    damaged = bytearray(path.read_bytes())
    damaged[frame.offset + frame.length // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(damaged)
    response = as_person("compliance").get(f"/messages/{message('offer').id}")
    assert response.status_code == 500
    assert "This message fails its check" in response.content.decode()


def test_every_sighting_is_shown_and_each_can_be_opened(as_person, message, filled):
    copy = mails.sighting(
        filled.vault,
        b"Received: from x by y\n" + mails.OFFER,
        source="smtp",
        envelope=mails.envelope("ann@corp.example", "bob@corp.example"),
    )
    filled.vault.seal([copy])
    sweep.catalogue_missing(vault=filled.vault)
    address, browser = f"/messages/{message('offer').id}", as_person("bob")
    assert "2 sightings" in browser.get(f"{address}/journey").content.decode()
    assert browser.get(f"{address}/raw.eml", {"sighting": copy.id}).content.startswith(b"Received:")


def test_the_mailbox_that_a_copy_was_found_in_is_not_told_to_others(as_person, message, filled):
    copy = mails.sighting(
        filled.vault, mails.OFFER, custodian="carol@corp.example", item="carol/inbox/1.eml", import_key="1" * 64
    )
    filled.vault.seal([copy])
    sweep.catalogue_missing(vault=filled.vault)
    shown = {
        person: "carol" in as_person(person).get(f"/messages/{message('offer').id}/journey").content.decode()
        for person in ("compliance", "bob")
    }
    assert shown == {"compliance": True, "bob": False}
