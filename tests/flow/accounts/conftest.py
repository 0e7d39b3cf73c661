"""People with and without grants, and the archive of the tests of the pages."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.actors import Operator
from accounts.models import Grant, GrantKind, Role, User
from tests.flow.web.conftest import LONG_AGO, as_person, empty_archive, filled, message

__all__ = ["as_person", "empty_archive", "filled", "message"]  # fixtures
OPERATOR = Operator(name="root")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def person(db):
    """Return a function that makes a person of a role, with grants as (kind, value)."""

    def make(role, address=None, *grants):
        email = address or f"{role}@corp.example"
        user = User.objects.create(email=email, username=email, role=Role(role))
        for kind, value in grants:
            Grant.objects.create(user=user, kind=GrantKind(kind), value=value, valid_from=LONG_AGO)
        return user

    return make


@pytest.fixture
def browser_of():
    """Return a function that makes a browser in which that person is signed in."""

    def sign_in(user, language="en"):
        browser = Client(headers={"accept-language": language})
        browser.force_login(user)
        return browser

    return sign_in
