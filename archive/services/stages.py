"""Run the stages after the catalogue here and now, as an import does that waits until its mail can be found."""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from archive.models import Stage
from archive.services import sweep
from archive.services.governing import turn_of_all
from archive.services.index import index_batch
from archive.services.personal import scan_segment
from archive.services.text import TextExtractor, extract_segment
from archive.wiring import Archive
from muniment.errors import Corrupt
from muniment.ids import SegmentId

Progress = Callable[[str, int], None]  # name of the stage, how many messages or parts were just done


def index_all(archive: Archive, *, progress: Progress = lambda _stage, _done: None) -> int:
    """Index everything that waits; return how many messages. Another process that indexes is waited for."""
    done = 0
    with turn(archive.data, "indexing", wait=True):
        while (batch := index_batch(vault=archive.vault, engine=archive.engine)).left:
            done += batch.messages
            progress("index", batch.messages)
    return done


def extract_all(
    archive: Archive,
    segment_ids: Sequence[SegmentId],
    extractor: TextExtractor,
    *,
    progress: Progress = lambda _stage, _done: None,
) -> int:
    """Draw the attachment text of segments; return how many parts were tried. Corrupt segments are noted and passed."""
    done = 0
    for segment_id in segment_ids:
        try:
            tried = extract_segment(segment_id, vault=archive.vault, extractor=extractor)
        except Corrupt:
            continue
        done += tried
        progress("text", tried)
    return done


def scan_all(archive: Archive, *, progress: Progress = lambda _stage, _done: None) -> int:
    """Look for personal data in all that waits for it; return in how many messages. Corrupt segments are passed."""
    done = 0
    while segment_ids := sweep.undone(Stage.PERSONAL_DATA):
        before = done
        for segment_id in segment_ids:
            with suppress(Corrupt):
                scanned = scan_segment(segment_id, vault=archive.vault)
                done += scanned
                progress("personal", scanned)
        if done == before:
            break
    return done


def drain(
    archive: Archive,
    extractor: TextExtractor,
    *,
    progress: Progress = lambda _stage, _done: None,
    personal: bool = True,
) -> None:
    """Do all that waits: index, text of attachments, personal data, and the index again for what came.

    Messages without attachments are looked through before they are indexed, so that they are indexed once. Without
    `personal` that is left to the workers: it makes nothing searchable that anybody waits for.
    """
    if personal:
        scan_all(archive, progress=progress)
    index_all(archive, progress=progress)
    while segment_ids := sweep.undone(Stage.TEXT):
        if not extract_all(archive, segment_ids, extractor, progress=progress):
            break
    if personal:
        scan_all(archive, progress=progress)
    index_all(archive, progress=progress)


@contextmanager
def turn(data: Path, work: str, *, wait: bool) -> Iterator[bool]:
    """Hold the right to do `work` alone, across processes; without `wait`, yield False at once if another has it.

    Where PostgreSQL is shared by several machines, across these as well.
    """
    with (data / f"{work}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        with turn_of_all(work, wait=wait) as mine:
            yield mine
