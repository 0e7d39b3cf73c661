"""Make an erased message leave the index, the database's files and the threads."""

from collections.abc import Collection
from uuid import UUID

from archive.models import Message, StaleDocument, ThreadKey
from archive.services.stages import turn
from archive.wiring import Archive


def purge_index(archive: Archive, message_ids: Collection[UUID]) -> None:
    """Remove the documents of these messages."""
    with turn(archive.data, "indexing", wait=True):
        archive.engine.delete(sorted(message_ids))
    StaleDocument.objects.filter(document_id__in=message_ids).delete()


def purge_threads(thread_ids: Collection[UUID]) -> None:
    """Remove the keys of threads in which no message is left."""
    alive = set(Message.objects.filter(thread_id__in=thread_ids).values_list("thread_id", flat=True))
    ThreadKey.objects.filter(thread_id__in=set(thread_ids) - alive).delete()


def purge_database() -> None:
    """Make deleted rows leave the files of the database."""
