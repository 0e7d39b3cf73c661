"""Locks that were extended and legal holds, one small JSON file for each object that has any."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from muniment.seal.header import microseconds_of, moment_of
from muniment.stores.filesystem.files import make_directories, sync_directory, write_durably
from muniment.stores.port import ObjectCorrupt


@dataclass(frozen=True, slots=True, kw_only=True)
class LockState:
    """What holds an object beyond the lock that it was written with."""

    until: datetime | None = None
    legal_hold: bool = False


def read(path: Path) -> LockState:
    """Return the state kept at `path`; the empty one if there is none. Raises `ObjectCorrupt`."""
    try:
        found = json.loads(path.read_bytes())
        until = found["until"]
        return LockState(until=None if until is None else moment_of(until), legal_hold=bool(found["legal_hold"]))
    except FileNotFoundError:
        return LockState()
    except (ValueError, KeyError, TypeError) as error:
        raise ObjectCorrupt(f"{path.name}: the lock file is malformed: treat the object as locked") from error


def write(path: Path, state: LockState, *, root: Path, scratch: Path) -> None:
    """Keep a state durably in place of the one before."""
    until = None if state.until is None else microseconds_of(state.until)
    fresh = scratch / uuid4().hex
    write_durably(fresh, [json.dumps({"until": until, "legal_hold": state.legal_hold}).encode()])
    make_directories(path.parent, below=root)
    fresh.replace(path)
    sync_directory(path.parent)
