"""Whether what a node needs answers, each within its time, however often and by how many it is asked."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Final

from muniment.engines.port import SearchEngine
from muniment.seal.vault import Vault

log = logging.getLogger(__name__)

INDEX: Final = "index"
SECONDS: Final = 2.0  # a load balancer waits some seconds for the whole answer
Check = Callable[[], object]


class Readiness:
    """Asks things outside the process. One that hangs costs one thread, and all who ask about it get its answer."""

    def __init__(self, checks: Mapping[str, Check], *, seconds: float = SECONDS) -> None:
        """Each check returns, or raises, or hangs; `seconds` is how long one is waited for."""
        self._checks = checks
        self._seconds = seconds
        self._tries: dict[str, _Try] = {}
        self._lock = threading.Lock()

    def failing(self) -> tuple[str, ...]:
        """Return the names of the checks that do not answer now, or not in time; the log says why."""
        tries = [self._under_way(name) for name in self._checks]
        return tuple(one.name for one in tries if not one.answers(within_seconds=self._seconds))

    def _under_way(self, name: str) -> "_Try":
        with self._lock:
            one = self._tries.get(name)
            if one is None or not one.is_alive():
                one = self._tries[name] = _Try(name, self._checks[name])
                one.start()
            return one


class _Try(threading.Thread):
    """One question. Its thread keeps no process from ending."""

    def __init__(self, name: str, check: Check) -> None:
        super().__init__(name=name, daemon=True)
        self._check = check
        self._answered = False

    def run(self) -> None:
        try:
            self._check()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not ready
            log.warning("not-ready part=%s reason=%s", self.name, type(error).__name__)
            return
        self._answered = True

    def answers(self, *, within_seconds: float) -> bool:
        self.join(within_seconds)
        if self.is_alive():
            log.warning("not-ready part=%s reason=no-answer", self.name)
        return self._answered


def of_ports(vault: Vault, engine: SearchEngine) -> Readiness:
    """Return what asks the two stores and the index. Nothing is written, and little is read."""
    return Readiness(
        {
            "vault": lambda: next(vault.segments.keys("probe/"), None),
            "keys": lambda: next(vault.keyrings.keys("probe/"), None),
            INDEX: engine.count,
        }
    )
