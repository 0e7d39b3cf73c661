"""Time-stamps of checkpoints (RFC 3161): an outside authority says that the log stood so at a time.

What is stamped are the three lines of the checkpoint without signatures, so that they can be made again from the tiles.
The whole answer of the authority is kept in `log/timestamp/<size, 20 digits>`, certificates included.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from cryptography.x509 import Certificate
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from muniment.errors import Corrupt, Refused
from muniment.log.checkpoint import Checkpoint, text_of
from muniment.log.layout import timestamp_key
from muniment.stores.port import ObjectExists, ObjectMissing, ObjectStore

MAX_RESPONSE_BYTES: Final = 65_536  # a response with its chain of certificates has some 6 KB: our measurement


class StampWrong(Corrupt):
    """A time-stamp is malformed, of something else, or not from an authority that is trusted."""


class StampRefused(Refused):
    """The authority answered that it does not stamp this."""


class TimeStamper(Protocol):
    """An authority that stamps times. May be asked twice for the same: both stamps are good. Thread-safe."""

    def stamp(self, message: bytes) -> bytes:
        """Return an RFC 3161 response (DER) over SHA-256 of the message that `StampVerifier` accepts.

        Raises `StampRefused`, `StampWrong`, and a `Transient` error where the authority does not answer.
        """
        ...


class StampVerifier:
    """Checks stamps against the root certificates that are trusted."""

    def __init__(self, roots: Sequence[Certificate]) -> None:
        self._verifier = VerifierBuilder(roots=list(roots)).build()

    def stamped_at(self, message: bytes, response: bytes) -> datetime:
        """Return the time (aware UTC) at which the message was stamped; raise `StampWrong`.

        Certificates need to have been valid then, not now. They must stand in DER order in the response (X.690
        section 11.6), or be the authority's own alone; an authority that sends others is told as `StampWrong`.
        """
        found = _decoded(response)
        try:
            self._verifier.verify_message(found, message)
        except (VerificationError, ValueError) as error:
            raise StampWrong(f"the time-stamp does not hold: {error}") from error
        return found.tst_info.gen_time.replace(tzinfo=UTC)


class Rfc3161Stamper:
    """A `TimeStamper` over an authority's own protocol. How bytes travel there (HTTP) is handed in."""

    def __init__(self, post: Callable[[bytes], bytes], verifier: StampVerifier) -> None:
        """Ask by `post`, which takes a request (DER) and returns the response; trust what `verifier` accepts."""
        self._post = post
        self._verifier = verifier

    def stamp(self, message: bytes) -> bytes:
        request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
        response = self._post(request.as_bytes())
        found = _decoded(response)
        if PKIStatus(found.status) is not PKIStatus.GRANTED:
            raise StampRefused(f"the time-stamping authority refused: {PKIStatus(found.status).name.lower()}")
        self._verifier.stamped_at(message, response)
        if found.tst_info.nonce != request.nonce:
            raise StampWrong("the time-stamping authority answered another request")
        return response


def stamp_checkpoint(store: ObjectStore, checkpoint: Checkpoint, stamper: TimeStamper) -> bytes:
    """Have a checkpoint stamped, once, and keep the response; return what is kept."""
    key = timestamp_key(checkpoint.size)
    try:
        return store.get(key)
    except ObjectMissing:
        response = stamper.stamp(text_of(checkpoint).encode())
    try:
        store.create(key, response)
    except ObjectExists:
        return store.get(key)
    return response


def checkpoint_stamped_at(store: ObjectStore, checkpoint: Checkpoint, verifier: StampVerifier) -> datetime | None:
    """Return when a checkpoint was stamped, or None if it never was; raise `StampWrong`."""
    try:
        response = store.get(timestamp_key(checkpoint.size))
    except ObjectMissing:
        return None
    return verifier.stamped_at(text_of(checkpoint).encode(), response)


def _decoded(response: bytes) -> TimeStampResponse:
    if len(response) > MAX_RESPONSE_BYTES:
        raise StampWrong(f"a time-stamp response of {len(response)} bytes is longer than {MAX_RESPONSE_BYTES}")
    try:
        found = decode_timestamp_response(response)
        PKIStatus(found.status)
    except ValueError as error:
        raise StampWrong(f"{len(response)} bytes are no time-stamp response: {error}") from error
    return found
