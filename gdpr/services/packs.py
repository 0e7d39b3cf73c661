"""Make the copy of an access: released by the officer, written by a job that can be killed, kept until it expires.

The job's folder and the finished file lie where exports lie (`archive.exporting`), so that an erasure finds them.
"""

import os
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Action, User
from archive.exporting import ready
from archive.exporting.folder import BeingMade, JobFolder
from archive.wiring import Archive
from gdpr.models import AccessPack, CarriedOut, Choice, Information, LocatedItem, PackState, Request, Right
from gdpr.packs.naming import pack_name
from gdpr.packs.reading import Reader, head_of, withheld_of
from gdpr.packs.writer import PackWriter
from gdpr.services import answering
from gdpr.services.acting import Act, acting, move, record
from gdpr.services.deciding import seal_of
from gdpr.states import NotAllowed, State
from gdpr.waits import noted
from muniment.bundle.archive_file import pieces_of
from muniment.errors import Corrupt, MunimentError, Refused

EXPIRES_DAYS: Final = 30  # how long the copy can be downloaded; then the file goes
LOST_AFTER: Final = timedelta(minutes=5)  # a queue that was lost is told from one that is slow
PART_ITEMS: Final = 100  # written between two notes of the journal
_CHUNK: Final = 500


class PackExpired(Refused):
    """The copy is not there any more."""


def release(*, actor: User, request_id: UUID, now: datetime | None = None) -> AccessPack:
    """Approve the frozen decisions of an access: the copy is made from them, and may then be handed over."""
    at = now or timezone.now()
    with acting(actor, request_id, State.APPROVAL, State.EXECUTION_FAILED) as request:
        if request.right != Right.ACCESS:
            raise NotAllowed(_("Only an access has a copy."))
        if request.seal != seal_of(request):
            raise NotAllowed(_("The list is not the one that was frozen: stop, and decide again."))
        told = Information.objects.filter(language=request.language).order_by("-version").first()
        if told is None:
            raise NotAllowed(_("Write the information of Article 15(1) first, in the language of the request."))
        request.released_by, request.released_at = actor, at
        came_from = move(request, State.EXECUTING, fields=("released_by", "released_at"))
        pack, _made = AccessPack.objects.update_or_create(
            request=request,
            defaults={"state": PackState.WAITING, "reason": "", "information_version": told.version},
        )
        record(actor, request, Act.BEGUN, at=at, came_from=came_from, action=Action.REQUEST_DECIDED)
    return pack


def stop(*, actor: User, request_id: UUID, reason: str, now: datetime | None = None) -> Request:
    """Open the decisions of an access again before it is released."""
    at = now or timezone.now()
    with acting(actor, request_id, State.APPROVAL, State.EXECUTION_FAILED) as request:
        request.seal, request.sealed_at = "", None
        came_from = move(request, State.REVIEW, fields=("seal", "sealed_at"))
        record(actor, request, Act.STOPPED, at=at, came_from=came_from, reason=reason)
    return request


def make(*, request_id: UUID, archive: Archive, now: datetime | None = None) -> AccessPack:
    """Write the copy, or go on with it; then the request is to be answered. Safe to repeat and to be killed.

    What fails leaves the request as not carried out whole, with the reason, and is raised.
    """
    request = Request.objects.get(id=request_id)
    if request.state != State.EXECUTING or request.right != Right.ACCESS:
        return request.pack
    try:
        size, digest, missing = _write(request, archive)
    except BeingMade:
        return request.pack
    except (MunimentError, OSError) as error:
        _fail(request_id, noted(error), now or timezone.now())
        raise
    return _finish(request_id, size=size, digest=digest, missing=missing, at=now or timezone.now())


def waiting(*, now: datetime) -> list[UUID]:
    """Return the requests whose copy was released a while ago and is not made: what the sweep queues."""
    rows = AccessPack.objects.filter(state=PackState.WAITING, request__state=State.EXECUTING)
    rows = rows.filter(request__released_at__lt=now - LOST_AFTER)
    return list(rows.values_list("request_id", flat=True))


def download(*, actor: User, request_id: UUID, archive: Archive, now: datetime | None = None) -> Path:
    """Return the file of a copy, once the officer downloads it. Raises `PackExpired`."""
    at = now or timezone.now()
    with acting(actor, request_id) as request:
        pack = AccessPack.objects.select_for_update().filter(request=request).first()
        if pack is None or pack.state in {PackState.WAITING, PackState.FAILED}:
            raise NotAllowed(_("The copy has not been made yet."))
        path = ready.place(archive.data, pack_name(request.id))
        if pack.state == PackState.EXPIRED or pack.expires_at is None or at >= pack.expires_at or not path.exists():
            raise PackExpired(_("The copy has expired, or something in it was erased since."))
        pack.downloads += 1
        pack.save(update_fields=["downloads"])
        details = {"bytes": pack.size_bytes, "sha256": pack.sha256}
        record(actor, request, Act.DOWNLOADED, at=at, action=Action.DOWNLOAD, details=details)
    return path


def expire(archive: Archive, *, now: datetime | None = None) -> int:
    """Remove copies whose time is over; return how many. What the sweep calls."""
    over = AccessPack.objects.filter(state=PackState.READY, expires_at__lte=now or timezone.now())
    count = 0
    for pack in over:
        ready.remove(archive.data, pack_name(pack.request_id))
        pack.state = PackState.EXPIRED
        pack.save(update_fields=["state"])
        count += 1
    return count


def _write(request: Request, archive: Archive) -> tuple[int, str, list[int]]:
    """Write the file and put it in its place; return its size, its SHA-256, and the items that could not be opened."""
    folder = JobFolder(archive.data, pack_name(request.id))
    destination = ready.place(archive.data, pack_name(request.id))
    with folder.turn(), translation.override(request.language):
        items = list(request.items.filter(carried_out="").exclude(choice=Choice.UNRELATED).order_by("sighting_id"))
        with folder.selection() as out:
            out.write("".join(f"{item.message_id}\n" for item in items if item.choice == Choice.RELEASE).encode())
        state = folder.state()
        reader = Reader(request, archive)
        with folder.streams(state) as streams:
            writer = PackWriter(streams, head_of(request), state)
            rest = iter(items[state.done :])
            while part := list(islice(rest, PART_ITEMS)):
                for item in part:
                    _add(writer, reader, item)
                folder.note(streams, state)
            size, written = writer.finish(), writer.written()
            streams.bundle.flush()
            os.fsync(streams.bundle.fileno())
            digest = sha256()
            for piece in pieces_of(streams.bundle):
                digest.update(piece)
        missing = [item.pk for item in items if item.choice == Choice.RELEASE and item.sighting_id not in written]
        ready.keep_ids(destination, folder.ids(0))
        (folder.path / "bundle").replace(destination)
        folder.clear()
    return size, digest.hexdigest(), missing


def _add(writer: PackWriter, reader: Reader, item: LocatedItem) -> None:
    if item.choice == Choice.WITHHOLD:
        writer.withhold(withheld_of(item))
        return
    try:
        writer.add(reader.copy(item))
    except Corrupt:
        writer.withhold(withheld_of(item))


def _finish(request_id: UUID, *, size: int, digest: str, missing: list[int], at: datetime) -> AccessPack:
    with acting(None, request_id, State.EXECUTING) as request:
        items = request.items.filter(carried_out="")
        items.filter(pk__in=missing).update(carried_out=CarriedOut.MISSING)
        items.filter(choice=Choice.RELEASE).update(carried_out=CarriedOut.RELEASED)
        items.filter(choice=Choice.WITHHOLD).update(carried_out=CarriedOut.WITHHELD)
        items.filter(choice=Choice.UNRELATED).update(carried_out=CarriedOut.UNRELATED)
        pack = request.pack
        pack.state, pack.made_at, pack.expires_at = PackState.READY, at, at + timedelta(days=EXPIRES_DAYS)
        pack.size_bytes, pack.sha256, pack.missing, pack.reason = size, digest, len(missing), ""
        pack.messages = request.items.filter(carried_out=CarriedOut.RELEASED).count()
        pack.save()
        came_from = move(request, State.REPLYING)
        answering.reply(request, actor=None, at=at)
        details = {"bytes": size, "sha256": digest, "missing": len(missing)}
        record(None, request, Act.DONE, at=at, came_from=came_from, details=details)
    return pack


def _fail(request_id: UUID, reason: str, at: datetime) -> None:
    with acting(None, request_id, State.EXECUTING) as request:
        AccessPack.objects.filter(request=request).update(state=PackState.FAILED, reason=reason[:_CHUNK])
        came_from = move(request, State.EXECUTION_FAILED)
        record(None, request, Act.FAILED, at=at, came_from=came_from, reason=reason)
