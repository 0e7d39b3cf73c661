"""What several processes may do to one Tantivy folder: read and write at once, be killed, find it damaged."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from muniment.engines.port import IndexUnavailable
from muniment.engines.tantivy import TantivyEngine
from tests.contract.search.mailset import MAIL, copies, found, mid, request

ROOT = Path(__file__).parents[3]

PUTS_FOR_EVER = """
import sys
from pathlib import Path
from dataclasses import replace
from muniment.engines.tantivy import TantivyEngine
from tests.contract.search.mailset import MAIL, mid
engine = TantivyEngine(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    engine.put([replace(MAIL[6], message_id=mid(number + n)) for n in range(5)])
    number += 5
    print(number, flush=True)
"""

HOLDS_THE_LOCK = """
import sys, time
from pathlib import Path
from muniment.engines.tantivy.folder import Folder
with Folder(Path(sys.argv[1]), wait_seconds=5).writing():
    print("held", flush=True)
    time.sleep(60)
"""


FILLS_THE_DISK = """
import resource, signal, sys
from pathlib import Path
from muniment.engines.port import IndexUnavailable
from muniment.engines.tantivy import TantivyEngine
from tests.contract.search.mailset import MAIL, copies
engine = TantivyEngine(Path(sys.argv[1]), wait_seconds=1)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
try:
    engine.put(copies(500))
except IndexUnavailable:
    print("IndexUnavailable")
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
print(engine.count())
engine.put(MAIL)
print(engine.count())
"""


def python(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "index"


def test_a_reader_sees_what_another_process_put(path):
    engine = TantivyEngine(path)
    engine.put(MAIL)
    assert found(engine, "project") == [7]

    with python(PUTS_FOR_EVER, path, 5000) as writer:
        done = int(writer.stdout.readline())
        seen = engine.search(request("project")).total
        writer.kill()

    assert seen >= 1 + done - 5000


def test_a_writer_that_was_killed_leaves_an_index_with_all_that_it_reported(path):
    engine = TantivyEngine(path)
    engine.put(MAIL)
    moments = random.Random(7)
    reported = 0
    for round_number in range(5):
        with python(PUTS_FOR_EVER, path, 10_000 * (round_number + 1)) as writer:
            first = int(writer.stdout.readline())
            time.sleep(moments.uniform(0, 0.15))
            writer.send_signal(signal.SIGKILL)
            numbers = [first, *map(int, writer.stdout.read().split())]
        reported += numbers[-1] - 10_000 * (round_number + 1)

    count = engine.count()
    engine.put(copies(1))

    assert reported <= count - 7 <= reported + 5 * 5
    assert (count - 7) % 5 == 0
    assert engine.count() == count + 1
    assert len(set(engine.message_ids())) == count + 1


def test_a_writer_waits_for_another_one_only_so_long(path):
    engine = TantivyEngine(path, wait_seconds=0.2)
    engine.put(MAIL)

    with python(HOLDS_THE_LOCK, path) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(IndexUnavailable, match="try again later"):
            engine.put(copies(1))
        searched = engine.search(request("project")).total
        holder.kill()

    engine.put(copies(1))
    assert (searched, engine.count()) == (1, 8)


def test_a_put_on_a_full_disk_leaves_nothing_of_it_and_holds_no_lock(path):
    TantivyEngine(path).put(MAIL[:2])

    with python(FILLS_THE_DISK, path) as writer:
        said = writer.stdout.read().split()

    assert said == ["IndexUnavailable", "2", "7"]


def test_a_missing_index_says_to_rebuild(path):
    with pytest.raises(IndexUnavailable, match="rebuild index"):
        TantivyEngine(path).search(request("a"))


def test_nothing_is_deleted_from_an_index_that_was_never_made(path):
    TantivyEngine(path).delete([mid(1)])

    assert not path.exists()


def test_an_index_of_another_version_says_to_rebuild_and_clear_makes_it_anew(path):
    engine = TantivyEngine(path)
    engine.put(MAIL)
    current = json.loads((path / "current").read_text())
    (path / "current").write_text(json.dumps({**current, "version": 99}))

    for call in (engine.count, lambda: engine.put(MAIL), lambda: engine.search(request("a"))):
        with pytest.raises(IndexUnavailable, match=r"version 99.*rebuild index"):
            call()

    engine.clear()
    engine.put(MAIL[:2])
    assert engine.count() == 2


def test_a_reader_follows_when_another_engine_clears(path):
    reader, writer = TantivyEngine(path), TantivyEngine(path)
    writer.put(MAIL)
    assert reader.count() == 7

    writer.clear()
    writer.put(MAIL[:1])

    assert (reader.count(), found(reader, "contrat")) == (1, [1])
    assert len([each for each in path.iterdir() if each.is_dir()]) == 1


@pytest.mark.parametrize("damage", ["emptied", "cut", "garbage", "gone"])
@pytest.mark.parametrize("suffix", ["meta.json", ".store", ".term", ".idx", ".fast", "current"])
def test_a_damaged_index_never_crashes_and_says_to_rebuild(path, suffix, damage):
    TantivyEngine(path).put(MAIL)
    for file in [each for each in path.rglob("*") if each.is_file() and each.name.endswith(suffix)]:
        content = file.read_bytes()
        damaged = {
            "emptied": b"",
            "cut": content[: len(content) // 2],
            "garbage": b"\xff" * len(content),
            "gone": None,
        }[damage]
        file.unlink()
        if damaged is not None:
            file.write_bytes(damaged)

    with pytest.raises(IndexUnavailable, match="rebuild index"):
        _search_in_every_way(TantivyEngine(path))

    TantivyEngine(path).clear()
    assert TantivyEngine(path).count() == 0


def test_ids_and_counts_of_a_folder_survive_a_restart(path):
    TantivyEngine(path).put(MAIL)

    assert sorted(TantivyEngine(path).message_ids()) == [mid(n) for n in range(1, 8)]


def _search_in_every_way(engine):
    for query in ("contrat", "contr*", "from:dave", '"contrats de travail"'):
        engine.search(request(query, highlight=True, histogram=True, facets=("sender",)))
