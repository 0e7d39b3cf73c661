"""The pool of children: a document may take its child with it, never the worker and never the next document."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from muniment.errors import Refused
from muniment.extract import wire
from muniment.extract.model import Extraction, Outcome
from muniment.extract.reading import MIB, Limits
from muniment.extract.runner import Extractor, Rules
from tests.unit.extract import made

LETTER = Extraction(outcome=Outcome.TEXT, text="Déjà vu")


@pytest.fixture(scope="module")
def extractor():
    with Extractor(rules=Rules(timeout_seconds=5, limits=Limits(seconds=1000))) as shared:
        yield shared


def read(extractor, content=b"D\xc3\xa9j\xc3\xa0 vu", content_type="text/plain", filename="a.txt"):
    return extractor.extract(content, content_type=content_type, filename=filename)


def slow_document():
    """Return a document that takes half a minute: Rich Text of braces, ten times."""
    braces = b"{\\rtf1" + b"{}" * 4_000_000
    return made.zipped({f"{number}.rtf": braces for number in range(10)})


def test_text_comes_back_from_the_child(extractor):
    assert read(extractor) == LETTER


def test_child_is_used_again(extractor):
    read(extractor)
    before = extractor.pids()

    read(extractor)

    assert extractor.pids() == before


def test_child_that_is_killed_between_documents_is_replaced(extractor):
    read(extractor)
    os.kill(extractor.pids()[0], signal.SIGKILL)

    assert read(extractor) == LETTER


def test_used_child_that_dies_does_not_cost_the_document(extractor):
    read(extractor)
    (pid,) = extractor.pids()
    killer = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
    killer.start()

    extraction = read(extractor, b"{\\rtf1 mot" + b"{}" * 900_000)

    assert extraction == Extraction(outcome=Outcome.TEXT, text="mot")


def test_fresh_child_that_dies_while_reading_fails_and_the_next_document_is_read():
    with Extractor() as extractor:
        others = own_children()
        killer = threading.Timer(8, lambda: [os.kill(pid, signal.SIGKILL) for pid in own_children() - others])
        killer.start()

        failed = read(extractor, slow_document())

        assert (failed.outcome, read(extractor)) == (Outcome.FAILED, LETTER)


def own_children():
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for children in lists for pid in children.read_text().split()}


def test_document_that_takes_too_long_is_a_timeout_and_the_next_is_read():
    with Extractor(rules=Rules(timeout_seconds=1, limits=Limits(seconds=1000))) as extractor:
        read(extractor)

        late = read(extractor, slow_document())

        assert (late.outcome, read(extractor)) == (Outcome.TIMEOUT, LETTER)


def test_document_that_eats_memory_fails_and_the_next_is_read():
    rules = Rules(memory_bytes=200 * MIB, limits=Limits(unpacked_bytes=10_000 * MIB, ratio=10**9, seconds=1000))
    with Extractor(rules=rules) as extractor:
        read(extractor)

        failed = read(extractor, made.zipped({"a.bin": b"\1" * (160 * MIB)}), "application/zip", "a.zip")

        assert (failed.outcome, read(extractor)) == (Outcome.FAILED, LETTER)


def test_threads_share_a_pool():
    texts = [f"lettre {number}" for number in range(40)]
    with Extractor(processes=2) as extractor, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: read(extractor, text.encode()).text, texts))

    assert found == texts


def test_child_is_replaced_after_its_number_of_documents():
    with Extractor(rules=Rules(documents_per_child=2)) as extractor:
        read(extractor)
        first = extractor.pids()
        read(extractor)
        read(extractor)

        assert extractor.pids() != first


def test_document_of_many_mebibytes_passes_the_pipe(extractor):
    extraction = read(extractor, b"mot " * (8 * MIB), "text/plain")

    assert (extraction.outcome, len(extraction.text)) == (Outcome.TOO_LARGE, 10_000_000)


def test_document_past_the_input_limit_is_not_sent():
    with Extractor(rules=Rules(limits=Limits(input_bytes=3))) as extractor:
        assert (read(extractor).outcome, extractor.pids()) == (Outcome.TOO_LARGE, ())


def test_closed_extractor_says_so():
    extractor = Extractor()
    extractor.close()

    with pytest.raises(Refused, match="closed"):
        read(extractor)


def test_closing_waits_for_the_document_that_is_read_and_tells_who_waits():
    extractor = Extractor()
    with ThreadPoolExecutor(3) as threads:
        reading = threads.submit(read, extractor, b"{\\rtf1 mot" + b"{}" * 900_000)
        time.sleep(0.8)
        waiting = threads.submit(read, extractor)
        closing = threads.submit(extractor.close)

    assert (reading.result().text, closing.result()) == ("mot", None)
    assert isinstance(waiting.exception(), Refused) or waiting.result() == LETTER


def test_closing_ends_the_children():
    with Extractor() as extractor:
        read(extractor)
        (pid,) = extractor.pids()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_child_sees_nothing_of_the_environment(extractor):
    read(extractor)
    (pid,) = extractor.pids()
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    names = {entry.partition(b"=")[0] for entry in entries if entry}

    assert names == {b"PYTHONPATH", b"LC_ALL", b"PYTHONUTF8"}


def test_child_may_write_no_file_and_start_no_process(extractor):
    read(extractor)
    (pid,) = extractor.pids()
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    limits = {line[:26].strip(): line[26:].split()[:2] for line in lines}

    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max processes"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]


def test_child_has_no_network_and_sees_no_files_where_the_kernel_can(extractor):
    isolation = extractor.isolation()
    (pid,) = extractor.pids()

    own, childs = Path("/proc/self/ns/net").readlink(), Path(f"/proc/{pid}/ns/net").readlink()

    assert isolation.network_cut == (own != childs)


def test_files_are_hidden_but_for_the_folders_given(tmp_path):
    (tmp_path / "open").mkdir()
    for name in ("open/a", "b"):
        (tmp_path / name).write_text(name)
    script = (
        "import ctypes, sys; from pathlib import Path; from muniment.extract.landlock import hide\n"
        "ctypes.CDLL(None).prctl(38, 1, 0, 0, 0); root = Path(sys.argv[1])\n"
        "if not hide([root / 'open', root / 'missing']): sys.exit('unsupported')\n"
        "print((root / 'open/a').read_text())\n"
        "for path, mode in ((root / 'b', 'r'), (root / 'open/a', 'a'), (root / 'open/new', 'w')):\n"
        "    try: open(path, mode); print('opened')\n"
        "    except PermissionError: print('denied')\n"
    )

    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)

    if done.stderr.strip() == "unsupported":
        pytest.skip("this kernel has no Landlock")
    assert done.stdout.split() == ["open/a", "denied", "denied", "denied"]


@pytest.mark.parametrize(
    "header",
    [
        b"", b"[]", b"{", b'{"size": -1}', b'{"size": 1e3}', b'{"size": true}', b'{"size": 99999999999}', b"[" * 60_000,
    ],
)  # fmt: skip
def test_answers_that_are_no_answers_are_refused(header):
    with pytest.raises(wire.BadFrame):
        wire.text_size(header, Limits())


@pytest.mark.parametrize(
    ("outcome", "detail", "text"),
    [("nonsense", "", b""), (None, "", b""), ("text", None, b""), ("text", "", b"\xff"), ("text", "", b"\xed\xa0\x80")],
)
def test_answers_with_wrong_fields_are_refused(outcome, detail, text):
    header = json.dumps({"outcome": outcome, "detail": detail, "size": len(text)}).encode()

    with pytest.raises(wire.BadFrame):
        wire.read_answer(header, text, Limits())


def test_answers_are_cut_to_their_limits():
    header = json.dumps({"outcome": "text", "detail": "d" * 9999, "size": 4}).encode()

    extraction = wire.read_answer(header, b"a\0bc", Limits(text_chars=3))

    assert extraction == Extraction(outcome=Outcome.TEXT, text="a\ufffdb", detail="d" * 300)
