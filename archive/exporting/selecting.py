"""The messages of an export: found once, written down in order, and never searched for again."""

from hashlib import sha256
from typing import BinaryIO, Final
from uuid import UUID

from django.db.models import Q

from archive.exporting.orders import ORDER, Order
from archive.models import Sighting
from archive.queries.messages import within
from muniment.bundle.model import Selection
from muniment.engines.port import SearchEngine, SearchRequest
from muniment.errors import Transient

PAGE: Final = 1_000  # the most that one search gives (engines.port.SearchRequest)
_TRIES: Final = 5
_CHUNK: Final = 500
ID_LINE_BYTES: Final = 37  # a UUID and a line end


class ArchiveBusy(Transient):
    """Mail arrived during each try to list what was found."""


def select(order: Order, engine: SearchEngine, out: BinaryIO) -> Selection:
    """Write the ids of what an order finds to `out`, one on each line; raise `ArchiveBusy`.

    Messages that were chosen are taken from the catalogue, the oldest first as all others. Pages of one list are read
    one after the other; where the number of hits changes meanwhile, it is begun again.
    """
    if order.chosen:
        return _write_chosen(order, out)
    for _ in range(_TRIES):
        found = _read(order, engine, out)
        if found is not None:
            return found
    raise ArchiveBusy("mail was indexed while the messages were listed; run the same command again")


def _write_chosen(order: Order, out: BinaryIO) -> Selection:
    found: dict[UUID, tuple[bool, float, UUID]] = {}
    for start in range(0, len(order.chosen), _CHUNK):
        part = order.chosen[start : start + _CHUNK]
        owners = Sighting.objects.filter(id__in=part).values("message_id")  # a message's id may have changed since
        rows = within(order.scope).filter(Q(id__in=part) | Q(id__in=owners)).values_list("id", "date")
        found |= {key: (date is None, date.timestamp() if date else 0.0, key) for key, date in rows}
    ids = sorted(found, key=found.__getitem__)
    lines = "".join(f"{identifier}\n" for identifier in ids).encode()
    out.write(lines)
    digest = sha256(lines).hexdigest()
    return Selection(found=len(ids), limit=None, taken=len(ids), order=ORDER.value, sha256=digest)


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
