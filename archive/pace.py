"""How often work is begun that costs as much for one message as for a hundred."""

import time
from collections.abc import Callable


class Pace:
    """Tells whether the last turn ended a moment ago. One for a process."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._free_at = clock()

    def is_early(self) -> bool:
        """Return whether fewer seconds have passed since the last turn ended."""
        return self._clock() < self._free_at

    def end(self) -> None:
        """Note that a turn has ended."""
        self._free_at = self._clock() + self._seconds
