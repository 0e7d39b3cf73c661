"""Touches a file while a worker's loop turns; `deploy/entry.py healthy` looks how old it is. Loaded in containers."""

import tempfile
from pathlib import Path
from typing import Final

from celery import signals

FILE: Final = Path(tempfile.gettempdir()) / "muniment-alive"


@signals.heartbeat_sent.connect
def note(**_more: object) -> None:
    """Note that the worker lives."""
    FILE.touch()
