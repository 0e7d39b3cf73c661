"""The files of Tantivy's segments, put together anew by hard links while nobody writes.

    meta.json               {"segments": [{"segment_id": "…", "max_doc": n, "deletes": null or
                            {"num_deleted_docs": n, "opstamp": n}}], "opstamp": n, "schema": …, "index_settings": …}
    .managed.json           names of the files that Tantivy may remove
    <segment>.<kind>        a segment's files, never changed in place
    <segment>.<opstamp>.del which of its documents are deleted

A segment is whole in any folder that has its files and a meta.json that lists it.
"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

META: Final = "meta.json"
_MANAGED: Final = ".managed.json"
_NAME_CHARS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment: where its files are, and what meta.json says of it."""

    folder: Path
    name: str
    documents: int  # deleted ones too
    deleted: int
    delete_stamp: int | None
    opstamp: int  # of its folder: no smaller than its delete_stamp

    @property
    def live(self) -> int:
        """How many documents a search can find."""
        return self.documents - self.deleted

    def files(self) -> list[Path]:
        """Return its files, the present list of deleted documents among them."""
        stale = {f".{self.delete_stamp}.del"}
        found = sorted(self.folder.glob(f"{self.name}.*"))
        return [path for path in found if path.suffix != ".del" or path.name[_NAME_CHARS:] in stale]


def segments_of(folder: Path) -> list[Segment]:
    """Return the segments that make up the index in a folder."""
    meta = _meta(folder)
    return [_segment(folder, record, int(meta["opstamp"])) for record in meta["segments"]]


def strays_of(folder: Path) -> list[Path]:
    """Return the files that belong to no segment: what a killed writer left."""
    known = {path for segment in segments_of(folder) for path in segment.files()}
    return [
        path
        for path in sorted(folder.iterdir())
        if path not in known and path.name != META and not path.name.startswith(".")
    ]


def lay(folder: Path, segments: Sequence[Segment], *, like: Path) -> None:
    """Make an index of these segments in a new folder, durably; its schema and settings are those of `like`."""
    folder.mkdir()
    records, managed = [], [META]
    for segment in segments:
        for path in segment.files():
            managed.append(path.name)
            _link(path, folder / path.name)
        records.append(_record(segment))
    opstamp = max((segment.opstamp for segment in segments), default=int(_meta(like)["opstamp"]))
    _write(folder / _MANAGED, managed)
    _write(folder / META, {**_meta(like), "segments": records, "opstamp": opstamp})
    sync(folder)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _meta(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / META).read_bytes())
    return found


def _segment(folder: Path, record: dict[str, Any], opstamp: int) -> Segment:
    deletes = record["deletes"] or {"num_deleted_docs": 0, "opstamp": None}
    return Segment(
        folder=folder,
        name=UUID(record["segment_id"]).hex,
        documents=int(record["max_doc"]),
        deleted=int(deletes["num_deleted_docs"]),
        delete_stamp=deletes["opstamp"],
        opstamp=opstamp,
    )


def _record(segment: Segment) -> dict[str, Any]:
    deletes = {"num_deleted_docs": segment.deleted, "opstamp": segment.delete_stamp}
    return {
        "segment_id": str(UUID(segment.name)),
        "max_doc": segment.documents,
        "deletes": None if segment.delete_stamp is None else deletes,
    }


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
        with target.open("rb") as copied:
            os.fsync(copied.fileno())


def _write(path: Path, content: object) -> None:
    with path.open("w") as out:
        json.dump(content, out)
        out.flush()
        os.fsync(out.fileno())
