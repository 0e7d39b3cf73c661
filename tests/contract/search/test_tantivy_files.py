"""An expunged document leaves the files of a Tantivy index: what is left is hunted through, byte by byte and word by word."""

import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from muniment.engines.port import IndexUnavailable
from muniment.engines.tantivy import TantivyEngine
from muniment.engines.tantivy.expunging import SMALL
from tests.contract.search.mailset import MAIL, copies, document, found, mid, request
from tests.flow.erasure.hunting import hunt
from tests.flow.erasure.needles import text_needle

ROOT = Path(__file__).parents[3]
SECRET = {
    "subject": "About Zyxqwvogon",
    "body": "the zyxqwvogon is with Quetzalina",
    "from_": ("Quetzalina Vhxyzzy <quetzalina@vhxyzzy.example>",),
    "participants": ("quetzalina@vhxyzzy.example",),
    "access": ("quetzalina@vhxyzzy.example",),
    "attachment_names": ("Plan-Kxqwyz.pdf",),
    "attachment_text": "wherein Fvxqjhh appears",
    "custodians": ("keeper@vhxyzzy.example",),
    "rfc_message_id": "<pqxvnmw-1@vhxyzzy.example>",
}
NEEDLES = [
    text_needle(name, name)
    for name in ("Zyxqwvogon", "Quetzalina", "vhxyzzy.example", "Plan-Kxqwyz.pdf", "Fvxqjhh", "pqxvnmw-1")
]
PLANTED = document(500, **SECRET)

EXPUNGES = """
import sys
from pathlib import Path
from muniment.engines.port import IndexUnavailable
from muniment.engines.tantivy import TantivyEngine
from tests.contract.search.mailset import mid
print("begins", flush=True)
TantivyEngine(Path(sys.argv[1])).expunge([mid(int(number)) for number in sys.argv[2:]])
print("done", flush=True)
"""
PUTS_FOR_EVER = """
import sys, time
from dataclasses import replace
from pathlib import Path
from muniment.engines.port import IndexUnavailable
from muniment.engines.tantivy import TantivyEngine
from tests.contract.search.mailset import MAIL, mid
engine, number = TantivyEngine(Path(sys.argv[1])), 10_000
while True:
    engine.put([replace(MAIL[6], message_id=mid(number + n)) for n in range(5)])
    number += 5
    print(number, flush=True)
    time.sleep(0.05)
"""


def python(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "index"


def test_nothing_of_an_expunged_document_is_left(path):
    engine = TantivyEngine(path)
    engine.put([*MAIL[:3], PLANTED, *MAIL[3:]])
    assert {find.needle for find in hunt(path, NEEDLES)} == {needle.name for needle in NEEDLES}

    engine.expunge([PLANTED.message_id])

    assert (hunt(path, NEEDLES), engine.count()) == ([], 7)


@pytest.mark.parametrize("then", ["deleted", "replaced"])
def test_what_was_deleted_or_replaced_long_ago_leaves_too(path, then):
    engine = TantivyEngine(path)
    engine.put([*MAIL, PLANTED])
    if then == "deleted":
        engine.delete([PLANTED.message_id])
    else:
        engine.put([replace(MAIL[0], message_id=PLANTED.message_id)])
    engine.put(copies(20))
    assert hunt(path, NEEDLES)

    engine.expunge([PLANTED.message_id])

    assert (hunt(path, NEEDLES), engine.count()) == ([], 27)


def test_each_segment_that_ever_held_it_is_written_anew_and_no_other_is(path):
    engine = TantivyEngine(path)
    engine.put([*MAIL[:3], PLANTED])
    engine.put(MAIL[3:])
    engine.put([replace(PLANTED, subject="a later Zyxqwvogon"), *copies(5)])
    files = {each.name: each.stat().st_ino for each in path.rglob("*.store")}

    engine.expunge([PLANTED.message_id])

    left = {each.name: each.stat().st_ino for each in path.rglob("*.store")}
    assert (hunt(path, NEEDLES), engine.count()) == ([], 12)
    assert len(files.items() & left.items()) == 1


def test_a_large_segment_is_written_anew_too(path):
    engine = TantivyEngine(path)
    many = copies(SMALL + 800)
    engine.put([*many, PLANTED])
    assert hunt(path, NEEDLES[:1])

    engine.expunge([PLANTED.message_id, *(one.message_id for one in many[:300])])

    assert (hunt(path, NEEDLES), engine.count()) == ([], SMALL + 500)
    assert set(engine.message_ids()) == {one.message_id for one in many[300:]}
    assert len(list(path.rglob("*.store"))) == 1


def test_what_a_killed_writer_left_uncommitted_is_removed(path):
    engine = TantivyEngine(path)
    engine.put(MAIL)
    generation = next(each for each in path.iterdir() if each.is_dir())
    (generation / f"{'0' * 32}.store").write_bytes(b"Zyxqwvogon")
    (path / "half-way").mkdir()
    (path / "half-way" / "meta.json.tmp").write_bytes(b"Zyxqwvogon")

    engine.expunge([PLANTED.message_id])

    assert (hunt(path, NEEDLES), engine.count()) == ([], 7)


def test_killed_at_any_moment_the_next_call_completes_it(path):
    engine = TantivyEngine(path)
    moments = random.Random(11)
    engine.put(copies(3_000))
    for number in range(10):
        engine.put([replace(PLANTED, message_id=mid(600 + number))])

    counts = []
    for number in range(10):
        with python(EXPUNGES, path, 600 + number) as worker:
            assert worker.stdout.readline() == "begins\n"
            time.sleep(moments.uniform(0, 0.25))
            worker.send_signal(signal.SIGKILL)
        counts.append(engine.count())
    engine.expunge([mid(600 + number) for number in range(10)])

    assert all(3_000 <= count <= 3_010 for count in counts)
    assert (hunt(path, NEEDLES), engine.count()) == ([], 3_000)


def test_readers_and_a_writer_go_on_beside_it(path):
    engine, reader = TantivyEngine(path), TantivyEngine(path)
    engine.put([*MAIL, *(replace(PLANTED, message_id=mid(700 + n)) for n in range(12))])
    stop, failures, totals = threading.Event(), [], []

    def read():
        while not stop.is_set():
            try:
                totals.append(reader.search(request("contrat", highlight=True)).total)
            except Exception as error:  # noqa: BLE001 - whatever it is fails the test
                failures.append(error)

    reading = threading.Thread(target=read)
    reading.start()
    with python(PUTS_FOR_EVER, path) as writer:
        first = int(writer.stdout.readline())
        for number in range(12):
            engine.expunge([mid(700 + number)])
        writer.kill()
        last = [first, *map(int, writer.stdout.read().split())][-1]
    stop.set()
    reading.join()

    assert (failures, set(totals)) == ([], {2})
    assert engine.count() - 7 in range(last - 10_000, last - 10_000 + 6)
    engine.expunge([mid(700)])
    assert hunt(path, NEEDLES) == []
    assert found(engine, "contrats") == [1, 6]


def test_nothing_is_expunged_from_an_index_that_was_never_made(path):
    TantivyEngine(path).expunge([mid(1)])

    assert not path.exists()


def test_where_the_check_fails_the_index_stays_and_the_error_says_to_rebuild(path):
    engine = TantivyEngine(path)
    engine.put([*MAIL, PLANTED])
    generation = next(each for each in path.iterdir() if each.is_dir())
    store = next(generation.glob("*.term"))
    store.write_bytes(b"\xff" * store.stat().st_size)

    with pytest.raises(IndexUnavailable, match="rebuild index"):
        TantivyEngine(path).expunge([PLANTED.message_id])

    assert [each.name for each in path.iterdir() if each.is_dir()] == [generation.name]
