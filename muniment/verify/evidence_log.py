"""Check a bundle's log proofs. The only part of the verifier that needs `cryptography` and `cbor2`."""

from typing import Any
from uuid import UUID

from muniment.bundle import layout
from muniment.errors import MunimentError
from muniment.log.checkpoint import Checkpoint, open_checkpoint
from muniment.log.entries import LoggedEntry, SegmentSealed, decode
from muniment.log.note import NoteVerifier
from muniment.log.verify import check_consistency, check_inclusion
from muniment.verify.given import Given
from muniment.verify.report import Report


class LogCheck:
    """Checks that segments are in the log of one checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint

    def fault(self, proof: dict[str, Any]) -> str:
        """Return what is wrong with the log proof of a sighting's proof, or ""."""
        found = proof["log"]
        entry = bytes.fromhex(found["entry"])
        path = [bytes.fromhex(step) for step in found["path"]]
        try:
            check_inclusion(entry, index=found["index"], checkpoint=self._checkpoint, proof=path)
        except MunimentError as error:
            return f"its log proof fails: {error}"
        logged = decode(entry)
        sealed = logged.entry if isinstance(logged, LoggedEntry) else None
        claimed = (UUID(proof["segment"]), bytes.fromhex(proof["root"]), proof["frames"])
        if not isinstance(sealed, SegmentSealed) or (sealed.segment_id, sealed.root, sealed.frames) != claimed:
            return "its log entry is of another segment, root or number of frames"
        return ""


def open_log(
    note: bytes, bundle_key: str, manifest_log: dict[str, Any], given: Given, report: Report
) -> LogCheck | None:
    """Return the check of a bundle's checkpoint, or None, and note what is wrong or not proved."""
    try:
        verifier = NoteVerifier.decode(given.log_key or bundle_key)
        checkpoint = open_checkpoint(note, [verifier])
    except (MunimentError, ValueError) as error:
        report.add(layout.CHECKPOINT, f"it is not a checkpoint signed by the log's key: {error}")
        return None
    if given.log_key and given.log_key.strip() != bundle_key.strip():
        report.add(layout.LOG_KEY, "it is another key than the one given by --log-key")
    said = (manifest_log["origin"], manifest_log["size"], manifest_log["root"])
    if said != (checkpoint.origin, checkpoint.size, checkpoint.root.hex()):
        report.add(layout.MANIFEST, "field .log is not what the signed checkpoint says")
    if given.checkpoint:
        _compare(checkpoint, verifier, given, report)
    else:
        report.not_proved.append(
            "that this checkpoint is the one that everybody was shown: give one obtained elsewhere by --checkpoint"
        )
    if not given.log_key:
        report.not_proved.append("whose log it is: its key came with the bundle; give the published one by --log-key")
    return LogCheck(checkpoint)


def _compare(ours: Checkpoint, verifier: NoteVerifier, given: Given, report: Report) -> None:
    """Compare the bundle's checkpoint with one obtained elsewhere."""
    try:
        theirs = open_checkpoint(given.checkpoint, [verifier])
        if ours.size == theirs.size or given.consistency:
            old, new = sorted((ours, theirs), key=lambda checkpoint: checkpoint.size)
            check_consistency(old, new, given.consistency if old.size < new.size else ())
            return
    except MunimentError as error:
        report.add(layout.CHECKPOINT, f"it does not agree with the checkpoint given by --checkpoint: {error}")
        return
    report.not_proved.append(
        f"that the log at {theirs.size} entries, given by --checkpoint, and at {ours.size} are one: give the hashes "
        "of the consistency proof between them by --consistency"
    )
