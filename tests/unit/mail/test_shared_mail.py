"""Every message of the larger sets beside the project is parsed, soon, and yields clean values."""

import io
import tarfile
import time
from pathlib import Path

import pytest
import zstandard

from muniment.mail.fingerprint import fingerprint
from muniment.mail.flags import flags_of
from muniment.mail.forensic import hops
from muniment.mail.parse import parse
from muniment.mail.text import body_text
from muniment.mail.threads import thread_keys

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
WORST_SECONDS = 5
SAMPLE_EVERY = 5  # of the sets with thousands of messages

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not beside the project"),
]


def files(folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "SOURCE.md":
            yield path.read_bytes()


def archive(path):
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
        content = io.BytesIO(stream.read())
    with tarfile.open(fileobj=content) as tar:
        for place, member in enumerate(tar):
            if member.isfile() and place % SAMPLE_EVERY == 0:
                yield tar.extractfile(member).read()


def check(raw):
    began = time.process_time()
    parsed = parse(raw)
    texts = [body_text(parsed), parsed.subject, *thread_keys(parsed), *(part.filename for part in parsed.parts)]
    digest = fingerprint(parsed)
    flags_of(parsed)
    hops(raw)
    assert time.process_time() - began < WORST_SECONDS
    assert "\0" not in "".join(texts).encode().decode()
    assert len(digest) == 32


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("mime-*")) if DATA.is_dir() else [])
def test_every_message_of_a_set_is_parsed(name):
    for raw in files(DATA / name):
        check(raw)


@pytest.mark.parametrize("name", ["spamassassin/spamassassin.tar.zst", "list-odd/list-odd.tar.zst"])
def test_a_sample_of_a_packed_set_is_parsed(name):
    for raw in archive(DATA / name):
        check(raw)
