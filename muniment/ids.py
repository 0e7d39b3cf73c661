"""Ids: UUIDv7 (RFC 9562 section 5.7), made from an explicit clock and explicit random bytes.

    0                   48  52      64 66                       128
    | unix_ts_ms        |ver| rand_a |var| rand_b               |

`UuidSequence` is monotonic within a process: ids made by one sequence sort in the order of making,
even within a millisecond or when the clock steps back (RFC 9562 section 6.2, method 1).
"""

import os
import threading
import time
from collections.abc import Callable
from typing import NewType
from uuid import UUID

SightingId = NewType("SightingId", UUID)
SegmentId = NewType("SegmentId", UUID)
MessageId = NewType("MessageId", UUID)

_COUNTER_BITS = 12  # rand_a holds the counter
_COUNTER_MAX = (1 << _COUNTER_BITS) - 1


def uuid7(*, unix_ms: int, rand_a: int, rand_b: int) -> UUID:
    """Build a UUIDv7 from a time in milliseconds since 1970 (48 bits) and 12 + 62 random bits."""
    value = (unix_ms & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= (rand_a & _COUNTER_MAX) << 64
    value |= 0b10 << 62
    value |= rand_b & ((1 << 62) - 1)
    return UUID(int=value)


def unix_ms_of(identifier: UUID) -> int:
    """Return the time in milliseconds since 1970 that a UUIDv7 carries."""
    return identifier.int >> 80


class UuidSequence:
    """A thread-safe source of UUIDv7 that strictly increase."""

    def __init__(
        self,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._now_ms = now_ms
        self._random_bytes = random_bytes
        self._lock = threading.Lock()
        self._last_ms = 0
        self._counter = 0

    def next(self) -> UUID:
        """Return a UUIDv7 greater than every one this sequence made before."""
        with self._lock:
            now_ms = self._now_ms()
            if now_ms > self._last_ms:
                self._last_ms = now_ms
                self._counter = int.from_bytes(self._random_bytes(2)) & (_COUNTER_MAX >> 1)
            else:
                self._counter += 1
                if self._counter > _COUNTER_MAX:
                    self._last_ms += 1
                    self._counter = 0
            rand_b = int.from_bytes(self._random_bytes(8))
            return uuid7(unix_ms=self._last_ms, rand_a=self._counter, rand_b=rand_b)
