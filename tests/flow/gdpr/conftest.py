"""Archives with the mail of a person, and the people who handle requests."""

import pytest

from tests.flow.accounts.conftest import browser_of, empty_archive, person
from tests.flow.archive.builders import memory_archive
from tests.flow.gdpr.desk import fill

__all__ = ["browser_of", "empty_archive", "person"]  # fixtures
EVERYTHING = ("everything", "")


@pytest.fixture
def archive(db, tmp_path):
    """Return an archive in memory with the mail of Ann and others."""
    return fill(memory_archive(tmp_path))


@pytest.fixture
def dpo(person):
    """Return the data-protection officer, who may see all mail."""
    return person("dpo", None, EVERYTHING)


@pytest.fixture
def approver(person):
    """Return a compliance officer."""
    return person("compliance", None, EVERYTHING)
