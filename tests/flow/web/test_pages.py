"""What holds for every page: sign-in, policy, no inline script or style, both languages, both themes."""

import re

import pytest
from django.test import Client

from accounts.guessing import MAX_FAILURES
from accounts.models import User
from tests.flow.web.conftest import PASSWORD, PEOPLE

PAGES = ("/", "/?q=contract", "/?q=%28", "/help/", "/coverage/", "/status/", "/messages/ID", "/messages/ID/headers",
         "/messages/ID/journey", "/messages/ID/structure", "/messages/ID/source", "/messages/ID/proof", "/nowhere")  # fmt: skip
INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
ENGLISH = re.compile(r"Skip to|Sign out|Searched|Proof|Verified|Headers|Coverage|Attachments|There is|Newest")
TAGS = re.compile(r"<[a-zA-Z][^>]*>")


def read(browser, address, message):
    return browser.get(address.replace("ID", str(message("hostile").id)))


def test_every_page_has_a_strict_policy_and_nothing_inline(as_person, message):
    responses = [read(as_person("compliance"), address, message) for address in PAGES]
    policies = {response["Content-Security-Policy"] for response in responses}
    assert all("default-src 'none'" in policy and "unsafe" not in policy for policy in policies)
    tags = [tag for response in responses for tag in TAGS.findall(response.content.decode())]
    assert [tag for tag in tags if INLINE.search(tag)] == []
    assert {response["Cache-Control"] for response in responses} == {"private, no-store"}


def test_every_page_in_french_has_no_english_of_its_own(as_person, message):
    texts = [read(as_person("compliance", "fr"), address, message).content.decode() for address in PAGES]
    assert all('<html lang="fr"' in text for text in texts)
    assert [ENGLISH.findall(text) for text in texts] == [[]] * len(PAGES)


@pytest.mark.parametrize("address", ["/coverage/", "/status/", "/help/"])
def test_pages_about_the_archive_need_a_person(as_person, address):
    assert as_person("anonymous").get(address).status_code == 302


@pytest.mark.parametrize(
    ("person", "sees"), [("compliance", True), ("administrator", True), ("auditor", True), ("ann", False)]
)
def test_counts_of_the_whole_archive_are_not_for_employees(as_person, filled, person, sees):
    assert ("The whole archive" in as_person(person).get("/status/").content.decode()) is sees


def test_health_is_asked_without_signing_in(filled):
    addresses = ("/health/live", "/health/ready", "/healthz", "/readyz")
    assert [Client().get(address).status_code for address in addresses] == [200] * 4


def test_the_theme_is_kept_without_a_script(as_person, empty_archive):
    browser = as_person("compliance")
    response = browser.post("/theme", {"theme": "dark", "next": "/help/"})
    assert response["Location"] == "/help/"
    assert 'data-theme="dark"' in browser.get("/help/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_theme_switch_leads_nowhere_else(db, target):
    assert Client().post("/theme", {"theme": "dark", "next": target})["Location"] == "/"


def test_the_language_is_switched_before_signing_in(db):
    browser = Client(headers={"accept-language": "en"})
    browser.post("/language", {"language": "fr", "next": "/sign-in/"})
    assert "Mot de passe" in browser.get("/sign-in/").content.decode()


def test_signing_in_leads_to_the_search_and_signing_out_back(person_with_password):
    browser = Client()
    entered = browser.post("/sign-in/", {"username": person_with_password, "password": PASSWORD})
    assert entered["Location"] == "/"
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    assert browser.get("/").status_code == 302


def test_a_wrong_password_is_said_without_telling_which_half_is_wrong(person_with_password):
    answers = [
        Client().post("/sign-in/", {"username": name, "password": "wrong"}).content.decode()
        for name in (person_with_password, "nobody@corp.example")
    ]
    assert all("This address and password do not go together." in answer for answer in answers)


def test_guessing_is_slowed_down_even_for_the_right_password(person_with_password):
    browser = Client()
    for _ in range(MAX_FAILURES):
        browser.post("/sign-in/", {"username": person_with_password, "password": "wrong"})
    response = browser.post("/sign-in/", {"username": person_with_password, "password": PASSWORD})
    assert response.status_code == 429
    assert "Too many wrong passwords." in response.content.decode()


def test_a_right_password_forgives_the_wrong_ones_before(person_with_password):
    browser = Client()
    for password in ("wrong", PASSWORD) * MAX_FAILURES:
        answer = Client().post("/sign-in/", {"username": person_with_password, "password": password})
    assert answer.status_code == 302
    assert browser.get("/sign-in/").status_code == 200


@pytest.fixture
def person_with_password(empty_archive):
    address, role = PEOPLE["compliance"]
    User.objects.create_user(username=address, email=address, password=PASSWORD, role=role)
    return address
