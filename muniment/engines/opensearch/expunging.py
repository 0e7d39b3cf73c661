"""Make the bytes of deleted documents leave the files of every copy of every index.

OpenSearch drops a deleted document from its files when the segment is merged, and from the log of operations
(translog) when that is trimmed by a flush. A merge spares what a copy of the shard might still need to catch up; every
copy says what it has each half minute (retention leases), so this takes up to that long, and then the time of the
merge: every segment with deleted documents is written anew.

    delete, flush, merge segments with deletions, flush, refresh (readers let go of the old ones), look; again if needed

A point in time that a search holds open keeps its files until it ends, a minute at most. A copy on a node that is away
is not reached: then it is refused, to be repeated.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from opensearchpy import OpenSearch

from muniment.engines.opensearch.connection import Server
from muniment.engines.port import IndexUnavailable

EXPUNGE_SECONDS: Final = 180.0  # six times what copies take to tell what they have
MERGE_SECONDS: Final = 7200.0  # for the segments of one merge: some 40 GB

Segment = tuple[str, str, str, str]  # index, shard, node, name


def expunge(server: Server, names: Sequence[str], delete: Callable[[], None]) -> None:
    """Delete, and return when no copy of these indices has a segment with documents that were deleted until then.

    Raises `IndexUnavailable` where one is left, or where a copy is missing.
    """
    if not names:
        return
    indices = ",".join(names)
    _refresh(server, indices)
    before = _segments(server, indices, deleted=False)
    delete()
    held = before & _segments(server, indices, deleted=True)  # what was written since are notes of deletions
    waits = server.waits(EXPUNGE_SECONDS)
    while True:
        _flush(server, indices)
        if not held:
            return
        _merge(server, indices)
        _flush(server, indices)
        _refresh(server, indices)
        held &= _segments(server, indices, deleted=False)
        if not held:
            _flush(server, indices)  # the files of a commit go with the one after it
            return
        if not waits.again():
            raise IndexUnavailable(
                f"{server} still has {len(held)} segments with documents that were deleted: it may be merging, or a "
                "snapshot may hold them. Try again later."
            )


def _segments(server: Server, indices: str, *, deleted: bool) -> set[Segment]:
    """Return the segments of all copies; or those with deleted documents."""
    found: set[Segment] = set()
    answer = server.write(lambda client: client.indices.segments(index=indices))
    for index, listed in answer["indices"].items():
        for shard, copies in listed["shards"].items():
            for copy in copies:
                node = str(copy["routing"]["node"])
                found |= {
                    (index, shard, node, name)
                    for name, segment in copy["segments"].items()
                    if segment["deleted_docs"] or not deleted
                }
    return found


def _refresh(server: Server, indices: str) -> None:
    _of_all_copies(server, server.write(lambda client: client.indices.refresh(index=indices)))


def _flush(server: Server, indices: str) -> None:
    params = {"force": "true", "wait_if_ongoing": "true"}
    _of_all_copies(server, server.write(lambda client: client.indices.flush(index=indices, params=params)))


def _merge(server: Server, indices: str) -> None:
    params = {"only_expunge_deletes": "true", "wait_for_completion": "false"}
    task = server.write(lambda client: client.indices.forcemerge(index=indices, params=params))["task"]
    waits = server.waits(MERGE_SECONDS)
    while not server.write(partial(_task, name=task))["completed"]:
        if not waits.again():
            raise IndexUnavailable(f"{server} has been merging for {MERGE_SECONDS:g} s: try again later.")


def _task(client: OpenSearch, *, name: str) -> Any:
    return client.tasks.get(task_id=name)


def _of_all_copies(server: Server, answer: Any) -> None:
    shards = answer["_shards"]
    if shards["successful"] < shards["total"]:
        missing = shards["total"] - shards["successful"]
        raise IndexUnavailable(
            f"{missing} of {shards['total']} copies of the index are missing in {server}, and may hold what was "
            "deleted: bring the node back, or lower MUNIMENT_SEARCH_REPLICAS and run `manage.py rebuild index`."
        )
