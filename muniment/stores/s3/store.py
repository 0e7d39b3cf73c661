"""The object store on S3, for both kinds of bucket: the vault's with versions and locks, the keys' without versions.

In the vault a key is created once and its version is locked; `delete` takes all versions of it. In the key bucket a
replaced or deleted object is gone: where that bucket turns out to keep versions, both are refused.
"""

from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256

from muniment.errors import Refused
from muniment.stores.copies import Copy
from muniment.stores.keys import check_key
from muniment.stores.port import (
    Data,
    ObjectChanged,
    ObjectCorrupt,
    ObjectExists,
    ObjectInfo,
    StoreUnavailable,
    pieces_of,
)
from muniment.stores.s3 import listing, versions
from muniment.stores.s3.bucket import NO_VERSION, Bucket, Head, LockMode, OutsideOfObject, head_of
from muniment.stores.s3.client import Client
from muniment.stores.s3.patience import Patience
from muniment.stores.s3.versions import Version
from muniment.stores.s3.writing import ConditionFailed, New, write


class VersionsKept(Refused):
    """The key bucket keeps versions: what is replaced or deleted there would stay readable. Nothing was changed."""


class S3Store:
    """Keeps objects in one bucket; see `ObjectStore` for the contract.

    Locks end on whole seconds, never before what was asked for. `replace` may answer `ObjectChanged` though its bytes
    were written, where its answer was lost and another writer replaced them before it could look.
    """

    def __init__(
        self,
        client: Client,
        bucket: str,
        *,
        versioned: bool,
        lock_mode: LockMode = LockMode.COMPLIANCE,
        patience: Patience | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`versioned`: the bucket keeps versions and knows Object Lock, as the vault's must and the keys' must not."""
        self._bucket = Bucket(client, bucket, patience or Patience())
        self._versioned = versioned
        self._lock_mode = lock_mode
        self._now = now

    def create(self, key: str, data: Data, *, lock_until: datetime | None = None) -> ObjectInfo:
        until = self._lock_end(lock_until)
        new = New(key=check_key(key), pieces=pieces_of(data), lock_until=until, lock_mode=self._lock_mode)
        try:
            etag = write(self._bucket, new, {"IfNoneMatch": "*"}, versioned=self._versioned)
        except ConditionFailed:
            raise ObjectExists(f"{key} is taken") from None
        if until is None:
            return ObjectInfo(key=key, size_bytes=new.size_bytes, etag=etag)
        return self._locked(key, until).info

    def replace(self, key: str, data: bytes, *, etag: str) -> ObjectInfo:
        head = self._bucket.head(check_key(key))
        if head.info.etag != etag:
            raise ObjectChanged(f"{key} has changed since it was read")
        versions.refuse_if_locked(head, self._now())
        self._refuse_if_it_stays(head)
        new = New(key=key, pieces=(data,))
        try:
            written = write(self._bucket, new, {"IfMatch": etag}, versioned=self._versioned)
        except ConditionFailed:
            raise ObjectChanged(f"{key} has changed since it was read") from None
        return ObjectInfo(key=key, size_bytes=len(data), etag=written)

    def get(self, key: str, *, offset: int = 0, length: int | None = None) -> bytes:
        end = None if length is None else offset + length
        if offset < 0 or (end is not None and end < offset):
            raise Refused(f"{key}: there are no bytes {offset} to {end}")
        if offset == 0 and end is None:
            return self._whole(check_key(key))
        if end == offset:
            return self._nothing(key, offset)
        try:
            data, answer = self._bucket.read(check_key(key), span=f"bytes={offset}-{'' if end is None else end - 1}")
        except OutsideOfObject:
            return self._nothing(key, offset, wanted=length)
        head = head_of(key, answer)
        size = int(str(answer.get("ContentRange", "")).rpartition("/")[2] or head.info.size_bytes)
        if end is not None and end > size:
            raise Refused(f"{key}: bytes {offset} to {end} are not all in its {size}")
        if len(data) != (size if end is None else end) - offset:
            raise StoreUnavailable(f"{key}: {len(data)} bytes came of the range from {offset} to {end}: try again")
        return self._checked(data, head) if len(data) == size else data

    def info(self, key: str) -> ObjectInfo:
        return self._bucket.head(check_key(key)).info

    def keys(self, prefix: str, *, after: str = "") -> Iterator[str]:
        return listing.keys(self._bucket, prefix, after=after)

    def delete(self, key: str) -> None:
        if self._versioned:
            versions.remove(self._bucket, check_key(key), self._now())
            return
        head = self._bucket.head(check_key(key))
        versions.refuse_if_locked(head, self._now())
        self._refuse_if_it_stays(head)
        self._bucket.ask(key, self._bucket.client.delete_object, Key=key)

    def lock(self, key: str, *, until: datetime) -> None:
        head = self._bucket.head(check_key(key))
        wanted = _whole_second(until)
        present = head.info.locked_until
        if present is not None and wanted < present:
            raise Refused(f"{key} is locked until {present}: a lock never shortens")
        if wanted > self._now():
            self._retain(head, wanted)
            self._locked(key, wanted, may_try=False)

    def set_legal_hold(self, key: str, *, on: bool) -> None:
        head = self._bucket.head(check_key(key))
        self._bucket.ask(
            key,
            self._bucket.client.put_object_legal_hold,
            Key=key,
            LegalHold={"Status": "ON" if on else "OFF"},
            **({} if head.version_id in NO_VERSION else {"VersionId": head.version_id}),
        )
        if self._bucket.head(key).info.legal_hold is not on:
            raise StoreUnavailable(f"{key}: the store took the legal hold and does not show it: try again")

    def versions(self, key: str) -> tuple[Version, ...]:
        """Return what the bucket keeps under a key, the latest last: some may hold bytes that are still good."""
        return versions.versions_of(self._bucket, check_key(key))

    def copies(self, key: str) -> Iterator[Copy]:
        """Yield the versions that are not what `get` reads, the newest first: what somebody wrote over, or hid."""
        for version in reversed(self.versions(key)):
            if not version.is_marker and not version.is_latest:
                name = f"version {version.version_id} of {version.written_at:%Y-%m-%d %H:%M:%S} UTC"
                yield Copy(name=name, read=partial(self.get_version, key, version.version_id))

    def get_version(self, key: str, version_id: str) -> bytes:
        """Read one version, compared with its checksum; raise as `get`."""
        return self._whole(check_key(key), version_id=version_id)

    def _whole(self, key: str, *, version_id: str = "") -> bytes:
        data, answer = self._bucket.read(key, version_id=version_id)
        try:
            return self._checked(data, head_of(key, answer))
        except ObjectCorrupt:  # or bytes that changed on their way: the second reading decides
            data, answer = self._bucket.read(key, version_id=version_id)
            return self._checked(data, head_of(key, answer))

    def _checked(self, data: bytes, head: Head) -> bytes:
        """Compare with our note of the digest, or with the store's where another tool copied the object."""
        key = head.info.key
        expected = head.digest
        if not expected:
            again = self._bucket.head(key, version_id=head.version_id)
            expected = again.digest or b64decode(again.checksum).hex()
        if not expected:
            raise ObjectCorrupt(f"{key}: it has no checksum: it was not written by this archive")
        if sha256(data).hexdigest() != expected:
            raise ObjectCorrupt(f"{key}: the checksum does not match: bytes were changed after they were written")
        return data

    def _nothing(self, key: str, offset: int, *, wanted: int | None = None) -> bytes:
        size = self.info(key).size_bytes
        if offset > size or wanted:
            raise Refused(f"{key}: bytes from {offset} on are not in its {size}")
        return b""

    def _lock_end(self, until: datetime | None) -> datetime | None:
        """Return when a new lock ends; None where that is past already: S3 takes no such lock."""
        if until is None or until <= self._now():
            return None
        return _whole_second(until)

    def _retain(self, head: Head, until: datetime) -> None:
        """Ask for a lock; one under compliance stays so."""
        mode = LockMode.COMPLIANCE if head.lock_mode is LockMode.COMPLIANCE else self._lock_mode
        self._bucket.ask(
            head.info.key,
            self._bucket.client.put_object_retention,
            Key=head.info.key,
            Retention={"Mode": mode.value, "RetainUntilDate": until},
            **({} if head.version_id in NO_VERSION else {"VersionId": head.version_id}),
        )

    def _locked(self, key: str, until: datetime, *, may_try: bool = True) -> Head:
        """Read back that the lock stands: not every store applies what it takes."""
        head = self._bucket.head(key)
        if head.info.locked_until is not None and head.info.locked_until >= until:
            return head
        if may_try:
            self._retain(head, until)
            return self._locked(key, until, may_try=False)
        raise StoreUnavailable(f"{key}: the store took the lock and does not show it: check that it has Object Lock")

    def _refuse_if_it_stays(self, head: Head) -> None:
        if not self._versioned and head.version_id not in NO_VERSION:
            raise VersionsKept(
                f"the bucket {self._bucket.name} keeps versions: a key taken out of it would stay readable. Make a "
                "bucket without versioning, copy the objects to it and set MUNIMENT_S3_KEYS"
            )


def _whole_second(moment: datetime) -> datetime:
    rounded = moment.astimezone(UTC).replace(microsecond=0)
    return rounded if not moment.microsecond else rounded + timedelta(seconds=1)
