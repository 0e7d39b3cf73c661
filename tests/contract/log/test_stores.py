"""The log lives in any object store: writers at once, a kill, proofs and a check, on each implementation."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import pytest

from muniment.log import entries, verify
from muniment.log.fsck import fsck
from muniment.log.reader import LogReader
from muniment.log.tidy import tidy
from muniment.log.writer import LogWriter
from muniment.stores.filesystem import FilesystemStore
from muniment.stores.memory import MemoryStore
from tests.unit.log.builders import NOW, SIGNER, VERIFIERS, FragileStore, Killed, sealed


@pytest.fixture(params=["memory", "filesystem"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else FilesystemStore(tmp_path / "store")


def numbers(store):
    return [entries.decode(row).entry.frames for row in LogReader.latest(store, VERIFIERS).entries()]


def test_a_log_grows_is_proved_tidied_and_sound(store):
    writer = LogWriter(store, SIGNER)
    old = writer.append([sealed(number) for number in range(250)], NOW).checkpoint
    new = writer.append([sealed(number) for number in range(250, 600)], NOW).checkpoint
    tidy(store, VERIFIERS)
    found = LogReader.latest(store, VERIFIERS)
    verify.check_consistency(old, new, found.consistency_proof(old.size))
    verify.check_inclusion(found.entry(255), index=255, checkpoint=new, proof=found.inclusion_proof(255))
    assert (numbers(store), fsck(store, VERIFIERS).is_sound) == (list(range(600)), True)


@pytest.mark.parametrize("changes", range(8))
def test_a_kill_at_any_change_is_mended(store, changes):
    LogWriter(store, SIGNER).append([sealed(number) for number in range(250)], NOW)
    with pytest.raises(Killed):
        LogWriter(FragileStore(store, changes), SIGNER).append([sealed(number) for number in range(250, 300)], NOW)
    LogWriter(store, SIGNER).append([sealed(300)], NOW)
    report = fsck(store, VERIFIERS)
    assert (report.is_sound, numbers(store)[-1]) == (True, 300)


def test_writers_at_once_each_get_every_batch_in_once_and_whole(store):
    together = threading.Barrier(4)

    def write(name):
        together.wait()
        for turn in range(6):
            start = name * 10_000 + turn * 100
            LogWriter(store, SIGNER).append([sealed(start + number) for number in range(30)], NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    found = numbers(store)
    batches = [list(rows) for _, rows in groupby(found, key=lambda number: number // 100)]
    assert sorted(found) == sorted(
        name * 10_000 + turn * 100 + number for name in range(4) for turn in range(6) for number in range(30)
    )
    assert [rows == list(range(rows[0], rows[0] + 30)) for rows in batches] == [True] * 24
    assert fsck(store, VERIFIERS).is_sound


def test_a_reader_beside_a_writer_and_a_tidier_always_sees_a_whole_log(store):
    LogWriter(store, SIGNER).repair(NOW)
    done = threading.Event()

    def write():
        for turn in range(25):
            LogWriter(store, SIGNER).append([sealed(turn * 40 + number) for number in range(40)], NOW)
            tidy(store, VERIFIERS)
        done.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        seen = [numbers(store)]
        while not done.is_set() and not writing.done():
            seen.append(numbers(store))
    writing.result()
    assert all(rows == list(range(len(rows))) for rows in [*seen, numbers(store)])
