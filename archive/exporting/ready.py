"""Finished exports that wait to be fetched: a file each, and beside it the ids that it takes in.

    exports-ready/<name>.zip       the bundle
                  <name>.ids       ids of its messages and of all their sightings, 16 bytes each
                  <name>.erased    in place of both: it held something that was erased

Ids of messages may change, those of sightings never do (docs/decisions/0001-message-id.md), so both are kept. The ids
are durable before the bundle stands here: whoever erases finds every bundle that has a message, without asking who
made it.
"""

import os
from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from archive.models import Sighting

FOLDER: Final = "exports-ready"
OF_REQUEST: Final = "request-"  # names of copies for data subjects, which `gdpr` removes itself begin so
_PRIVATE: Final = 0o700
_ID_BYTES: Final = 16
_CHUNK: Final = 500


def place(data: Path, name: str) -> Path:
    """Return where the bundle `name` stands when it is ready; the folder is there and private."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    return folder / f"{name}.zip"


def is_here(data: Path, destination: Path) -> bool:
    """Return whether an export goes to this folder."""
    return destination.parent == data / FOLDER


def keep_ids(destination: Path, message_ids: Iterable[UUID]) -> None:
    """Write down what a bundle takes in, before it stands at `destination`."""
    draft = destination.with_suffix(".draft")
    ids = iter(message_ids)
    with draft.open("wb") as out:
        while chunk := list(islice(ids, _CHUNK)):
            sightings = Sighting.objects.filter(message_id__in=chunk).values_list("id", flat=True)
            out.write(b"".join(one.bytes for one in sorted({*chunk, *sightings})))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(destination.with_suffix(".ids"))
    _sync(destination.parent)


def purge(data: Path, ids: Collection[UUID]) -> int:
    """Remove every bundle that takes in one of these messages or sightings; return how many."""
    wanted = {one.bytes for one in ids}
    purged = 0
    for path in sorted((data / FOLDER).glob("*.ids")):
        if not wanted.isdisjoint(_read(path)):
            path.with_suffix(".erased").touch()
            _remove(path)
            purged += 1
    if purged:
        _sync(data / FOLDER)
    return purged


def was_purged(data: Path, name: str) -> bool:
    """Return whether the bundle was removed because something in it was erased."""
    return place(data, name).with_suffix(".erased").exists()


def remove(data: Path, name: str) -> None:
    """Remove a bundle and all that is known of it here."""
    path = place(data, name)
    _remove(path)
    path.with_suffix(".erased").unlink(missing_ok=True)


def names(data: Path) -> list[str]:
    """Return the names of all that is here, bundles or traces of them."""
    return sorted({path.stem for path in (data / FOLDER).glob("*.*")})


def _read(path: Path) -> set[bytes]:
    content = path.read_bytes()
    return {content[start : start + _ID_BYTES] for start in range(0, len(content), _ID_BYTES)}


def _remove(path: Path) -> None:
    """Remove the bundle before the ids: what is cut short is found again."""
    for suffix in (".zip", ".zip.part", ".draft", ".ids"):
        path.with_suffix(suffix).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
