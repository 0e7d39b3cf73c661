"""Have checkpoints of the evidence log time-stamped by an outside authority (RFC 3161), where the settings name one.

Capture and logging never wait for it: the sweep queues a task of its own when a stamp is due. What was tried last is
kept in a small file of the state folder; where it is lost, a stamp is only asked for earlier than need be.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from archive.services.stages import turn
from archive.wiring import Archive
from muniment.errors import Corrupt, Transient
from muniment.log.checkpoint import Checkpoint
from muniment.log.layout import TIMESTAMPS, number_of, timestamp_key
from muniment.log.reader import LogEmpty, LogReader
from muniment.log.timestamps import StampRefused, StampWrong, checkpoint_stamped_at, stamp_checkpoint

RETRY_AFTER: Final = timedelta(minutes=5)  # an authority that does not answer is not asked more often


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTry:
    """What came of the last time that the authority was asked."""

    at: float  # seconds since 1970-01-01T00:00:00Z
    size: int  # of the log, when it was asked
    failure: str  # "" if it stamped


@dataclass(slots=True, kw_only=True)
class StampReport:
    """What a check of all stamps found; `faults` by key."""

    hold: int = 0
    not_checked: int = 0
    faults: dict[str, str] = field(default_factory=dict)


def is_due(archive: Archive) -> bool:
    """Tell whether the newest checkpoint should be stamped now, without asking the log."""
    if archive.stamping is None or archive.stamping.stamper is None:
        return False
    last = last_try(archive)
    if last is None:
        return True
    pause = RETRY_AFTER if last.failure else archive.stamping.every
    return not timedelta(0) <= archive.vault.now() - _moment(archive, last) < pause


def stamp_newest(archive: Archive) -> LastTry | None:
    """Have the newest checkpoint stamped if that is due; return what came of it, None if it was not tried.

    An authority that fails is noted, not raised: the next sweep after `RETRY_AFTER` tries again.
    """
    stamping = archive.stamping
    with turn(archive.data, "stamping", wait=False) as mine:
        if not mine or stamping is None or stamping.stamper is None or not is_due(archive):
            return None
        try:
            checkpoint = LogReader.latest(archive.vault.segments, [archive.signer.verifier]).checkpoint
        except LogEmpty:
            return None
        failure = ""
        try:
            stamp_checkpoint(archive.vault.segments, checkpoint, stamping.stamper)
        except (Transient, StampRefused, StampWrong) as error:
            failure = str(error)
        found = LastTry(at=archive.vault.now().timestamp(), size=checkpoint.size, failure=failure)
        _write(archive, found)
        return found


def last_try(archive: Archive) -> LastTry | None:
    """Return what came of the last try, None if there was none that is known."""
    try:
        return LastTry(**json.loads(_file(archive).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def check_stamps(archive: Archive, log: LogReader) -> StampReport:
    """Check every stamp in the store against the log as it was at that size."""
    report, store = StampReport(), archive.vault.segments
    verifier = archive.stamping.verifier if archive.stamping else None
    for key in store.keys(TIMESTAMPS):
        size = number_of(key, TIMESTAMPS)
        if size is None or key != timestamp_key(size) or size > log.checkpoint.size:
            report.faults[key] = f"it is of no checkpoint of this log, which has {log.checkpoint.size} entries"
        elif verifier is None:
            report.not_checked += 1
        else:
            stood = Checkpoint(origin=log.checkpoint.origin, size=size, root=log.root_at(size), note=b"")
            try:
                checkpoint_stamped_at(store, stood, verifier)
            except Corrupt as error:
                report.faults[key] = str(error)
            else:
                report.hold += 1
    return report


def _moment(archive: Archive, last: LastTry) -> datetime:
    return datetime.fromtimestamp(last.at, archive.vault.now().tzinfo)


def _write(archive: Archive, found: LastTry) -> None:
    draft = _file(archive).with_suffix(".part")
    draft.write_text(json.dumps(asdict(found)))
    draft.replace(_file(archive))


def _file(archive: Archive) -> Path:
    return archive.data / "time-stamp.json"
