"""Versions of one key: listed, and all of them removed, which is the only way that bytes really go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muniment.stores.port import ObjectLocked, ObjectMissing
from muniment.stores.s3.bucket import Bucket, Head, NotAllowed
from muniment.stores.s3.client import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an object, or a delete marker that hides those before it."""

    version_id: str
    written_at: datetime
    is_latest: bool
    is_marker: bool
    size_bytes: int = 0


def versions_of(bucket: Bucket, key: str) -> tuple[Version, ...]:
    """Return all versions and markers of exactly this key, the oldest first and the latest last."""
    found = [version for page in _pages(bucket, key) for version in _of_page(page, key)]
    return tuple(sorted(found, key=lambda one: (one.is_latest, one.written_at)))


def remove(bucket: Bucket, key: str, now: datetime) -> None:
    """Remove all versions of a key, unless one is locked or held; raise `ObjectLocked`, `ObjectMissing`.

    The latest goes last: whatever ends the work in between, no older bytes come to the front.
    """
    found = versions_of(bucket, key)
    if not found:
        raise ObjectMissing(f"there is no object {key}")
    _refuse_if_any_is_locked(bucket, key, found, now)
    for version in found:
        remove_one(bucket, key, version.version_id)


def remove_one(bucket: Bucket, key: str, version_id: str) -> None:
    """Remove one version; raise `ObjectLocked` where a lock keeps it, `NotAllowed` for another reason."""
    try:
        bucket.ask(key, bucket.client.delete_object, Key=key, VersionId=version_id)
    except ObjectMissing:
        return
    except NotAllowed:
        head = bucket.head(key, version_id=version_id)
        if head.info.legal_hold or head.info.locked_until is not None:
            raise ObjectLocked(_sentence(head)) from None
        raise


def refuse_if_locked(head: Head, now: datetime) -> None:
    """Raise `ObjectLocked` while a lock or a hold stands."""
    until = head.info.locked_until
    if head.info.legal_hold or (until is not None and until > now):
        raise ObjectLocked(_sentence(head))


def _refuse_if_any_is_locked(bucket: Bucket, key: str, found: Sequence[Version], now: datetime) -> None:
    for version in found:
        if not version.is_marker:
            refuse_if_locked(bucket.head(key, version_id=version.version_id), now)


def _sentence(head: Head) -> str:
    key = head.info.key
    return f"{key} is under a legal hold" if head.info.legal_hold else f"{key} is locked until {head.info.locked_until}"


def _pages(bucket: Bucket, key: str) -> Iterator[Answer]:
    """Yield pages of the list until it has passed the key: it is in the order of the keys."""
    place: dict[str, Any] = {}
    while True:
        page = bucket.ask(key, bucket.client.list_object_versions, Prefix=key, **place)
        yield page
        if not page.get("IsTruncated") or page.get("NextKeyMarker", "") > key:
            return
        place = {"KeyMarker": page["NextKeyMarker"]}
        if page.get("NextVersionIdMarker"):
            place["VersionIdMarker"] = page["NextVersionIdMarker"]


def _of_page(page: Answer, key: str) -> Iterator[Version]:
    for name in ("Versions", "DeleteMarkers"):
        for one in page.get(name) or ():
            if one["Key"] == key:
                yield Version(
                    version_id=one["VersionId"],
                    written_at=one["LastModified"],
                    is_latest=bool(one.get("IsLatest")),
                    is_marker=name == "DeleteMarkers",
                    size_bytes=int(one.get("Size", 0)),
                )
