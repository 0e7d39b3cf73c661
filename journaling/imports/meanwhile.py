"""Make mail searchable in a process of its own while an import goes on: parsing and indexing use a second core.

    import_mail ──start──► python -m journaling.imports.meanwhile: index, draw text, again …
                ──close of its standard input, or death──► it ends after the batch under way

It is a help only: what it leaves, the import does at its end, and workers do when nobody waits.
"""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_PAUSE_SECONDS: Final = 0.1  # between looks when nothing waits
_STOP_SECONDS: Final = 60  # one batch takes a few seconds; an attachment's text at most its time limit


class Meanwhile:
    """The other process, from the parent's side."""

    def __init__(self, *, root: Path, data: Path) -> None:
        self._root = root
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, once."""
        if self._process is None:
            path = os.pathsep.join(filter(None, [str(self._root), os.environ.get("PYTHONPATH", "")]))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "journaling.imports.meanwhile"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path, "MUNIMENT_DATA": str(self._data)},
            )

    def stop(self) -> None:
        """Ask it to end and wait for that."""
        if self._process is None:
            return
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class _Ended(Exception):
    """The parent wants no more."""


def _parent_is_done(wait_seconds: float = 0) -> bool:
    return bool(select.select([sys.stdin], [], [], wait_seconds)[0])  # nothing is ever written: readable means closed


def _advance(_stage: str, _done: int) -> None:
    if _parent_is_done():
        raise _Ended


def _main() -> None:
    import django  # noqa: PLC0415 - only the process that runs this needs it

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the parent decides
    django.setup()
    from archive.services.stages import drain  # noqa: PLC0415 - after the setup
    from archive.wiring import archive, extractor  # noqa: PLC0415

    with suppress(_Ended):
        while not _parent_is_done(_PAUSE_SECONDS):
            drain(archive(), extractor(), progress=_advance, personal=False)


if __name__ == "__main__":
    _main()
