"""Make an erased message leave the threads, the index and its files; `database_files` does so with the database's.

Deleting a row or a document makes it unfindable; the bytes stay in the files. Each function here ends when they are
gone, and may be called again after a crash. docs/erasure.md says where else a message could linger.
"""

import logging
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db.models import F

from archive.models import Message, Searchable, Sighting, StaleDocument, ThreadKey
from archive.services import exports, threads
from archive.services.database_files import DatabaseBusy
from archive.services.governing import governing
from archive.services.stages import turn
from archive.wiring import Archive
from muniment.engines.port import IndexUnavailable, RemoteIndex, SearchEngine
from muniment.errors import Corrupt
from muniment.ids import SegmentId, SightingId
from muniment.mail.parse import parse
from muniment.mail.threads import thread_keys
from muniment.seal import ledger
from muniment.seal.vault import Vault
from muniment.stores.port import ObjectMissing

_CHUNK: Final = 500
_TRIES: Final = 5  # to find the same messages in a thread before and after they were read

log = logging.getLogger(__name__)


def purge_index(archive: Archive, ids: Collection[UUID]) -> None:
    """Take the documents of messages out of answers and files; raise `IndexUnavailable` where something is left.

    `ids` are those of the messages and of all their sightings: a message had the id of each sighting that was for a
    time its first, and the files may hold what was put under it. What the catalogue still has is indexed again.
    Nothing is indexed meanwhile. Remove the rows or the keys before: what opens and has rows may come back. An index
    that cannot be read, damaged or of another version, is emptied, and all messages wait for it.
    """
    wanted, ledger_state = sorted(ids), _ledger_state(archive)
    with turn(archive.data, "indexing", wait=True):
        _expunge(archive.engine, wanted)
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            StaleDocument.objects.filter(document_id__in=chunk).delete()
            Message.objects.filter(id__in=chunk).update(revision=F("revision") + 1, searchable=Searchable.WAITING)
    if isinstance(archive.engine, RemoteIndex):
        archive.engine.set_mark(ledger_state)
    if _mark(archive).parent.exists():
        _write_mark(_mark(archive), ledger_state)


def purge_put_back(archive: Archive, ids: Collection[UUID]) -> bool:
    """Purge index and exports of all that was ever erased, if they come from a backup; return whether it was done.

    `ids` are those of all messages and sightings that the ledger names. Every purge marks the folder of the index with
    the state of the ledger, so one from before has an older mark, or none. Raises as `purge_index` and `exports.purge`.
    """
    if isinstance(archive.engine, RemoteIndex):
        return _purge_remote(archive, archive.engine, ids)
    mark = _mark(archive)
    if not mark.parent.exists() or (mark.exists() and mark.read_text() == _ledger_state(archive)):
        return False
    exports.purge(archive.data, ids)
    purge_index(archive, ids)
    return True


def purge_threads(thread_ids: Collection[UUID]) -> None:
    """Remove the keys of threads in which no message is left."""
    alive = set(Message.objects.filter(thread_id__in=thread_ids).values_list("thread_id", flat=True))
    ThreadKey.objects.filter(thread_id__in=set(thread_ids) - alive).delete()


def leave_threads(message_ids: Collection[UUID], *, vault: Vault) -> None:
    """Make the threads of these messages again from their other messages, as a rebuild without these would.

    So no key is left that only these messages had: it is the digest of a Message-ID. Call it before their rows go.
    The others are opened; one that does not open gives its own Message-ID alone.
    """
    left = list(Message.objects.filter(id__in=message_ids).values_list("thread_id", flat=True).distinct())
    for thread_id in left:
        for attempt in range(_TRIES):
            keys_of = _keys_of(_others(thread_id, message_ids), vault)
            if _made_again(thread_id, message_ids, keys_of):
                break
            if attempt == _TRIES - 1:
                raise DatabaseBusy(f"messages keep arriving in thread {thread_id}: try again")


def _expunge(engine: SearchEngine, ids: Sequence[UUID]) -> None:
    try:
        engine.expunge(ids)
    except IndexUnavailable:
        if isinstance(engine, RemoteIndex) or _is_readable(engine):  # a server that is away is not a damaged index
            raise
        engine.clear()
        Message.objects.update(indexed_revision=0, searchable=Searchable.WAITING, not_searchable_reason="")


def _purge_remote(archive: Archive, engine: RemoteIndex, ids: Collection[UUID]) -> bool:
    """Do as `purge_put_back`; an index in a server and the exports of this machine are put back apart: each is marked.

    A server that does not answer keeps nobody from starting: it is told, and the next start compares again.
    """
    state, mark = _ledger_state(archive), _mark(archive)
    exports_old = not mark.exists() or mark.read_text() != state
    if exports_old:
        exports.purge(archive.data, ids)
        mark.parent.mkdir(parents=True, exist_ok=True)
        _write_mark(mark, state)
    try:
        index_old = engine.mark() != state
        if index_old:
            purge_index(archive, ids)
    except IndexUnavailable as error:
        log.warning("the index was not compared with the erasure ledger: %s", error)
        return exports_old
    return exports_old or index_old


def _write_mark(mark: Path, text: str) -> None:
    draft = mark.with_suffix(".new")
    draft.write_text(text)
    draft.replace(mark)


def _mark(archive: Archive) -> Path:
    return archive.data / "index" / "erased"


def _ledger_state(archive: Archive) -> str:
    state = sha256()
    for key in archive.vault.segments.keys(ledger.PREFIX):
        state.update(key.encode())
    return state.hexdigest()


def _is_readable(engine: SearchEngine) -> bool:
    try:
        engine.count()
    except IndexUnavailable:
        return False
    return True


def _others(thread_id: UUID, message_ids: Collection[UUID]) -> set[UUID]:
    found = Message.objects.filter(thread_id=thread_id).values_list("id", flat=True)
    return set(found) - set(message_ids)


def _keys_of(message_ids: Collection[UUID], vault: Vault) -> dict[UUID, tuple[str, ...]]:
    keys_of: dict[UUID, tuple[str, ...]] = {}
    wanted = sorted(message_ids)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        own = Message.objects.filter(id__in=chunk).values_list("id", "rfc_message_id")
        keys_of.update((message_id, (key,) if key else ()) for message_id, key in own)
        sightings = Sighting.objects.filter(id__in=chunk).values_list("segment_id", "id")  # the first gives the id
        for segment_id, sighting_id in sightings:
            try:
                opened = vault.open(SegmentId(segment_id))
                raw = opened.open(opened.entry_of(SightingId(sighting_id))).raw
            except (Corrupt, ObjectMissing):
                continue
            keys_of[sighting_id] = thread_keys(parse(raw))
    return keys_of


def _made_again(thread_id: UUID, message_ids: Collection[UUID], keys_of: dict[UUID, tuple[str, ...]]) -> bool:
    """Write the threads of the others; return False, with nothing written, where the others are not those any more."""
    with governing():  # nothing is catalogued meanwhile
        if _others(thread_id, message_ids) != keys_of.keys():
            return False
        ThreadKey.objects.filter(thread_id=thread_id).delete()
        for message_id, thread in threads.assign(keys_of).items():
            moved = Message.objects.filter(id=message_id).exclude(thread_id=thread)
            moved.update(thread_id=thread, revision=F("revision") + 1)
    return True
