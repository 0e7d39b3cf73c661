"""How often and how long a call to the store is tried again: exponential waits with full jitter, and an end."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Tries and waits of one call. Waits are drawn from 0 to their limit, so that writers do not come back together.

    Source of the scheme: "Exponential Backoff and Jitter", AWS Architecture Blog, 2015, "full jitter".
    """

    tries: int = 6
    seconds: float = 120.0  # in all; a mail client waits ten minutes for the answer to its message (RFC 5321, 4.5.3.2)
    first_wait: float = 0.2
    longest_wait: float = 5.0
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic

    def rounds(self) -> Iterator[float]:
        """Yield, for each try, the time of `clock` by which the whole call must end; wait in between."""
        until = self.clock() + self.seconds
        for number in range(self.tries):
            yield until
            if number + 1 == self.tries:
                return
            wait = self.chance() * min(self.longest_wait, self.first_wait * 2**number)
            if self.clock() + wait >= until:
                return
            self.sleep(wait)
