"""Gives the tests the messages written for them."""

from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "mail"


@pytest.fixture(scope="session")
def corpus():
    """Bytes by name."""
    return {path.stem: path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))}
