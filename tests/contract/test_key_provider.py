"""The contract of KeyProvider, and what is FileKeyProvider's own."""

import stat

import pytest

from muniment.ids import UuidSequence
from muniment.seal.keys import KekId, KeyMissing, KeyWrong
from muniment.stores.key_file import FileKeyProvider, KeyFileUnreadable, make_key_file, read_key_file
from muniment.stores.memory import MemoryStore

MASTER = bytes(range(32))
DATA_KEY = b"k" * 32


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def keys(store):
    return FileKeyProvider(MASTER, store)


def test_a_wrapped_key_unwraps_to_itself(keys):
    kek = keys.current("default")
    assert keys.unwrap(kek, keys.wrap(kek, DATA_KEY)) == DATA_KEY


def test_the_current_key_of_a_class_stays_until_it_is_rotated(keys):
    first = keys.current("default")
    assert keys.current("default") == first
    assert keys.rotate("default") != first


def test_after_a_rotation_old_keys_still_unwrap(keys):
    old = keys.current("default")
    wrapped = keys.wrap(old, DATA_KEY)
    new = keys.rotate("default")
    assert (keys.current("default"), keys.unwrap(old, wrapped)) == (new, DATA_KEY)


def test_each_class_has_a_key_of_its_own(keys):
    assert keys.current("default") != keys.current("regulated")


def test_another_process_finds_the_same_keys(store, keys):
    keys.current("default")
    newest = keys.rotate("default")
    wrapped = keys.wrap(newest, DATA_KEY)
    other = FileKeyProvider(MASTER, store)
    assert (other.current("default"), other.unwrap(newest, wrapped)) == (newest, DATA_KEY)


def test_an_unknown_key_is_missing(keys):
    with pytest.raises(KeyMissing):
        keys.unwrap(KekId(UuidSequence().next()), bytes(40))


@pytest.mark.parametrize("change", [lambda w: w[:-1] + bytes([w[-1] ^ 1]), lambda w: w[:-8], lambda _: b""])
def test_a_changed_wrapping_does_not_unwrap(keys, change):
    kek = keys.current("default")
    with pytest.raises(KeyWrong):
        keys.unwrap(kek, change(keys.wrap(kek, DATA_KEY)))


def test_another_master_key_is_told_as_such(store, keys):
    kek = keys.current("default")
    with pytest.raises(KeyWrong, match="master key"):
        FileKeyProvider(bytes(32), store).wrap(kek, DATA_KEY)


def test_no_key_lies_in_the_store_in_clear(store):
    FileKeyProvider(MASTER, store, random_bytes=lambda size: b"R" * size).current("default")
    assert all(b"R" * 16 not in store.get(key) for key in store.keys("keks/"))


def test_the_master_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "keys" / "master-key"
    make_key_file(path)
    first = read_key_file(path)
    make_key_file(path)
    assert (read_key_file(path), stat.S_IMODE(path.stat().st_mode)) == (first, 0o400)


@pytest.mark.parametrize("content", ["", "zz", "00" * 31])
def test_a_malformed_master_key_says_what_to_do(tmp_path, content):
    path = tmp_path / "master-key"
    path.write_text(content)
    with pytest.raises(KeyFileUnreadable, match="master-key"):
        read_key_file(path)
