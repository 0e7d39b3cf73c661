"""Key-encryption keys in the key bucket, wrapped by a master key in a file. `docs/format.md` fixes both."""

import hmac
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import cbor2
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from muniment.errors import MunimentError
from muniment.ids import UuidSequence
from muniment.seal.header import microseconds_of
from muniment.seal.keys import KekId, KeyMissing, KeyWrong
from muniment.seal.layout import KEKS, id_of, kek_key
from muniment.stores.filesystem.files import sync_directory, write_durably
from muniment.stores.port import ObjectMissing, ObjectStore

KEY_BYTES: Final = 32
VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kek:
    id: KekId
    retention_class: str
    key: bytes


class FileKeyProvider:
    """A `KeyProvider` whose master key is a file that only its owner reads."""

    def __init__(
        self,
        master_key: bytes,
        keks: ObjectStore,
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ids: UuidSequence | None = None,
    ) -> None:
        self._master_key = master_key
        self._store = keks
        self._random_bytes = random_bytes
        self._now = now
        self._ids = ids or UuidSequence(random_bytes=random_bytes)
        self._lock = threading.RLock()
        self._keks: dict[KekId, _Kek] = {}
        self._current: dict[str, KekId] = {}

    def current(self, retention_class: str) -> KekId:
        with self._lock:
            if retention_class not in self._current:
                for key in self._store.keys(KEKS):
                    kek = self._load(KekId(id_of(key)))
                    self._current[kek.retention_class] = kek.id  # keys come in the order of their ids: the last stays
            return self._current.get(retention_class) or self.rotate(retention_class)

    def rotate(self, retention_class: str) -> KekId:
        with self._lock:
            kek = _Kek(id=KekId(self._ids.next()), retention_class=retention_class, key=self._random_bytes(KEY_BYTES))
            self._store.create(kek_key(kek.id), self._encode(kek))
            self._keks[kek.id] = kek
            self._current[retention_class] = kek.id
            return kek.id

    def wrap(self, kek_id: KekId, data_key: bytes) -> bytes:
        return aes_key_wrap(self._load(kek_id).key, data_key)

    def unwrap(self, kek_id: KekId, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._load(kek_id).key, wrapped)
        except (InvalidUnwrap, ValueError) as error:
            raise KeyWrong(f"a data key does not unwrap with key-encryption key {kek_id}") from error

    def _load(self, kek_id: KekId) -> _Kek:
        kek = self._keks.get(kek_id)
        if kek is not None:
            return kek
        try:
            kek = self._decode(self._store.get(kek_key(kek_id)))
        except ObjectMissing:
            raise KeyMissing(f"there is no key-encryption key {kek_id}") from None
        with self._lock:
            self._keks[kek_id] = kek
        return kek

    def _encode(self, kek: _Kek) -> bytes:
        return cbor2.dumps(
            {
                "version": VERSION,
                "id": kek.id.bytes,
                "retention_class": kek.retention_class,
                "created": microseconds_of(self._now()),
                "wrapped": aes_key_wrap(self._master_key, kek.key),
                "check": _check_value(kek.id, kek.key),
            },
            canonical=True,
        )

    def _decode(self, data: bytes) -> _Kek:
        found: Any = cbor2.loads(data)
        kek_id = KekId(UUID(bytes=found["id"]))
        try:
            key = aes_key_unwrap(self._master_key, found["wrapped"])
        except InvalidUnwrap as error:
            raise KeyWrong(
                f"key-encryption key {kek_id} does not unwrap: keys/master-key is not the master key that this "
                "archive was made with; put the right one back"
            ) from error
        if not hmac.compare_digest(_check_value(kek_id, key), found["check"]):
            raise KeyWrong(f"key-encryption key {kek_id} was exchanged for another")
        return _Kek(id=kek_id, retention_class=found["retention_class"], key=key)


class KeyFileUnreadable(MunimentError):
    """The file of a key is missing or malformed."""


def make_key_file(path: Path, *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
    """Generate a key of 32 bytes at `path`, durably and readable by its owner alone; one that stands is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    write_durably(fresh, [random_bytes(KEY_BYTES).hex().encode() + b"\n"])
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
    sync_directory(path.parent)


def read_key_file(path: Path) -> bytes:
    """Return the key kept at `path`; raise `KeyFileUnreadable` with what to do."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise KeyFileUnreadable(f"the {path.name} at {path} cannot be read: restore it from its backup") from error
    if len(key) != KEY_BYTES:
        raise KeyFileUnreadable(f"the {path.name} at {path} must be {KEY_BYTES * 2} hex digits")
    return key


def _check_value(kek_id: KekId, key: bytes) -> bytes:
    return hmac.new(key, kek_id.bytes, sha256).digest()
