"""Whether two buckets are what an archive is promised, in sentences that say what to change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from muniment.errors import Refused
from muniment.stores.port import ObjectMissing
from muniment.stores.s3.bucket import Bucket, LockMode, NotAllowed
from muniment.stores.s3.client import Answer, Client
from muniment.stores.s3.outcome import CALL_ERRORS, Outcome, outcome_of
from muniment.stores.s3.patience import Patience

SKEW: Final = timedelta(seconds=30)  # locks are set by our clock and kept by the store's
PROBE: Final = "probe/conditional"  # an empty object that stays in each bucket


class BucketsUnfit(Refused):
    """A bucket is not what the archive is promised; the message says each fault and what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence about a bucket; one that `is_fatal` means that the archive must not start."""

    bucket: str
    text: str
    is_fatal: bool = True

    def __str__(self) -> str:
        return f"{self.bucket}: {self.text}"


def check_buckets(
    client: Client,
    *,
    vault: str,
    keys: str,
    lock_mode: LockMode,
    patience: Patience | None = None,
    now: datetime | None = None,
) -> tuple[Finding, ...]:
    """Return what is wrong with the buckets; nothing where all is as promised.

    It writes one empty object, `probe/conditional`, to each bucket. Raises `StoreUnavailable` where the store does not
    answer.
    """
    if vault == keys:
        return (Finding(bucket=vault, text="vault and keys must be two buckets: set MUNIMENT_S3_VAULT and …_KEYS"),)
    found: list[Finding] = []
    for name, look in ((vault, _vault), (keys, _keys)):
        bucket = Bucket(client, name, patience or Patience())
        try:
            found += [*_clock(bucket, now or datetime.now(UTC)), *look(bucket), *_conditions(bucket)]
        except NotAllowed as error:
            found.append(Finding(bucket=name, text=str(error)))
    if lock_mode is LockMode.GOVERNANCE:
        found.append(
            Finding(
                bucket=vault,
                text="locks are of governance mode: whoever may bypass it can delete sealed mail; "
                "MUNIMENT_S3_LOCK_MODE=compliance is what evidence needs",
                is_fatal=False,
            )
        )
    return tuple(found)


def require(findings: tuple[Finding, ...]) -> None:
    """Raise `BucketsUnfit` with every fatal finding."""
    fatal = [str(finding) for finding in findings if finding.is_fatal]
    if fatal:
        raise BucketsUnfit("The buckets are not as the archive needs them:\n" + "\n".join(f"- {one}" for one in fatal))


def _clock(bucket: Bucket, now: datetime) -> Iterator[Finding]:
    answer = _ask(bucket, "head_bucket")
    text = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    if not text:
        return
    skew = parsedate_to_datetime(text) - now
    if abs(skew) > SKEW:
        yield Finding(
            bucket=bucket.name,
            text=f"the clocks differ by {abs(skew).total_seconds():.0f} seconds, and locks end by the store's: set "
            f"both by NTP until they differ by less than {SKEW.total_seconds():.0f}",
        )


def _vault(bucket: Bucket) -> Iterator[Finding]:
    if _ask(bucket, "get_bucket_versioning").get("Status") != "Enabled":
        yield Finding(bucket=bucket.name, text="versioning is off: turn it on, for Object Lock keeps versions")
    lock = _lock_of(bucket)
    if lock is None or lock.get("ObjectLockEnabled") != "Enabled":
        yield Finding(
            bucket=bucket.name,
            text="Object Lock is off, so sealed mail could be deleted: make the bucket with Object Lock (older stores "
            "allow that only when a bucket is made)",
        )
    elif lock.get("Rule"):
        yield Finding(
            bucket=bucket.name,
            text="it has a default retention, which would lock what the archive must delete: remove the default; the "
            "archive locks each object itself",
        )


def _keys(bucket: Bucket) -> Iterator[Finding]:
    status = _ask(bucket, "get_bucket_versioning").get("Status")
    if status:
        yield Finding(
            bucket=bucket.name,
            text=f"versioning is {str(status).lower()}, so a key that is destroyed would stay readable: use a "
            "bucket that never had versioning",
        )
    if _lock_of(bucket) is not None:
        yield Finding(
            bucket=bucket.name,
            text="Object Lock is on, so no key could be destroyed: use a bucket without Object Lock",
        )


def _lock_of(bucket: Bucket) -> Answer | None:
    """Return the configuration of Object Lock; None where there is none."""
    try:
        answer = _ask(bucket, "get_object_lock_configuration")
    except ObjectMissing:
        return None
    found: Answer | None = answer.get("ObjectLockConfiguration")
    return found or None


def _conditions(bucket: Bucket) -> Iterator[Finding]:
    """Try a create and a swap that must fail: a store that ignores conditions would overwrite."""
    for condition, what in (
        ({"IfNoneMatch": "*"}, "create an object only where there is none (If-None-Match)"),
        ({"IfMatch": '"00000000000000000000000000000000"'}, "replace an object only while it is unchanged (If-Match)"),
    ):
        _put_probe(bucket, {"IfNoneMatch": "*"})
        if _put_probe(bucket, condition):
            yield Finding(bucket=bucket.name, text=f"the store does not {what}: use one that does")


def _put_probe(bucket: Bucket, condition: dict[str, str]) -> bool:
    """Say whether the store wrote; raise `NotAllowed`, `StoreUnavailable`."""

    def put(**parameters: object) -> Answer:
        try:
            bucket.client.put_object(**parameters)
        except CALL_ERRORS as error:
            if outcome_of(error) is Outcome.CONDITION:
                return {"written": False}
            raise
        return {"written": True}

    return bool(bucket.ask(PROBE, put, Key=PROBE, Body=b"", **condition)["written"])


def _ask(bucket: Bucket, call: str) -> Answer:
    try:
        return bucket.ask(bucket.name, getattr(bucket.client, call))
    except ObjectMissing:
        if call == "head_bucket":
            raise NotAllowed(
                "there is no such bucket: make it as docs/operations.md says, or correct the setting"
            ) from None
        raise
