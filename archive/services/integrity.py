"""Prove that what is kept is what was received: open, decrypt, compare with the commitment and the Merkle root."""

import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from archive.models import Sighting
from muniment.bundle.proving import SegmentProver
from muniment.errors import Corrupt, MunimentError
from muniment.ids import SegmentId, SightingId
from muniment.seal import ledger, segment
from muniment.seal.layout import segment_key
from muniment.seal.opening import OpenSegment
from muniment.seal.vault import Vault
from muniment.stores import copies as copying
from muniment.stores.copies import KeepsCopies
from muniment.stores.port import ObjectMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The proof of one sighting, made at the moment it is asked for."""

    ok: bool
    reason: str  # "" when ok
    segment_id: SegmentId  # into which it was sealed first
    sighting_id: SightingId
    lies_in: SegmentId | None = None  # where its frame is now: another one when it was packed
    commitment: str = ""  # hex
    salt: str = ""  # hex
    sha256: str = ""  # hex, of raw
    raw_bytes: int = 0
    merkle_root: str = ""  # hex
    place: int = 0  # of the frame in its segment, from 0
    frames: int = 0
    path: tuple[str, ...] = ()  # hex: inclusion proof from the commitment to the root


@dataclass(slots=True, kw_only=True)
class Report:
    """What a verification found."""

    segments: int = 0
    sightings: int = 0
    erased: int = 0  # frames that the erasure ledger names: their keys are gone, as they must be
    damaged: list[dict[str, str]] = field(default_factory=list)


def prove(sighting: Sighting, *, vault: Vault) -> Proof:
    """Open a sighting now and prove that its bytes are those that were sealed."""
    segment_id, sighting_id = SegmentId(sighting.segment_id), SightingId(sighting.id)
    try:
        sealed, found = SegmentProver(vault.open(segment_id)).open(sighting_id)
    except (Corrupt, ObjectMissing) as error:
        return Proof(ok=False, reason=str(error), segment_id=segment_id, sighting_id=sighting_id)
    same = found.commitment == sighting.commitment
    return Proof(
        ok=same,
        reason="" if same else "the catalogue names another commitment than the segment: run reconcile --repair",
        segment_id=SegmentId(UUID(found.segment)),
        lies_in=segment_id,
        sighting_id=sighting_id,
        commitment=found.commitment,
        salt=found.salt,
        sha256=sha256(sealed.raw).hexdigest(),
        raw_bytes=len(sealed.raw),
        merkle_root=found.root,
        place=found.place,
        frames=found.frames,
        path=found.path,
    )


def good_copies(segment_id: SegmentId, copies: tuple[KeepsCopies, ...]) -> list[str]:
    """Return the names of versions and replicas that hold the segment as it was sealed."""

    def is_good(data: bytes) -> bool:
        segment.read([data], data, size_bytes=len(data), segment_id=segment_id)
        return True

    return copying.good_copies(segment_key(segment_id), copies, is_good=is_good)


def verify(
    *,
    vault: Vault,
    copies: tuple[KeepsCopies, ...] = (),
    sample: int | None = None,
    chooser: random.Random | None = None,
    progress: Callable[[int], None] = lambda _sightings: None,
) -> Report:
    """Open every segment and check every commitment; or `sample` segments chosen by `chooser`.

    The catalogue is not asked: what the store holds must prove itself. Damage is listed, never raised; where the bytes
    of a segment are not those that were sealed, with the `copies` that still are ("good_copies").
    """
    segment_ids: Iterable[SegmentId] = vault.segment_ids()
    if sample is not None:
        everything = list(segment_ids)
        segment_ids = sorted((chooser or random.SystemRandom()).sample(everything, min(sample, len(everything))))
    report = Report()
    erased = _erased(vault, report)
    for segment_id in segment_ids:
        report.segments += 1
        try:
            opened = vault.open(segment_id)
        except MunimentError as error:
            good = "; ".join(good_copies(segment_id, copies))
            found = {"segment": str(segment_id), "reason": str(error)}
            report.damaged.append(found | ({"good_copies": good} if good else {}))
            opened = _salvaged(segment_id, vault, report)
        if opened is not None:
            _verify_frames(opened, erased, report)
        progress(report.sightings)
    return report


def _erased(vault: Vault, report: Report) -> set[SightingId]:
    """Read the erasure ledger; one that does not read is damage, and then every missing key is."""
    try:
        return ledger.erased(vault.segments)
    except Corrupt as error:
        report.damaged.append({"object": "erasure ledger", "reason": str(error)})
        return set()


def _salvaged(segment_id: SegmentId, vault: Vault, report: Report) -> OpenSegment | None:
    """Open a damaged segment as far as its footer still tells, so that damage is named by sighting."""
    try:
        return vault.glance(segment_id)
    except MunimentError as error:
        report.damaged.append({"segment": str(segment_id), "reason": f"nothing of it can be opened: {error}"})
        return None


def _verify_frames(opened: OpenSegment, erased: Collection[SightingId], report: Report) -> None:
    for entry in opened.footer.frames:
        reason = ""
        if entry.sighting_id in erased:
            if entry.sighting_id not in opened.keyring.keys:
                report.erased += 1
                continue
            reason = "it was erased, and its key is there: a keyring was put back from a backup. Start the archive anew"
        try:
            opened.open(entry)
        except Corrupt as error:
            reason = reason or str(error)
        if reason:
            report.damaged.append(
                {"segment": str(opened.segment_id), "sighting": str(entry.sighting_id), "reason": reason}
            )
        else:
            report.sightings += 1
