"""Put a database in order that took the place of another while the archive runs: a replica that was promoted.

It may lack what was written last. Mail is in the store and catalogued again; destructions are in the ledger, holds in
the evidence log. What people decided besides is there as far as it was copied (docs/operations.md).
"""

import logging

from archive.services import continuity
from archive.services.replay import replay
from archive.services.stages import turn
from archive.wiring import Archive

log = logging.getLogger(__name__)


def settle(archive: Archive) -> bool:
    """Put the database in order where another took its place; return whether one did.

    Whoever calls it looks through the whole store afterwards for mail that the catalogue lacks. Raises as `replay`
    does: then it is not in order, and the next call tries again.
    """
    if continuity.settled():
        return False
    with turn(archive.data, "settling", wait=True):
        if continuity.settled():
            return False
        report = replay(archive)
        continuity.note()
    log.warning(
        "the database was replaced, and is in order",
        extra={
            "tombstones_restored": report.tombstones_restored,
            "rows_removed": report.rows_removed,
            "lost_holds": report.lost_holds,
        },
    )
    return True
