"""Attachments of real mail: each has an answer, quickly, and none is a failure."""

import time
from pathlib import Path

import pytest

from muniment.extract.documents import extract_here
from muniment.extract.model import Outcome
from muniment.mail.parse import parse

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SETS = ["mime-piler", "mime-rspamd", "mime-tika", "mime-unstructured", "mime-roundcube", "outlook-msg-extract"]
ANSWERS = {Outcome.TEXT, Outcome.EMPTY, Outcome.UNSUPPORTED, Outcome.ENCRYPTED, Outcome.CORRUPT}
MAX_SECONDS = 5


@pytest.mark.shared
@pytest.mark.parametrize("name", SETS)
def test_real_attachments_have_an_answer_in_time(name):
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip("the test data is not beside the project")
    attachments = [
        part
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for part in parse(path.read_bytes()).parts
        if part.filename and part.content
    ]
    start = time.monotonic()

    outcomes = {
        extract_here(part.content, content_type=part.content_type, filename=part.filename).outcome
        for part in attachments
    }

    assert outcomes <= ANSWERS
    assert time.monotonic() - start < MAX_SECONDS * max(1, len(attachments))
