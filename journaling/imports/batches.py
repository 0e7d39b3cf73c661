"""Gather items into batches, each of which becomes one segment."""

from collections.abc import Iterable, Iterator
from typing import Final

from muniment.mail.mailboxes.model import Found, Item

BATCH_BYTES: Final = 8 * 1024 * 1024  # DESIGN.md section 4: a segment is flushed at 8 MiB
BATCH_ITEMS: Final = 1_000  # or at 1,000 messages


def batches(
    found: Iterable[Found], *, most_bytes: int = BATCH_BYTES, most_items: int = BATCH_ITEMS
) -> Iterator[list[Found]]:
    """Yield what was found in order, in lists of at most so many items and bytes of raw; a larger item stands alone."""
    batch: list[Found] = []
    size = 0
    for one in found:
        length = len(one.raw) if isinstance(one, Item) else 0
        if batch and (size + length > most_bytes or len(batch) >= most_items):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += length
        if size > most_bytes:  # nothing more is read before it is dealt with, and no other name keeps it alive
            del one
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
