"""Make exports: resumable jobs that end in the same bytes however often they were killed.

A job fixes its messages, its time and the checkpoint of the log when it is made. Then it writes the bundle in parts,
and notes each part when it is on the disk.
"""

import os
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from accounts.actors import Operator
from accounts.models import Action, TextKind, User
from accounts.queries import audit as trail
from accounts.services import audit
from archive.exporting import ready
from archive.exporting.captures import Captures
from archive.exporting.folder import JobFolder, Result
from archive.exporting.orders import Order, Ports, request_of
from archive.exporting.selecting import select
from archive.queries.coverage import coverage_within
from archive.wiring import Archive
from muniment.bundle.archive_file import pieces_of
from muniment.bundle.layout import MAX_MESSAGES
from muniment.bundle.model import Counts, Request
from muniment.bundle.writer import BundleWriter
from muniment.errors import Refused

PART_MESSAGES: Final = 200
PART_BYTES: Final = 64 * 1024 * 1024  # a part is noted at the latest when it has so many

Progress = Callable[[int, int], None]  # messages done, messages in all


class FileExists(Refused):
    """Something stands where the export should go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An export that is where it was asked for."""

    path: Path
    taken: int
    found: int
    sha256: str  # of the ZIP
    digest: str  # of its SHA256SUMS: to hand over apart from it
    size_bytes: int
    counts: Counts | None  # None when it was made before


def export(
    actor: User | Operator,
    order: Order,
    archive: Archive,
    *,
    ports: Ports,
    new: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> Made:
    """Make the bundle of an order, or go on with it; return when it stands at its destination.

    The same order again gives the same bytes, until `new` has it searched for again. Raises `FileExists`,
    `BeingMade`, `ArchiveBusy`, `IndexUnavailable`, `StoreUnavailable`.
    """
    if ports.sight is None and not order.scope.blind:
        raise ValueError("who may not see blind recipients needs a sight that hides them")
    folder = JobFolder(archive.data, order.key)
    with folder.turn():
        _refuse_to_replace(order.destination, None if new else folder)
        if new:
            folder.clear()
            (folder.path / "job.json").unlink(missing_ok=True)
        if not folder.exists():
            _begin(actor, order, archive, folder, ports)
        request, result = folder.load()
        if result is not None and order.destination.exists():
            folder.clear()
            return _made(order, request, result, counts=None)
        counts = None
        if result is None or not _stands(folder.path / "bundle", result):
            result, counts = _write(order, archive, folder, request, ports=ports, progress=progress)
            _record_end(actor, order, folder, result, counts)
            folder.save(request, result=result)
        if ready.is_here(archive.data, order.destination):
            ready.keep_ids(order.destination, folder.ids(0))
        _deliver(folder.path / "bundle", order.destination)
        folder.clear()
        return _made(order, request, result, counts=counts)


def purge(data: Path, message_ids: Collection[UUID]) -> int:
    """Remove the mail of exports that take one of these messages, unfinished or ready; return how many exports.

    `message_ids` may name sightings as well, and should: a message's id can have changed since. Unfinished exports
    begin again from their selection, in which what is erased by then is an exception. Raises `BeingMade`, before
    anything that is ready is looked at: what is being made now may be ready by the time of the next attempt.
    """
    purged = 0
    wanted = set(message_ids)
    for path in sorted((data / "exports").glob("*/selection")):
        folder = JobFolder(data, path.parent.name)
        with folder.turn():
            if not folder.exists() or not wanted.isdisjoint(folder.ids(0)):
                folder.clear()
                purged += 1
    return purged + ready.purge(data, wanted)


def _begin(actor: User | Operator, order: Order, archive: Archive, folder: JobFolder, ports: Ports) -> None:
    folder.clear()
    with folder.selection() as out:
        selection = select(order, archive.engine, out)
    if selection.taken > MAX_MESSAGES:
        raise Refused(f"{selection.taken} messages were found; a bundle takes {MAX_MESSAGES}: export them in parts")
    request = request_of(order, selection, coverage_within(order.scope, exact=True), ports, archive.vault.now())
    audit.record(
        actor=actor,
        action=Action.EXPORT,
        matter_id=order.matter_id,
        purpose=order.purpose,
        scope=order.scope,
        objects=[f"export:{folder.key}"],
        details={"found": selection.found, "taken": selection.taken, "finished": False},
        texts={TextKind.QUERY: order.typed},
    )
    folder.save(request)


def _write(
    order: Order, archive: Archive, folder: JobFolder, request: Request, *, ports: Ports, progress: Progress
) -> tuple[Result, Counts]:
    """Write the bundle from where the journal says that it is."""
    state = folder.state()
    captures = Captures(vault=archive.vault, scope=order.scope, ports=ports, checkpoint=request.checkpoint)
    with folder.streams(state) as streams:
        writer = BundleWriter(streams, request, state)
        noted = state.place.offset
        ids = folder.ids(state.done)
        while part := list(islice(ids, PART_MESSAGES)):
            for described, opened in captures.read(part, first=state.done + 1):
                writer.add(described, opened)
                progress(state.done, request.selection.taken)
                if state.place.offset - noted >= PART_BYTES:
                    folder.note(streams, state)
                    noted = state.place.offset
            folder.note(streams, state)
            noted = state.place.offset
        finished = writer.finish()
        streams.bundle.flush()
        os.fsync(streams.bundle.fileno())
        digest = sha256()
        for piece in pieces_of(streams.bundle):
            digest.update(piece)
    result = Result(size_bytes=finished.size_bytes, sha256=digest.hexdigest(), digest=finished.digest)
    return result, finished.counts


def _record_end(actor: User | Operator, order: Order, folder: JobFolder, result: Result, counts: Counts) -> None:
    """Record that the bundle was made, once: whoever was killed before the result was saved may have done so."""
    before = folder.ending(number=trail.head()[0])
    named = [f"export:{order.key}"]
    for entry in trail.since(before, Action.EXPORT):
        if entry.objects_named == named and entry.details.get("digest") == result.digest:
            return
    audit.record(
        actor=actor,
        action=Action.EXPORT,
        matter_id=order.matter_id,
        scope=order.scope,
        objects=named,
        details={
            "finished": True,
            "messages": counts.messages,
            "bytes": result.size_bytes,
            "exceptions": sum(counts.exceptions.values()),
            "digest": result.digest,
        },
    )


def _refuse_to_replace(destination: Path, folder: JobFolder | None) -> None:
    """Raise `FileExists` unless nothing stands there, or what this job made."""
    if not destination.parent.is_dir():
        raise Refused(f"{destination.parent} is no folder: name a file in one that is there")
    if not destination.exists():
        return
    result = folder.load()[1] if folder is not None and folder.exists() else None
    if result is None or not _stands(destination, result):
        raise FileExists(
            f"{destination} is there already, and is not this export as it is asked for: name another file, "
            "or move it away"
        )


def _stands(path: Path, result: Result) -> bool:
    """Return whether a file is the bundle that was made."""
    if not path.is_file() or path.stat().st_size != result.size_bytes:
        return False
    with path.open("rb") as stream:
        digest = sha256()
        for piece in pieces_of(stream):
            digest.update(piece)
    return digest.hexdigest() == result.sha256


def _deliver(bundle: Path, destination: Path) -> None:
    """Put the bundle where it was asked for, whole or not at all."""
    if bundle.stat().st_dev == destination.parent.stat().st_dev:
        bundle.replace(destination)
    else:
        draft = destination.with_name(f"{destination.name}.part")
        private = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with bundle.open("rb") as source, os.fdopen(private, "wb") as out:
            shutil.copyfileobj(source, out, 1024 * 1024)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(destination)
    parent = os.open(destination.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def _made(order: Order, request: Request, result: Result, *, counts: Counts | None) -> Made:
    return Made(
        path=order.destination,
        taken=request.selection.taken,
        found=request.selection.found,
        sha256=result.sha256,
        digest=result.digest,
        size_bytes=result.size_bytes,
        counts=counts,
    )
