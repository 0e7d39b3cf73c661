"""What the evidence log costs with its database: seconds to log, to check, and to learn all again after a rebuild.

    MUNIMENT_DATA=… python -m benchmarks.evidence [SEGMENTS] [NOTES]

Works on an empty archive. Makes rows of segments (without mail) and notes of holds, logs them, checks the log with all
that it is compared with, logs one more, then forgets what the segments' rows know, as a rebuild does, and logs again.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from hashlib import sha256

import django

django.setup()

from archive.models import LogNote, Segment, SegmentStage, Stage, StageState  # noqa: E402
from archive.services import notes  # noqa: E402
from archive.services.audit_heads import note_head  # noqa: E402
from archive.services.evidence import check_log  # noqa: E402
from archive.services.setup import prepare  # noqa: E402
from archive.wiring import archive  # noqa: E402
from muniment.errors import Refused  # noqa: E402
from muniment.ids import UuidSequence  # noqa: E402
from muniment.log.entries import HoldPlaced  # noqa: E402

_CHUNK = 10_000
_IDS = UuidSequence()


def main(segments: int, wanted: int) -> None:
    prepare()
    ports = archive()
    if Segment.objects.exists() or LogNote.objects.exists():
        raise Refused("this archive is not empty: name an empty folder in MUNIMENT_DATA")
    _make_segments(segments)
    _make_notes(wanted)
    found: dict[str, object] = {"segments": segments, "notes": wanted}
    found["log_all_s"] = _timed(lambda: notes.log_pending(ports))
    found["nothing_to_log_ms"] = _timed(lambda: notes.log_pending(ports)) * 1000
    _make_notes(1)
    note_head(now=ports.vault.now(), at_once=True)
    found["log_one_ms"] = _timed(lambda: notes.log_pending(ports)) * 1000
    found["check_s"] = _timed(lambda: found.update(faults=len(check_log(ports).damaged)))
    Segment.objects.update(log_index=None)
    found["learn_again_s"] = _timed(lambda: found.update(logged_twice=notes.log_pending(ports)))
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    json.dump(found, sys.stdout, indent=2)


def _make_segments(count: int) -> None:
    now = archive().vault.now()
    for start in range(0, count, _CHUNK):
        rows = [
            Segment(
                id=_IDS.next(),
                retention_class="default",
                created_at=now,
                merkle_root=sha256(b"%d" % number).digest(),
                frame_count=1,
                size_bytes=1,
            )
            for number in range(start, min(start + _CHUNK, count))
        ]
        Segment.objects.bulk_create(rows)
        SegmentStage.objects.bulk_create(
            SegmentStage(segment=row, stage=Stage.CATALOGUE, state=StageState.DONE) for row in rows
        )


def _make_notes(count: int) -> None:
    now = archive().vault.now()
    for number in range(count):
        hold_id = _IDS.next()
        notes.write(
            lambda commitment, hold_id=hold_id: HoldPlaced(hold_id=hold_id, commitment=commitment),
            subject=f"hold:{hold_id}",
            document=f"terms {number}",
            at=now,
        )


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return round(time.perf_counter() - begun, 4)


if __name__ == "__main__":
    main(*(int(argument) for argument in (*sys.argv[1:], "100000", "1000")[:2]))
