"""The corpus of odd messages is whole: every file is listed, told of, and has the bytes that it was given."""

import hashlib
import re
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
ODD = CORPUS / "odd"


def test_every_odd_message_has_the_bytes_that_it_was_given():
    listed = dict(reversed(line.split("  ")) for line in (ODD / "SHA256SUMS").read_text(encoding="ascii").splitlines())

    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in ODD.glob("*.eml")} == listed


def test_the_readme_tells_of_every_odd_message():
    told = re.findall(r"^\| `([a-z0-9-]+\.eml)` \| ", (CORPUS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(told) == sorted(path.name for path in ODD.glob("*.eml"))


def test_odd_messages_are_tiny():
    assert max(path.stat().st_size for path in ODD.glob("*.eml")) < 16 * 1024
