"""What is the directory store's own: durability, damage, a full disk."""

import os
import signal
import subprocess
import sys

import pytest

from muniment.stores.filesystem import FilesystemStore
from muniment.stores.port import ObjectCorrupt

FULL = """
import resource, signal, sys
from pathlib import Path
from muniment.stores.filesystem import FilesystemStore
from muniment.stores.port import StoreUnavailable
store = FilesystemStore(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
store.create("small", b"x" * 1000)
try:
    store.create("large", b"x" * 10000)
except StoreUnavailable as error:
    print(error)
print(list(store.keys("")), list((Path(sys.argv[1]) / "tmp").iterdir()))
"""

WRITER = """
import sys
from pathlib import Path
from muniment.stores.filesystem import FilesystemStore
store = FilesystemStore(Path(sys.argv[1]))
for number in range(100000):
    store.create(f"n/{number:06}", str(number).encode() * 1000)
    print(number, flush=True)
"""


@pytest.mark.parametrize("place", [0, 500, 1003, 1010, 1050])
def test_a_flipped_byte_anywhere_in_the_file_is_found(tmp_path, place):
    store = FilesystemStore(tmp_path)
    store.create("k", bytes(1000))
    path = tmp_path / "objects" / "k"
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(ObjectCorrupt, match="k:"):
        store.get("k")


def test_a_file_cut_short_is_found(tmp_path):
    store = FilesystemStore(tmp_path)
    store.create("k", bytes(1000))
    os.truncate(tmp_path / "objects" / "k", 700)
    with pytest.raises(ObjectCorrupt, match="cut short"):
        store.get("k")


def test_objects_are_read_only_for_everybody_and_unreadable_for_others(tmp_path):
    store = FilesystemStore(tmp_path)
    store.create("k", b"1")
    assert (tmp_path / "objects" / "k").stat().st_mode & 0o777 == 0o400


def test_a_full_disk_is_a_clear_refusal_and_leaves_nothing_half_written(tmp_path):
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert "full" in lines[0]
    assert lines[1] == "['small'] []"


def test_after_kill_9_every_announced_object_is_there_and_whole(tmp_path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    announced = [writer.stdout.readline().strip() for _ in range(50)]
    writer.send_signal(signal.SIGKILL)
    announced += writer.stdout.read().split()
    writer.wait()
    store = FilesystemStore(tmp_path)
    assert [store.get(f"n/{int(number):06}") for number in announced] == [
        number.encode() * 1000 for number in announced
    ]
    assert {len(store.get(key)) % 1000 for key in store.keys("")} == {0}
