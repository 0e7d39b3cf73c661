"""Make the bytes of documents leave the files of the index, and not only the answers.

Tantivy drops a deleted document from its files when the segment is merged with others, and tantivy-py cannot ask for a
merge. What it does by itself: after a commit it merges segments of like size when there are eight of them
(`LogMergePolicy`). So the segments that hold a document, or held it, are taken aside and brought to that:

    index ─► segments with one of the ids ─► deleted there ─► merged ─► a new generation ─► current
    (untouched until the last step)                           + all other segments, by hard links

There they are said to be small, of one document not deleted: that is what the policy goes by, while the merge goes by
the list of deleted documents. With seven fillers of one document each, without a word, they are eight of like size.
The fillers are deleted afterwards.

What was made is checked before it becomes current. A process that is killed leaves the index as it was, and folders
that the next one removes.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import tantivy
from tantivy import Index, IndexWriter, Query

from muniment.engines.port import IndexUnavailable
from muniment.engines.tantivy.folder import REBUILD, Folder
from muniment.engines.tantivy.schema import ID, build_schema
from muniment.engines.tantivy.segments import Segment, lay, segments_of, strays_of

FILLERS: Final = 7  # one less than LogMergePolicy's min_num_segments
SMALL: Final = 10_000  # live documents: smaller segments are merged into one; LogMergePolicy's min_layer_size
_HEAP_BYTES: Final = 15 << 20  # the least that Tantivy takes: only fillers are added
_FILLER: Final = "filler"  # no id: those are of 32 hex digits


def expunge(folder: Folder, message_ids: Sequence[UUID]) -> None:
    """Remove documents from answers and files; the caller holds the writer's lock.

    Raises `IndexUnavailable` where the files still held one of them: the index is then as it was.
    """
    folder.sweep()
    current = folder.path / folder.stamp().generation
    names = sorted({message_id.hex for message_id in message_ids})
    with _workshop(folder.path) as work:
        segments = segments_of(current)
        held = [segment for segment in segments if _holds(folder, segment, names, work)]
        if not held and not strays_of(current):
            return
        clean = _rewritten(folder, held, names, work)
        fresh = uuid4().hex
        lay(folder.path / fresh, [*(each for each in segments if each not in held), *clean], like=current)
        _check(folder, fresh, current.name, names)
        folder.adopt(fresh)


@contextmanager
def _workshop(path: Path) -> Iterator[Path]:
    work = path / f"{uuid4().hex}.work"
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _holds(folder: Folder, segment: Segment, names: Sequence[str], work: Path) -> bool:
    """Tell whether the words of a segment's ids have one of these, deleted or not."""
    alone = work / segment.name
    lay(alone, [segment], like=segment.folder)
    return _frequency(folder.open_at(alone), names) > 0


def _frequency(index: Index, names: Sequence[str]) -> int:
    searcher = index.searcher()
    return sum(searcher.doc_freq(ID, name) for name in names)


def _rewritten(folder: Folder, held: Sequence[Segment], names: Sequence[str], work: Path) -> list[Segment]:
    small: list[Segment] = []
    clean: list[Segment] = []
    schema = build_schema()
    for segment in held:
        for left in _without(folder, segment, work, Query.term_set_query(schema, ID, list(names))):
            if left.live > SMALL:
                clean += _merged(folder, [left], work)
            else:
                small.append(left)
    return clean + (_merged(folder, small, work) if small else [])


def _without(folder: Folder, segment: Segment, work: Path, query: Query) -> list[Segment]:
    """Return a segment without the documents that a query finds; nothing where no other is left."""
    apart = work / uuid4().hex
    lay(apart, [segment], like=segment.folder)
    with _writer(folder, apart) as writer:
        writer.delete_documents_by_query(query)
    return segments_of(apart)


def _merged(folder: Folder, segments: Sequence[Segment], work: Path) -> list[Segment]:
    """Return what Tantivy makes of segments, each with deleted documents, when it merges them."""
    joined = work / uuid4().hex
    lay(joined, [replace(segment, deleted=segment.documents - 1) for segment in segments], like=segments[0].folder)
    with _writer(folder, joined) as writer:
        for _ in range(FILLERS):
            filler = tantivy.Document()
            filler.add_text(ID, _FILLER)
            writer.add_document(filler)
            writer.commit()
    with _writer(folder, joined) as writer:
        writer.delete_documents_by_term(ID, _FILLER)
    return segments_of(joined)


@contextmanager
def _writer(folder: Folder, path: Path) -> Iterator[IndexWriter]:
    writer = folder.open_at(path).writer(_HEAP_BYTES, 1)
    try:
        yield writer
        writer.commit()
    finally:
        writer.wait_merging_threads()


def _check(folder: Folder, fresh: str, old: str, names: Sequence[str]) -> None:
    """Raise unless the new generation has all documents of the old one but these, and no trace of these."""
    before, after = folder.open(old), folder.open(fresh)
    gone: Any = before.searcher().search(Query.term_set_query(before.schema, ID, list(names)), 1)  # see `paging`
    expected = before.searcher().num_docs - int(gone.count)
    if _frequency(after, names) or after.searcher().num_docs != expected:
        shutil.rmtree(folder.path / fresh)
        raise IndexUnavailable(f"Documents could not be taken out of the files in {folder.path}. {REBUILD}")
