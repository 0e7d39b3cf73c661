"""One bucket: its calls with their tries, and what it knows of an object, in our words.

botocore takes an answer that was cut within its headers for a success: the list is empty, the metadata are gone. So no
answer is believed before it has shown that it is whole.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from muniment.errors import Refused
from muniment.stores.port import ObjectInfo, ObjectMissing, StoreUnavailable
from muniment.stores.s3.body import TookTooLong, download
from muniment.stores.s3.client import Answer, Client
from muniment.stores.s3.outcome import CALL_ERRORS, Outcome, advice, outcome_of
from muniment.stores.s3.patience import Patience

DIGEST: Final = "sha256"  # user metadata of each object: its SHA-256, hex
MARK: Final = "mark"  # user metadata: which call wrote it, so that a repeated call knows its own
ETAG: Final = re.compile(r'"?[0-9a-f]{32}(?:-[0-9]+)?"?', re.ASCII)
_MARKED: Final = re.compile(r"[0-9a-f]{32} [0-9a-f]{64}", re.ASCII)
_LENGTHS: Final = frozenset({"content-length", "transfer-encoding"})
_OK: Final = 200
_LOOKS: Final = 3  # at an object without our mark: another's, unless the answer was cut
NO_VERSION: Final = frozenset({"", "null"})  # what an object without versions has


class LockMode(StrEnum):
    """Who may end a lock early: with compliance nobody; with governance who holds a right of their own."""

    GOVERNANCE = "GOVERNANCE"
    COMPLIANCE = "COMPLIANCE"


class NotAllowed(StoreUnavailable):
    """The store understood and will not do it. It may with other credentials, or once a lock has ended."""


class AnswerCut(Exception):
    """An answer did not come whole."""


class OutsideOfObject(Refused):
    """A range begins behind the end of the object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a bucket knows of one version of an object."""

    info: ObjectInfo
    version_id: str
    lock_mode: LockMode | None
    digest: str  # as we noted it, hex; empty: we did not write it
    checksum: str  # SHA-256 as the store keeps it, base64; empty: it keeps none
    mark: str

    @property
    def is_ours(self) -> bool:
        """Say whether our marks stand; without them the object is another's, or the answer was cut."""
        return _MARKED.fullmatch(f"{self.mark} {self.digest}") is not None


class Bucket:
    """Calls to one bucket that may be repeated, for they only read or say the same again. Thread-safe."""

    def __init__(self, client: Client, name: str, patience: Patience) -> None:
        self.client = client
        self.name = name
        self.patience = patience

    def ask(self, key: str, call: Callable[..., Answer], **parameters: Any) -> Answer:
        """Call until it answers; raise `ObjectMissing`, `NotAllowed`, `StoreUnavailable`."""
        return self._until_answered(key, lambda _: whole(call(Bucket=self.name, **parameters)))

    def head(self, key: str, *, version_id: str = "") -> Head:
        """Return what is known of an object, of its newest version where none is named; raise as `ask`."""
        parameters = {"Key": key, "ChecksumMode": "ENABLED", **_version(version_id)}
        found = head_of(key, self.ask(key, self.client.head_object, **parameters))
        for _ in range(1, _LOOKS):
            if found.is_ours:
                break
            found = head_of(key, self.ask(key, self.client.head_object, **parameters))
        return found

    def read(self, key: str, *, span: str = "", version_id: str = "") -> tuple[bytes, Answer]:
        """Return an object's bytes, or those of a range of HTTP; raise as `ask`, or `OutsideOfObject`."""
        parameters = {"Bucket": self.name, "Key": key, **_version(version_id)}
        if span:
            parameters["Range"] = span
        found: list[bytes] = []

        def call(until: float) -> Answer:
            answer = self.client.get_object(**parameters)
            data = download(answer["Body"], until=until, clock=self.patience.clock)
            if len(data) != answer.get("ContentLength"):
                raise AnswerCut
            found[:] = [data]
            return answer

        answer = self._until_answered(key, call)
        return found[0], answer

    def _until_answered(self, key: str, call: Callable[[float], Answer]) -> Answer:
        failure: Exception | None = None
        for until in self.patience.rounds():
            try:
                return call(until)
            except TookTooLong as error:
                failure = error
                break
            except AnswerCut as error:
                failure = error
            except CALL_ERRORS as error:
                failure = error
                refuse_what_is_final(key, error)
        raise unavailable(key, failure) from failure


def whole(answer: Answer) -> Answer:
    """Return an answer; raise `AnswerCut` where it should tell something and does not tell how long it is.

    With a length it is whole: what is cut after that is an error of its own.
    """
    about = answer.get("ResponseMetadata", {})
    if about.get("HTTPStatusCode") == _OK and not _LENGTHS & {*about.get("HTTPHeaders", {})}:
        raise AnswerCut
    return answer


def refuse_what_is_final(key: str, error: Exception) -> None:
    """Raise what an error means, unless another try may change it."""
    match outcome_of(error):
        case Outcome.MISSING:
            raise ObjectMissing(f"there is no object {key}") from None
        case Outcome.RANGE:
            raise OutsideOfObject(f"{key}: the range begins behind its end") from None
        case Outcome.REFUSED | Outcome.CONDITION:
            raise NotAllowed(f"{key}: {advice(error)}") from error
        case Outcome.UNTOUCHED | Outcome.UNKNOWN:
            return


def unavailable(key: str, failure: Exception | None) -> StoreUnavailable:
    """Return the error of a call that was given up."""
    if isinstance(failure, TookTooLong):
        return StoreUnavailable(f"{key}: {failure}: try again")
    return StoreUnavailable(f"{key}: {advice(None if isinstance(failure, AnswerCut) else failure)}")


def head_of(key: str, answer: Answer) -> Head:
    """Read the answer of HEAD or GET."""
    metadata = answer.get("Metadata") or {}
    mode = answer.get("ObjectLockMode")
    return Head(
        info=ObjectInfo(
            key=key,
            size_bytes=int(answer["ContentLength"]),
            etag=str(answer.get("ETag", "")),
            locked_until=locked_until(answer),
            legal_hold=answer.get("ObjectLockLegalHoldStatus") == "ON",
        ),
        version_id=str(answer.get("VersionId", "")),
        lock_mode=LockMode(mode) if mode else None,
        digest=str(metadata.get(DIGEST, "")),
        checksum=str(answer.get("ChecksumSHA256", "")),
        mark=str(metadata.get(MARK, "")),
    )


def locked_until(answer: Answer) -> datetime | None:
    """Return the end of the lock that an answer names."""
    found = answer.get("ObjectLockRetainUntilDate")
    return found if isinstance(found, datetime) else None


def _version(version_id: str) -> dict[str, str]:
    return {"VersionId": version_id} if version_id else {}
