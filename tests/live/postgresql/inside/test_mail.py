"""Any mail has rows, whatever stands in it, and they are the same as on SQLite."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from archive.models import Message, Participant
from archive.services import sweep
from archive.services.stages import drain
from tests.flow.archive.builders import PlainExtractor, mail, seal
from tests.flow.web.conftest import empty_archive
from tests.live.postgresql.inside.picture import picture
from tests.unit.seal.builders import sighting

__all__ = ["empty_archive"]  # fixture
ROOT = Path(__file__).parents[4]
CORPUS = sorted(path for path in (ROOT / "tests" / "corpus").rglob("*.eml"))
RARE = "".join(chr(0x20000 + 37 * number) for number in range(2_000))  # four bytes each, nothing to compress


def test_texts_longer_than_an_entry_of_an_index_are_cut(archive):
    raw = mail("1", sender=f'"{RARE[:700]}" <{RARE[700:1300]}@corp.example>', subject=RARE).replace(
        b"<1@corp.example>", f"<{RARE[:990]}@x>".encode()
    )
    seal(archive, raw)
    assert sweep.catalogue_missing(vault=archive.vault) == 1
    assert Message.objects.get().subject == RARE
    assert len(Message.objects.get().rfc_message_id.encode()) <= 998
    assert Participant.objects.count() == 2


@pytest.mark.parametrize("field", ["Subject", "From", "To", "Message-ID", "Content-Type", "Date", "Strange\0Field"])
def test_bytes_that_no_text_takes_stand_anywhere(archive, field):
    seal(archive, f"{field}: a\0b\x7f".encode() + b"\xff\xfe\xed\xa0\x80\0\r\n\r\n\0body\0\r\n")
    assert sweep.catalogue_missing(vault=archive.vault) == 1
    drain(archive, PlainExtractor())
    assert Message.objects.get().searchable == "yes"


def test_the_corpus_has_the_same_ids_and_counts_as_on_sqlite(empty_archive, tmp_path):
    vault = empty_archive.vault
    assert len(CORPUS) > 20
    for start in range(0, len(CORPUS), 10):
        raws = [path.read_bytes() for path in CORPUS[start : start + 10]]
        vault.seal([sighting(id=vault.new_sighting_id(), raw=raw) for raw in raws])
    sweep.catalogue_missing(vault=vault)
    environment = {name: text for name, text in os.environ.items() if not name.endswith("DATABASE_URL")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.live.postgresql.inside.picture"],
        cwd=ROOT,
        env=environment | {"MUNIMENT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (connection.vendor, picture()) == ("postgresql", json.loads(done.stdout))
