"""The hunt: look for needles in everything that lies in a data folder, after an erasure.

    hunt(folder, needles) → what names one: file, how the bytes were read there, offset

Each file is read as it is, without its line ends, and with what is packed in it unpacked. A SQLite database is read
value by value too, and a Tantivy index word by word: its word lists and its values do not stand in the clear.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from muniment.engines.tantivy.segments import segments_of, strays_of
from tests.flow.erasure.needles import Needle
from tests.flow.erasure.unpacking import unpacked

_DEEPEST = 3  # a ZIP in a message in a ZIP
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A place that names a needle, or that nobody could read (`needle` is then "unread")."""

    path: str
    read_as: str
    offset: int
    needle: str
    form: str


def hunt(folder: Path, needles: Sequence[Needle]) -> list[Find]:
    """Return every place below a folder that names one of the needles; an empty list is what an erasure must give."""
    return list(_finds(folder, needles))


def _finds(folder: Path, needles: Sequence[Needle]) -> Iterator[Find]:
    for path in sorted(folder.rglob("*")):
        shown = str(path.relative_to(folder))
        yield from _in_bytes(path.name.encode(), needles, path=shown, read_as="name")
        if path.is_file():
            content = path.read_bytes()
            yield from _in_layers(content, needles, path=shown, read_as="file", depth=0)
            if content.startswith(_SQLITE):
                yield from _in_database(path, needles, shown)
        elif (path / "meta.json").exists():
            yield from _in_index(path, needles, shown)


def _in_layers(content: bytes, needles: Sequence[Needle], *, path: str, read_as: str, depth: int) -> Iterator[Find]:
    yield from _in_bytes(content, needles, path=path, read_as=read_as)
    joined = content.replace(b"\r", b"").replace(b"\n", b"")
    if len(joined) != len(content):
        yield from _in_bytes(joined, needles, path=path, read_as=f"{read_as}, lines joined")
    if depth < _DEEPEST:
        for how, inner in unpacked(content, name=path):
            yield from _in_layers(inner, needles, path=path, read_as=f"{read_as} > {how}", depth=depth + 1)


def _in_bytes(content: bytes, needles: Sequence[Needle], *, path: str, read_as: str) -> Iterator[Find]:
    for needle in needles:
        for form, wanted in needle.forms.items():
            at = content.find(wanted)
            if at >= 0:
                yield Find(path=path, read_as=read_as, offset=at, needle=needle.name, form=form)


def _in_database(path: Path, needles: Sequence[Needle], shown: str) -> Iterator[Find]:
    """Look at each value: a long one lies in several pages, where the bytes of the file do not follow each other."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            for row in database.execute(f'SELECT * FROM "{name}"'):
                for value in row:
                    content = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
                    yield from _in_layers(content, needles, path=shown, read_as=f"table {name}", depth=_DEEPEST - 1)


def _in_index(folder: Path, needles: Sequence[Needle], shown: str) -> Iterator[Find]:
    """Look at each word of each segment, those of deleted documents too."""
    for stray in strays_of(folder):
        yield Find(path=f"{shown}/{stray.name}", read_as="file of no segment", offset=0, needle="unread", form="")
    index = tantivy.Index.open(str(folder))
    searcher = index.searcher()
    for field in json.loads((folder / "meta.json").read_bytes())["schema"]:
        if field["type"] == "text" and searcher.num_segments:
            words = "\n".join(word for word, _ in searcher.terms_with_prefix(field["name"], "")).encode()
            yield from _in_bytes(words, needles, path=shown, read_as=f"words of {field['name']}")
    if len(segments_of(folder)) != searcher.num_segments:
        yield Find(path=shown, read_as="index", offset=0, needle="unread", form="")
