"""What an error of a call to S3 means: each implementation has its own codes, and silence may hide a success."""

from enum import Enum, auto
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

CALL_ERRORS: Final = (BotoCoreError, ClientError, ResponseParserError)

_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_PRECONDITION: Final = 412
_RANGE: Final = 416
_TOO_MANY: Final = 429
_SERVER: Final = 500
_NO_SUCH_THING: Final = frozenset({"NoSuchBucket", "NoSuchUpload"})
# Refused with 400, and not for what was asked: bytes that were lost or changed on the way, an answer that was late.
_BROKEN_ON_THE_WAY: Final = frozenset(
    "BadDigest IncompleteBody InvalidDigest RequestTimeout XAmzContentChecksumMismatch "
    "XAmzContentSHA256Mismatch".split()
)
_WAIT: Final = frozenset({"SlowDown", "TooManyRequests", "RequestTimeout", "ConditionalRequestConflict"})
_WHAT_TO_DO: Final = {
    "InvalidAccessKeyId": "the store does not know the access key: check MUNIMENT_S3_ACCESS_KEY",
    "SignatureDoesNotMatch": "the secret key is wrong: check MUNIMENT_S3_SECRET_KEY",
    "RequestTimeTooSkewed": "the clock of this machine and the store's differ too much: set them by NTP",
    "NoSuchBucket": "there is no such bucket: make it as docs/operations.md says, or correct the setting",
    "AccessDenied": "the store denies it to these credentials: compare their policy with deploy/s3-policy.json",
    "XMinioStorageFull": "the store is full: make room, nothing was lost",
}


class Outcome(Enum):
    """What became of a call that raised."""

    MISSING = auto()  # no such object
    CONDITION = auto()  # If-Match or If-None-Match does not hold
    RANGE = auto()  # begins behind the end of the object
    REFUSED = auto()  # the store understood and will not: policy, lock, credentials
    UNTOUCHED = auto()  # nothing was done; try again
    UNKNOWN = auto()  # done or not done; try again and look


def outcome_of(error: Exception) -> Outcome:
    """Say what an error among `CALL_ERRORS` means."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ParamValidationError):
        return Outcome.REFUSED
    if not isinstance(error, ClientError):
        return Outcome.UNKNOWN
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = code_of(error)
    if status == _NOT_FOUND and code not in _NO_SUCH_THING:
        return Outcome.MISSING
    if status == _PRECONDITION:
        return Outcome.CONDITION
    if status == _RANGE:
        return Outcome.RANGE
    if status in {_CONFLICT, _TOO_MANY} or code in _BROKEN_ON_THE_WAY | _WAIT:
        return Outcome.UNTOUCHED
    return Outcome.UNKNOWN if status >= _SERVER or not status else Outcome.REFUSED


def code_of(error: Exception) -> str:
    """Return S3's code of an error, or the name of its class."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "")) or type(error).__name__
    return type(error).__name__


def advice(error: Exception | None) -> str:
    """Say an error in a few words, with what to do where that is known."""
    if error is None:
        return "its answer was cut: try again"
    code = code_of(error)
    if code in _WHAT_TO_DO:
        return _WHAT_TO_DO[code]
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return "no credentials were found: set MUNIMENT_S3_ACCESS_KEY and MUNIMENT_S3_SECRET_KEY, or the standard ones"
    if isinstance(error, ParamValidationError):
        return f"a name is none that S3 takes: check MUNIMENT_S3_VAULT and MUNIMENT_S3_KEYS ({error})"
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        plain = "the store denies it to these credentials" if status == _FORBIDDEN else "try again"
        return f"the store answered {status} {code}: {plain}"
    return f"the store did not answer ({code}): try again"
