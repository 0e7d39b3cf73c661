"""`manage.py import_mail` as a process of its own, on a fresh data folder, and killed at any moment."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.mailboxes.writers import mbox, message

ROOT = Path(__file__).resolve().parents[3]
COUNT = 3000


def command(data, *arguments):
    environment = {**os.environ, "MUNIMENT_DATA": str(data)}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "import_mail", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(data, *arguments):
    process = command(data, *arguments)
    out, err = process.communicate(timeout=110)
    return process.returncode, out, err


def test_a_fresh_data_folder_is_made_ready_and_the_counts_are_json(tmp_path):
    (tmp_path / "all.mbox").write_bytes(mbox([message(1), message(2)]))

    code, out, err = run(tmp_path / "data", tmp_path / "all.mbox", "--source", "old", "--json")

    assert (code, err) == (0, "")
    assert json.loads(out) == {
        "items": 2,
        "sightings": 2,
        "new_messages": 2,
        "already_there": 0,
        "stopped": False,
        "failed": "",
        "report": None,
        "refused": [],
    }


def test_something_refused_is_listed_and_the_exit_code_is_1(tmp_path):
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail/notes").write_bytes(b"shopping list")

    code, out, _ = run(tmp_path / "data", tmp_path / "mail", "--source", "old", "--no-wait", "--json")
    document = json.loads(out)

    assert code == 1
    assert [refused["item"] for refused in document["refused"]] == ["mail/notes"]
    assert json.loads(Path(document["report"]).read_text())["item"] == "mail/notes"


@pytest.mark.parametrize("arguments", [["/none", "--source", "s"], ["/"], ["/", "--source", "s", "--format", "pst"]])
def test_wrong_usage_is_exit_code_2(tmp_path, arguments):
    assert run(tmp_path / "data", *arguments)[0] == 2


def test_an_interrupted_import_says_what_is_done_and_goes_on_when_repeated(tmp_path):
    source = tmp_path / "all.mbox"
    source.write_bytes(mbox([message(number) for number in range(COUNT)]))
    process = command(tmp_path / "data", source, "--source", "old", "--no-wait", "--json")
    while not any(path.is_file() for path in (tmp_path / "data").glob("vault/**/*")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert err == ""
    first = json.loads(out)

    code, out, _ = run(tmp_path / "data", source, "--source", "old", "--no-wait", "--json")
    second = json.loads(out)

    assert code == 0
    assert first["sightings"] + second["sightings"] == COUNT
    assert first["sightings"] == second["already_there"]


@pytest.mark.timeout(240)
def test_an_import_killed_again_and_again_misses_nothing_and_keeps_nothing_twice(tmp_path):
    source = tmp_path / "all.mbox"
    source.write_bytes(mbox([message(number) for number in range(COUNT)]))
    chooser = random.Random(7)
    for _ in range(5):
        process = command(tmp_path / "data", source, "--source", "old", "--no-wait")
        time.sleep(1 + 2 * chooser.random())
        process.kill()
        process.communicate()

    code, out, _ = run(tmp_path / "data", source, "--source", "old", "--no-wait", "--json")
    last = json.loads(out)
    again = json.loads(run(tmp_path / "data", source, "--source", "again", "--no-wait", "--json")[1])

    assert code == 0
    assert last["sightings"] + last["already_there"] == COUNT
    assert (again["sightings"], again["new_messages"]) == (COUNT, 0)
