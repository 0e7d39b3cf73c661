"""Programs that call the API with a person's token, and the archive of the tests of the pages."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from accounts.services import tokens
from tests.flow.accounts.conftest import browser_of, person
from tests.flow.web.conftest import as_person, empty_archive, filled, message

__all__ = ["as_person", "browser_of", "empty_archive", "filled", "message", "person"]  # fixtures
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Program:
    """Calls the API as a program does."""

    def __init__(self, secret, *, language="en"):
        self._client = Client(enforce_csrf_checks=True)
        self._headers = {"accept-language": language}
        if secret:
            self._headers["authorization"] = f"Bearer {secret}"

    def get(self, address, query=None, **headers):
        return self._client.get(f"/api/v1{address}", query or {}, headers=self._headers | headers)

    def post(self, address, body=None, **headers):
        return self.call("post", address, body, **headers)

    def call(self, method, address, body=None, **headers):
        content = None if body is None else json.dumps(body, default=str)
        return getattr(self._client, method)(
            f"/api/v1{address}",
            **({} if content is None else {"data": content, "content_type": "application/json"}),
            headers=self._headers | headers,
        )


@pytest.fixture(autouse=True)
def queue(settings):
    """Let what is queued lie there: no worker runs in these tests."""
    for folder in ("data_folder_in", "control_folder"):
        Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS[folder]).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def program_of():
    """Return a function that makes a program with a token of that person."""

    def make(user, language="en"):
        return Program(tokens.give(actor=user, name="a program", days=30).secret, language=language)

    return make


@pytest.fixture
def nobody():
    """Return a program without a token."""
    return Program("")


@pytest.fixture
def officer(person):
    return person("compliance", "officer@corp.example", ("everything", ""))
