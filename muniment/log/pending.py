"""A batch that was promised: claimed its place in the log before any tile is written. `docs/log.md` fixes it.

It is signed by the log's key, under a text that can be no checkpoint, so that whoever can write to the store still
cannot make the log say anything.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import cbor2

from muniment.errors import Corrupt
from muniment.log import bundles
from muniment.log.note import NoteSigner, NoteVerifier, open_note

VERSION: Final = 1


class PendingCorrupt(Corrupt):
    """A waiting batch is malformed, or the log's key did not sign it for its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Entries that follow a log of `first_index` entries with the root `base`."""

    first_index: int
    base: bytes
    entries: tuple[bytes, ...]


def encode(batch: Batch, signer: NoteSigner) -> bytes:
    """Return the stored bytes of a batch."""
    bundle = bundles.encode(batch.entries)
    note = signer.sign(_text(signer.verifier.name, batch, bundle))
    return cbor2.dumps({"version": VERSION, "note": note, "entries": bundle}, canonical=True)


def decode(data: bytes, verifiers: Sequence[NoteVerifier], *, first_index: int, base: bytes) -> Batch:
    """Return the batch that one of the keys signed for just this place in the log; raise `PendingCorrupt`."""
    try:
        found: Any = cbor2.loads(data)
        version, note, bundle = found["version"], bytes(found["note"]), bytes(found["entries"])
        batch = Batch(first_index=first_index, base=base, entries=tuple(bundles.decode(bundle)))
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError, RecursionError, bundles.BundleCorrupt) as error:
        raise PendingCorrupt(f"the batch that waits at entry {first_index} is malformed: {error!r}") from error
    texts = {_text(verifier.name, batch, bundle) for verifier in verifiers}
    if version != VERSION or not batch.entries or open_note(note, verifiers) not in texts:
        raise PendingCorrupt(f"the batch that waits at entry {first_index} was signed for another place or version")
    return batch


def _text(origin: str, batch: Batch, bundle: bytes) -> str:
    """Return what is signed. No key name holds a space, so that the first line is no origin of a checkpoint."""
    base, digest = (base64.b64encode(one).decode() for one in (batch.base, sha256(bundle).digest()))
    return f"pending batch of {origin}\n{batch.first_index}\n{base}\n{digest}\n"
