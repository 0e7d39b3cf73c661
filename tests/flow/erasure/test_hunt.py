"""After an erasure no file of the archive names the message; nor after a backup from before it was put back."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.erasure import story
from tests.flow.erasure.hunting import hunt
from tests.flow.erasure.needles import bytes_needle, text_needle

pytestmark = pytest.mark.timeout(400)  # ten processes and seven hunts

ROOT = Path(__file__).resolve().parents[3]
NEEDLES = [
    text_needle("word", story.WORD),
    text_needle("address", story.ADDRESS),
    text_needle("name", "Quetzalina"),
    text_needle("file name", story.FILE_NAME),
    text_needle("Message-ID", story.MESSAGE_ID),
    bytes_needle("attachment", story.CONTENT),
    bytes_needle("part of the attachment", story.CONTENT[:12]),
    bytes_needle("message", story.secret()),
]
BACKED_UP = ("catalogue.sqlite3", "index", "keyrings", "exports")


def run(data, step, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "tests.flow.erasure.story", step, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "MUNIMENT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def put_back(backup, data, names=BACKED_UP):
    for name in names:
        for path in [data / name, *data.glob(f"{name}-*")]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if (backup / name).is_dir():
            shutil.copytree(backup / name, data / name)
        else:
            shutil.copy(backup / name, data / name)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The whole story, told once: what each step said, and what a hunt found after it."""
    data, backup = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("backup")
    said, found = {}, {}
    said["fill"] = run(data, "fill")
    said["people"] = run(data, "people")
    said["export"] = run(data, "export_half")
    said["log"] = run(data, "log")
    found["before"] = hunt(data, NEEDLES)
    shutil.copytree(data, backup / "data")
    said["erase"] = run(data, "erase")
    said["log after"] = run(data, "log")
    found["after"] = hunt(data, NEEDLES)
    put_back(backup / "data", data)
    found["put back"] = hunt(data, NEEDLES)
    said["start"] = run(data, "start")
    found["started"] = hunt(data, NEEDLES)
    said["typed"] = run(data, "erase_typed")
    found["typed erased"] = hunt(data, NEEDLES)
    put_back(backup / "data", data, ["index", "exports"])
    found["index put back"] = hunt(data, NEEDLES)
    said["index started"] = run(data, "start")
    found["index started"] = hunt(data, NEEDLES)
    said["consistent"] = run(data, "consistent", said["log"]["size"], said["log"]["root"])
    said["again"] = run(data, "start")
    return said, found


def test_the_message_was_everywhere_before(told):
    said, found = told

    assert said["fill"] == {"messages": 404, "indexed": 404}
    assert (said["people"], said["export"]) == ({"found": True, "read": True}, {"stopped": True})
    assert {find.needle for find in found["before"]} == {needle.name for needle in NEEDLES}
    assert {find.path.split("/")[0] for find in found["before"]} == {"catalogue.sqlite3", "index", "exports"}


def test_no_file_names_it_after_the_erasure(told):
    said, found = told

    assert said["erase"] == {"state": "done", "messages": 403, "indexed": 403}
    assert found["after"] == []


def test_no_file_names_it_after_a_backup_was_put_back_and_the_archive_started(told):
    said, found = told

    assert found["put back"]
    assert said["start"] == {"messages": 403, "indexed": 403}
    assert {find.read_as for find in found["started"]} <= {"file", "file, lines joined", "table accounts_audittext"}
    assert found["typed erased"] == []


def test_no_file_names_it_after_the_index_and_exports_alone_were_put_back(told):
    said, found = told

    assert found["index put back"]
    assert said["index started"]["messages"] == 403
    assert found["index started"] == []


def test_the_log_goes_on_from_its_old_checkpoint(told):
    said, _ = told

    assert said["log after"]["size"] > said["log"]["size"]
    assert said["consistent"]["size"] >= said["log after"]["size"]
    assert said["again"] == said["start"]
