"""The messages of an export: found once, written down in order, and never searched for again."""

from hashlib import sha256
from typing import BinaryIO, Final
from uuid import UUID

from archive.exporting.orders import ORDER, Order
from muniment.bundle.model import Selection
from muniment.engines.port import SearchEngine, SearchRequest
from muniment.errors import Transient

PAGE: Final = 1_000  # the most that one search gives (engines.port.SearchRequest)
_TRIES: Final = 5
ID_LINE_BYTES: Final = 37  # a UUID and a line end


class ArchiveBusy(Transient):
    """Mail arrived during each try to list what was found."""


def select(order: Order, engine: SearchEngine, out: BinaryIO) -> Selection:
    """Write the ids of what an order finds to `out`, one on each line; raise `ArchiveBusy`.

    Pages of one list are read one after the other; where the number of hits changes meanwhile, it is begun again.
    """
    for _ in range(_TRIES):
        found = _read(order, engine, out)
        if found is not None:
            return found
    raise ArchiveBusy("mail was indexed while the messages were listed; run the same command again")


def _read(order: Order, engine: SearchEngine, out: BinaryIO) -> Selection | None:
    out.seek(0)
    out.truncate()
    total, taken, digest = None, 0, sha256()
    seen = set[UUID]()
    while total is None or taken < _wanted(order, total):
        limit = PAGE if total is None else min(PAGE, _wanted(order, total) - taken)
        limit = limit if order.limit is None else min(limit, order.limit)
        result = engine.search(
            SearchRequest(query=order.query, scope=order.scope, sort=ORDER, offset=taken, limit=limit)
        )
        ids = [hit.message_id for hit in result.hits]
        if result.total != (total if total is not None else result.total) or not seen.isdisjoint(ids):
            return None
        total = result.total
        if not ids and taken < _wanted(order, total):
            return None
        seen.update(ids)
        taken += len(ids)
        lines = "".join(f"{identifier}\n" for identifier in ids).encode()
        digest.update(lines)
        out.write(lines)
    return Selection(found=total, limit=order.limit, taken=taken, order=ORDER.value, sha256=digest.hexdigest())


def _wanted(order: Order, total: int) -> int:
    return total if order.limit is None else min(total, order.limit)
