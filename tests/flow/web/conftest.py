"""An archive of its own for each test, a few messages in it, and the people who look at it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import Grant, GrantKind, Role, User
from archive.models import Message
from archive.services import sweep
from archive.services.setup import prepare
from archive.services.stages import drain
from archive.wiring import archive
from muniment.extract.model import Extraction, Outcome
from tests.flow.web import mails

PASSWORD = "correct horse battery"
PEOPLE = {
    "compliance": ("officer@corp.example", Role.COMPLIANCE),
    "ann": ("ann@corp.example", Role.EMPLOYEE),
    "bob": ("bob@corp.example", Role.EMPLOYEE),
    "carol": ("carol@corp.example", Role.EMPLOYEE),
    "stranger": ("eve@corp.example", Role.EMPLOYEE),
    "administrator": ("admin@corp.example", Role.ADMINISTRATOR),
    "auditor": ("audit@corp.example", Role.AUDITOR),
    "auditor-all": ("audit.all@corp.example", Role.AUDITOR),
    "legal": ("counsel@corp.example", Role.LEGAL),
    "dpo": ("dpo@corp.example", Role.DPO),
    "dpo-of-nobody": ("dpo.new@corp.example", Role.DPO),
}
SEES_EVERYTHING = {"compliance", "auditor-all", "legal", "dpo"}  # by a grant; others of these tests have none
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class PlainExtractor:
    """Takes any content for text."""

    def extract(self, content, *, content_type, filename):
        return Extraction(outcome=Outcome.TEXT, text=content.decode("latin-1").replace("\0", "\ufffd"))


@pytest.fixture
def empty_archive(db, settings, tmp_path):
    settings.MUNIMENT_DATA = tmp_path
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": tmp_path / "cache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the slow one tests patience only
    archive.cache_clear()
    prepare()
    yield archive()
    archive.cache_clear()


@pytest.fixture
def filled(empty_archive):
    """Return the archive with the test mail, catalogued and indexed."""
    vault = empty_archive.vault
    vault.seal([mails.sighting(vault, raw) for raw in (mails.OFFER, mails.ANSWER, mails.HOSTILE, mails.BROKEN)])
    blind = mails.envelope("ann@corp.example", "bob@corp.example", "carol@corp.example")
    vault.seal([mails.sighting(vault, mails.BLIND, source="smtp", envelope=blind)])
    sweep.catalogue_missing(vault=vault)
    drain(empty_archive, PlainExtractor())
    return empty_archive


@pytest.fixture
def as_person(db):
    """Return a function that makes a browser in which a person of `PEOPLE` is signed in; "anonymous" is nobody."""

    def sign_in(name, language="en"):
        browser = Client(headers={"accept-language": language})
        if name != "anonymous":
            address, role = PEOPLE[name]
            user, _ = User.objects.get_or_create(email=address, defaults={"username": address, "role": role})
            if name in SEES_EVERYTHING:
                Grant.objects.get_or_create(user=user, kind=GrantKind.EVERYTHING, defaults={"valid_from": LONG_AGO})
            browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def message(filled):
    """Return a function from the local part of a Message-ID to the message."""
    return lambda key: Message.objects.get(rfc_message_id=f"{key}@corp.example")
