"""Write an object on a condition, so that it is there once, whatever became of the answers.

Each call marks what it writes. When an answer is missing or cut, the object that stands is read back: with our mark,
size and checksum it is ours, and a success; otherwise the call is repeated, and the condition keeps it from a second
object even where the first try arrives late.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from muniment.stores.port import ObjectMissing, StoreUnavailable
from muniment.stores.s3.body import TookTooLong, Upload, digest_of
from muniment.stores.s3.bucket import (
    DIGEST,
    ETAG,
    MARK,
    NO_VERSION,
    AnswerCut,
    Bucket,
    Head,
    LockMode,
    head_of,
    refuse_what_is_final,
    unavailable,
    whole,
)
from muniment.stores.s3.client import Answer
from muniment.stores.s3.outcome import CALL_ERRORS, Outcome, outcome_of

Condition = dict[str, str]  # IfNoneMatch or IfMatch


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An object on its way, with its digest and the mark of this call."""

    key: str
    pieces: Sequence[bytes]
    lock_until: datetime | None = None
    lock_mode: LockMode = LockMode.COMPLIANCE
    digest: bytes = field(init=False)
    mark: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", digest_of(self.pieces))
        object.__setattr__(self, "mark", uuid4().hex)

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.pieces))

    @property
    def checksum(self) -> str:
        """Return the digest as S3 writes it."""
        return b64encode(self.digest).decode()

    def parameters(self) -> dict[str, Any]:
        """Return what PUT is given, but for its body and condition."""
        lock = {"ObjectLockMode": self.lock_mode.value, "ObjectLockRetainUntilDate": self.lock_until}
        return {
            "Key": self.key,
            "ContentLength": self.size_bytes,
            "ContentType": "application/octet-stream",
            "ChecksumSHA256": self.checksum,
            "Metadata": {DIGEST: self.digest.hex(), MARK: self.mark},
            **(lock if self.lock_until is not None else {}),
        }

    def is_that(self, head: Head) -> bool:
        """Say whether what stands is what this call sent, whole."""
        return (
            head.mark == self.mark and head.info.size_bytes == self.size_bytes and head.checksum in {"", self.checksum}
        )


class ConditionFailed(Exception):
    """The store's condition did not hold, and what stands is not of this call."""


def write(bucket: Bucket, new: New, condition: Condition, *, versioned: bool) -> str:
    """Write an object; return its ETag once it is durable, whole and there once.

    Raises `ConditionFailed`, `ObjectMissing` (If-Match on nothing), `StoreUnavailable`.
    """
    tried = _Try()
    in_doubt = False
    for until in bucket.patience.rounds():
        tried = _try(bucket, new, condition, until=until, versioned=versioned)
        if tried.etag:
            return tried.etag
        if tried.outcome is Outcome.UNTOUCHED:
            continue
        if tried.outcome is Outcome.CONDITION and not in_doubt:
            raise ConditionFailed
        in_doubt = True
        standing = _look(bucket, new.key)
        if standing is not None and new.is_that(standing) and _is_whole(bucket, new, standing):
            return standing.info.etag
        if tried.outcome is Outcome.CONDITION and standing is not None and standing.is_ours:
            raise ConditionFailed
    raise unavailable(new.key, tried.failure) from tried.failure


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    """What one PUT came to: an ETag, or an outcome with its error (none where the answer was cut)."""

    etag: str = ""
    outcome: Outcome = Outcome.UNKNOWN
    failure: Exception | None = None


def _try(bucket: Bucket, new: New, condition: Condition, *, until: float, versioned: bool) -> _Try:
    """Put the object once; raise what no other try would change."""
    body = Upload(new.pieces, until=until, clock=bucket.patience.clock)
    try:
        answer = bucket.client.put_object(Bucket=bucket.name, Body=body, **new.parameters(), **condition)
    except TookTooLong as error:
        return _Try(failure=error)
    except CALL_ERRORS as error:
        outcome = outcome_of(error)
        if outcome is not Outcome.CONDITION:
            refuse_what_is_final(new.key, error)
        return _Try(outcome=outcome, failure=error)
    return _Try(etag=str(answer["ETag"])) if _tells_of_success(answer, new, versioned=versioned) else _Try()


def _tells_of_success(answer: Answer, new: New, *, versioned: bool) -> bool:
    """Say whether the answer is whole: boto3 takes one that was cut for a success."""
    return (
        ETAG.fullmatch(str(answer.get("ETag", ""))) is not None
        and (not versioned or answer.get("VersionId", "") not in NO_VERSION)
        and answer.get("ChecksumSHA256", "") == new.checksum
    )


def _look(bucket: Bucket, key: str) -> Head | None:
    """Return what stands under a key; None where nothing does or that cannot be told now."""
    try:
        return head_of(key, whole(bucket.client.head_object(Bucket=bucket.name, Key=key, ChecksumMode="ENABLED")))
    except (*CALL_ERRORS, AnswerCut):
        return None


def _is_whole(bucket: Bucket, new: New, standing: Head) -> bool:
    """Compare the bytes where the store keeps no checksum that tells."""
    if standing.checksum:
        return True
    try:
        return digest_of([bucket.read(new.key, version_id=standing.version_id)[0]]) == new.digest
    except (StoreUnavailable, ObjectMissing):
        return False
