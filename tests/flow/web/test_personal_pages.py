"""Personal data on pages: the section of a message, the facet, `pii:` and the page of figures, for whom they are."""

import re
from urllib.parse import unquote

import pytest

from accounts.models import AuditEntry
from archive.models import Message, PersonalFinding, PersonalScan
from archive.services import sweep
from archive.services.stages import drain
from tests.flow.web import mails
from tests.flow.web.conftest import PlainExtractor

IBAN = "FR76 3000 6000 0112 3456 7890 189"
NIR = "2 55 08 14 168 025 38"
MAIL = """From: Ann <ann@corp.example>
To: bob@corp.example
Subject: =?utf-8?q?salaires?=
Date: {date}
Message-ID: <{key}@corp.example>
Content-Type: text/plain; charset=utf-8

{body}
"""
SEES, SEES_NOT = ("compliance", "legal", "dpo"), ("ann", "bob", "auditor-all")


def mail(key, body, date="Mon, 02 Feb 2026 10:00:00 +0100"):
    return MAIL.format(key=key, body=body, date=date).encode()


@pytest.fixture
def personal(empty_archive):
    """Return the archive with four messages: an IBAN and an address, a NIR, an IBAN without a date, nothing."""
    vault = empty_archive.vault
    sealed = [
        mails.sighting(
            vault, mail("iban", f"IBAN : {IBAN}\nann@corp.example"), source="journal", custodian="ann@corp.example"
        ),
        mails.sighting(vault, mail("nir", f"NIR : {NIR}", "Tue, 03 Mar 2026 10:00:00 +0100"), source="journal 2"),
        mails.sighting(vault, mail("undated", f"IBAN : {IBAN}", "never"), source="journal"),
        mails.sighting(vault, mail("none", "rien"), source="journal"),
    ]
    vault.seal(sealed)
    sweep.catalogue_missing(vault=vault)
    drain(empty_archive, PlainExtractor())
    return empty_archive


def page(browser, address, **query):
    response = browser.get(address, query)
    return response.status_code, response.content.decode()


def total(browser, address):
    """The number of messages that the search behind a link finds."""
    found = browser.get(unquote(address)).context["found"]
    return found.result.total


@pytest.mark.parametrize("name", SEES)
def test_a_message_says_what_it_holds_and_where(personal, as_person, name):
    message = Message.objects.get(rfc_message_id="iban@corp.example")
    _, text = page(as_person(name), f"/messages/{message.id}")

    assert re.findall(r'title="Find the messages[^"]*">([^<]+)</a> <span class="count">(\d+)</span>', text) == [
        ("bank account number (IBAN)", "1"),
        ("e-mail address", "1"),
    ]
    assert (
        "None was found"
        in page(as_person(name), f"/messages/{Message.objects.get(rfc_message_id='none@corp.example').id}")[1]
    )


@pytest.mark.parametrize("name", ["ann", "bob", "auditor-all"])
def test_a_message_says_nothing_of_it_to_others(personal, as_person, name):
    message = Message.objects.get(rfc_message_id="iban@corp.example")
    status, text = page(as_person(name), f"/messages/{message.id}")

    assert (status, "Personal data" in text, "IBAN)" in text) == (200, False, False)


@pytest.mark.parametrize("name", SEES)
def test_the_search_page_lists_the_kinds_and_narrows_by_one(personal, as_person, name):
    browser = as_person(name)
    response = browser.get("/")
    [facet] = [facet for facet in response.context["facets"] if facet.name == "personal"]

    assert [(choice.label, choice.count) for choice in facet.choices] == [
        ("bank account number (IBAN)", 2),
        ("e-mail address", 1),
        ("French social security number (NIR)", 1),
    ]
    assert [total(browser, "/" + choice.address) for choice in facet.choices] == [2, 1, 1]
    assert total(browser, "/?q=pii:iban OR pii:nir") == 3


@pytest.mark.parametrize("name", SEES_NOT)
@pytest.mark.parametrize("query", [{"q": "pii:iban"}, {"q": "has:pii"}, {"personal": "iban"}, {"q": "NOT pii:*"}])
def test_others_can_neither_ask_nor_see_the_kinds(personal, as_person, name, query):
    response = as_person(name).get("/", query)
    shown = response.content.decode()

    assert response.context.get("found") is None
    assert "is for compliance officers" in shown
    assert "Personal data" not in shown
    assert not [facet for facet in as_person(name).get("/").context["facets"] if facet.name == "personal"]


@pytest.mark.parametrize("name", ["compliance", "dpo"])
def test_each_figure_leads_to_the_search_that_counts_it(personal, as_person, name):
    browser = as_person(name)
    figures = browser.get("/personal-data/").context["figures"]
    rows = [*figures.by_kind, *figures.by_source, *figures.by_custodian, figures.undated]
    bars = [(link.bar.count, link.address) for link in figures.chart.links if link.bar.count]

    assert [(row.label, row.messages) for row in rows] == [
        ("bank account number (IBAN)", 2),
        ("e-mail address", 1),
        ("French social security number (NIR)", 1),
        ("journal", 2),
        ("journal 2", 1),
        ("ann@corp.example", 1),
        ("without a date", 1),
    ]
    assert [total(browser, row.address) for row in rows] == [row.messages for row in rows]
    assert [total(browser, address) for _, address in bars] == [count for count, _ in bars]
    assert (figures.messages, total(browser, figures.address), sum(count for count, _ in bars)) == (3, 3, 2)


def test_the_page_says_how_much_was_looked_through(personal, as_person):
    nir = Message.objects.get(rfc_message_id="nir@corp.example")
    PersonalScan.objects.filter(message=nir).update(detector_version=0)
    PersonalScan.objects.filter(message__rfc_message_id="none@corp.example").delete()
    PersonalScan.objects.filter(message__rfc_message_id="iban@corp.example").update(in_part=True)
    looked = as_person("dpo").get("/personal-data/").context["looked"]

    assert (looked.messages, looked.looked_through, looked.in_part, looked.outdated, looked.waiting) == (4, 2, 1, 1, 1)


def test_the_figures_are_of_the_readers_scope(personal, as_person):
    response = as_person("dpo-of-nobody").get("/personal-data/")

    assert "There is no mail that you may see" in response.content.decode()


@pytest.mark.parametrize("name", ["ann", "legal", "auditor-all", "administrator"])
def test_the_page_of_figures_is_for_officers_only(personal, as_person, name):
    browser = as_person(name)

    assert browser.get("/personal-data/").status_code == 404
    assert "/personal-data/" not in browser.get("/").content.decode()


def test_looking_at_the_figures_is_recorded(personal, as_person):
    as_person("dpo").get("/personal-data/")
    entry = AuditEntry.objects.order_by("number").last()

    assert (entry.action, entry.details) == ("view", {"page": "personal-data", "total": 3})


def test_before_anything_was_looked_through_the_page_says_so(personal, as_person):
    PersonalScan.objects.all().delete()
    PersonalFinding.objects.all().delete()
    Message.objects.update(indexed_revision=0)
    personal.engine.clear()
    text = page(as_person("dpo"), "/personal-data/")[1]

    assert "looked through in the background" in text


def test_the_pages_are_in_french(personal, as_person):
    text = page(as_person("dpo", "fr"), "/personal-data/")[1]
    nothing_english = re.findall(r"Looked through|By kind|Mailbox|Identifiers|bank account", text)

    assert ("numéro de compte bancaire (IBAN)" in text, nothing_english) == (True, [])
