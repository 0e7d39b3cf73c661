"""Whether capture takes mail at all: not while the disk is nearly full, nor while too much waits behind it.

A sender that is answered 451 or 452 keeps its message and comes again, so nothing is lost by it. A queue that is away
is no reason: 250 needs the store alone. Nor is a backlog that cannot be counted, because the database does not answer.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 5.0  # between two looks
REST: Final = (
    10  # and so many times as long as the last one took: a backlog that is long to count is counted less often
)
EASED: Final = 0.8  # mail is taken again at this part of a limit of what waits, so that it does not go to and fro
ROOM: Final = 1.25  # and at this multiple of the free space that is asked for


class Pressure(Enum):
    """What keeps mail out."""

    NONE = "none"
    BEHIND = "behind"  # workers: too much waits to be catalogued or indexed
    FULL = "full"  # the disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From where on mail is kept out; 0: never for that."""

    segments: int = 0  # sealed and not catalogued
    messages: int = 0  # catalogued and not searchable
    free_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found at one look; None where nobody could tell."""

    segments: int | None = None
    messages: int | None = None
    free_bytes: int | None = None


def judge(before: Pressure, found: Reading, bounds: Bounds) -> Pressure:
    """Return what keeps mail out now, given what kept it out `before`. The disk comes first."""
    asked = bounds.free_bytes * (ROOM if before is Pressure.FULL else 1)
    if bounds.free_bytes and found.free_bytes is not None and found.free_bytes < asked:
        return Pressure.FULL
    part = EASED if before is Pressure.BEHIND else 1
    for waiting, most in ((found.segments, bounds.segments), (found.messages, bounds.messages)):
        if most and waiting is not None and waiting > most * part:
            return Pressure.BEHIND
    return Pressure.NONE


class Gauge:
    """Looks every few seconds, in a thread of its own, and knows what it saw last."""

    def __init__(self, read: Callable[[], Reading], bounds: Bounds, *, every_seconds: float = LOOK_SECONDS) -> None:
        self._read = read
        self._bounds = bounds
        self._every_seconds = every_seconds
        self._ended = threading.Event()
        self.pressure = Pressure.NONE
        self._thread = threading.Thread(target=self._watch, name="pressure", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Look now."""
        try:
            found = self._read()
        except Exception:
            log.exception("pressure not measured")
            found = Reading()
        before, self.pressure = self.pressure, judge(self.pressure, found, self._bounds)
        if self.pressure is not before:
            log.warning(
                "pressure %s: %s segments not catalogued, %s messages not indexed, %s bytes free",
                self.pressure.value,
                *(found.segments, found.messages, found.free_bytes),
            )

    def close(self) -> None:
        """Stop looking; a look under way is not waited for."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.is_set():
            began = time.monotonic()
            self.look()
            self._ended.wait(max(self._every_seconds, REST * (time.monotonic() - began)))
