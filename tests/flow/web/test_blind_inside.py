"""Blind recipients of messages inside a message: seen by nobody who may not see blind recipients, and found by the rest."""

import pytest

from archive.models import Message
from archive.services import sweep
from archive.services.stages import drain
from discovery.showing import sight_of
from muniment.extract.documents import extract_here
from tests.flow.web import mails

INNER = """\
From: dan@corp.example
To: eve@corp.example
Bcc: Quirina <quirina@hidden.example>
Subject: The inner note
Date: Mon, 02 Feb 2026 10:00:00 +0100
Message-ID: <inner@corp.example>

Ask Quentin.
"""
AS_MESSAGE = "Content-Type: message/rfc822"
AS_FILE = (
    'Content-Type: application/octet-stream; name="note.eml"\nContent-Disposition: attachment; filename="note.eml"'
)
AS_REPORT = "Content-Type: text/rfc822-headers"
TABS = ("", "/headers", "/journey", "/structure", "/source", "/proof", "?show=text")


class HereExtractor:
    """Draws texts as the limited processes do, in this one."""

    def extract(self, content, *, content_type, filename):
        return extract_here(content, content_type=content_type, filename=filename)


def forwarded(how):
    head = mails.HEADERS.format(
        sender="Ann Lee <ann@corp.example>",
        to="Bob Roy <bob@corp.example>",
        subject="Look at this",
        date="Thu, 05 Feb 2026 09:30:00 +0000",
        key="forwarded",
        extra="",
    )
    parts = f"--outer\nContent-Type: text/plain\n\nLook.\n--outer\n{how}\n\n{INNER}\n--outer--\n"
    return f"{head}Content-Type: multipart/mixed; boundary=outer\n\n{parts}".encode()


@pytest.fixture(params=[AS_MESSAGE, AS_FILE, AS_REPORT])
def found(request, empty_archive):
    """Return a message to Bob that carries one with a blind recipient."""
    vault = empty_archive.vault
    vault.seal([mails.sighting(vault, forwarded(request.param))])
    sweep.catalogue_missing(vault=vault)
    drain(empty_archive, HereExtractor())
    return Message.objects.get(rfc_message_id="forwarded@corp.example")


def seen(browser, found, tabs=TABS):
    return {tab for tab in tabs if "quirina" in browser.get(f"/messages/{found.id}{tab}").content.decode().lower()}


def hits(browser, query):
    return len(browser.get("/", {"q": query}).context["rows"])


def test_no_page_and_no_file_names_them_to_an_open_recipient(as_person, found):
    bob = as_person("bob")

    assert seen(bob, found) == set()
    assert bob.get(f"/messages/{found.id}/raw.eml").status_code == 404
    assert bob.get(f"/messages/{found.id}/parts/1.2").status_code == 404
    assert f"/messages/{found.id}/parts/1.2" not in bob.get(f"/messages/{found.id}").content.decode()
    assert "blind recipients" in bob.get(f"/messages/{found.id}/structure").content.decode()


def test_an_officer_sees_them_in_the_source_and_has_the_bytes(as_person, found):
    officer = as_person("compliance")

    assert "/source" in seen(officer, found)
    assert b"Quirina" in officer.get(f"/messages/{found.id}/raw.eml").content
    assert b"Quirina" in officer.get(f"/messages/{found.id}/parts/1.2").content


@pytest.mark.parametrize("query", ["quirina", "quirina@hidden.example", "bcc:quirina", "attachment:quirina", "quir*"])
def test_a_search_finds_them_only_for_an_officer(as_person, found, query):
    assert hits(as_person("bob"), query) == 0
    if query != "attachment:quirina":
        assert hits(as_person("compliance"), query) == 1


def test_an_export_of_somebody_who_may_not_see_them_leaves_the_bytes_out(as_person, found, empty_archive):
    from accounts.models import User
    from archive.queries.content import open_sighting

    as_person("bob")
    bob = User.objects.get(email="bob@corp.example")
    sealed = open_sighting(bob, found, found.sightings.get(), vault=empty_archive.vault)

    assert sight_of(bob)(found, sealed) is None
