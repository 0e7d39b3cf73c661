"""The indices of one archive: which are searched, which is written to, a fresh set in their place, a new one by size.

    muniment-v1                        alias: what is searched; one of its indices is the one that new documents go to
    muniment-v1-next                   alias: the set that `renew` fills; puts and deletions go to both
    muniment-v1-<generation>-000001    indices; 000002 follows when one is full

The number after v is the version of the fields, so a program never reads an index of another version.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import uuid4

from opensearchpy import OpenSearch

from muniment.engines.opensearch.connection import REBUILD, Server
from muniment.engines.opensearch.schema import VERSION, template
from muniment.engines.port import IndexUnavailable

_GIB: Final = 1 << 30
_MARK: Final = "mark"
_AT_ONCE: Final = 1_000  # ids that are looked for in one search


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the index lies in the cluster. Shards and replicas are those of indices that are made from then on."""

    name: str = "muniment"
    shards: int = 1
    replicas: int = 0
    full_gib: float = 40.0  # of primary shards in one index, before the next is begun: 10 to 50 GB a shard are advised


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One set of indices behind an alias."""

    alias: str
    writing: str
    indices: tuple[str, ...]

    @property
    def older(self) -> tuple[str, ...]:
        """Return the indices that are full."""
        return tuple(index for index in self.indices if index != self.writing)


class Indices:
    """See the module."""

    def __init__(self, server: Server, layout: Layout) -> None:
        self._server = server
        self._layout = layout
        self.alias = f"{layout.name}-v{VERSION}"
        self.next = f"{self.alias}-next"

    def generations(self) -> tuple[Generation, ...]:
        """Return the set that is searched, and then that which is being filled, as far as they are there."""
        return self._found(self._all())

    def current(self) -> Generation:
        """Return the set that is searched; raise `IndexUnavailable` where there is none."""
        for generation in self.generations():
            if generation.alias == self.alias:
                return generation
        raise IndexUnavailable(
            f"There is no search index of version {VERSION} named {self.alias} in {self._server}. {REBUILD}"
        )

    def fresh(self) -> None:
        """Put an empty set in the place of what is searched, and remove all others."""
        self._switch(self._made())

    def begin_next(self) -> None:
        """Begin an empty set beside what is searched."""
        old = [one.indices for one in self.generations() if one.alias == self.next]
        made = self._made()
        actions: list[dict[str, Any]] = [
            {"remove": {"index": index, "alias": self.next}} for indices in old for index in indices
        ]
        actions.append({"add": {"index": made, "alias": self.next, "is_write_index": True}})
        self._server.write(lambda client: client.indices.update_aliases(body={"actions": actions}))
        self._remove([index for indices in old for index in indices])

    def adopt_next(self) -> None:
        """Search the set that was begun, and remove the others."""
        for generation in self.generations():
            if generation.alias == self.next:
                self._set_mark(generation.indices, self.mark())
                self._switch(generation.writing, *generation.older)

    def mark(self) -> str:
        """Return the mark that all indices of what is searched have; "" where they differ or there are none."""
        return self._mark_of(self.alias)

    def set_mark(self, text: str) -> None:
        """Mark what is searched."""
        self._set_mark(self.current().indices, text)

    def roll_over(self) -> None:
        """Begin the next index of each set whose last one is full."""
        body = {"conditions": {"max_size": f"{int(self._layout.full_gib * _GIB)}b"}}
        for generation in self.generations():
            answer = self._server.write(partial(_rolled_over, alias=generation.alias, body=body))
            if answer["rolled_over"]:
                self._set_mark([answer["new_index"]], self._mark_of(",".join(generation.indices)))

    def homes(self, generation: Generation, names: Sequence[str]) -> dict[str, str]:
        """Return which of these ids are in indices that are full, and in which."""
        found: dict[str, str] = {}
        if not generation.older:
            return found
        older = ",".join(generation.older)
        for start in range(0, len(names), _AT_ONCE):
            chunk = list(names[start : start + _AT_ONCE])
            body = {"query": {"ids": {"values": chunk}}, "size": len(chunk) * 2, "_source": False}
            answer = self._server.write(partial(_searched, index=older, body=body))
            found.update((hit["_id"], hit["_index"]) for hit in answer["hits"]["hits"])
        return found

    def _mark_of(self, names: str) -> str:
        found = self._server.read(lambda client: client.indices.get_mapping(index=names))
        marks = {one["mappings"].get("_meta", {}).get(_MARK, "") for one in found.values()}
        return str(marks.pop()) if len(marks) == 1 else ""

    def _set_mark(self, names: Sequence[str], text: str) -> None:
        body = {"_meta": {"version": VERSION, _MARK: text}}
        self._server.write(lambda client: client.indices.put_mapping(index=",".join(names), body=body))

    def _all(self) -> dict[str, Any]:
        answer: dict[str, Any] = self._server.write(
            lambda client: client.indices.get_alias(index=f"{self.alias}-*", params={"expand_wildcards": "all"})
        )
        return answer

    def _found(self, listed: dict[str, Any]) -> tuple[Generation, ...]:
        generations = []
        for alias in (self.alias, self.next):
            of = {index: one["aliases"][alias] for index, one in listed.items() if alias in one["aliases"]}
            writing = [index for index, settings in of.items() if settings.get("is_write_index")]
            if writing:
                generations.append(Generation(alias=alias, writing=writing[0], indices=tuple(sorted(of))))
        return tuple(generations)

    def _made(self) -> str:
        layout, index = self._layout, f"{self.alias}-{uuid4().hex[:12]}-000001"
        body = template(f"{self.alias}-*", shards=layout.shards, replicas=layout.replicas)
        self._server.write(lambda client: client.indices.put_index_template(name=self.alias, body=body))
        self._server.write(lambda client: client.indices.create(index=index, params={"ignore": "400"}))  # it is there
        return index

    def _switch(self, writing: str, *older: str) -> None:
        """Point the alias at these indices in one step; then remove every other index of this version."""
        before = self._all()
        actions: list[dict[str, Any]] = [
            {"remove": {"index": index, "alias": alias}} for index, one in before.items() for alias in one["aliases"]
        ]
        actions += [{"add": {"index": index, "alias": self.alias, "is_write_index": False}} for index in older]
        actions.append({"add": {"index": writing, "alias": self.alias, "is_write_index": True}})
        self._server.write(lambda client: client.indices.update_aliases(body={"actions": actions}))
        self._remove([index for index in before if index not in {writing, *older}])

    def _remove(self, names: Sequence[str]) -> None:
        for name in names:
            self._server.write(partial(_deleted, index=name))


def _rolled_over(client: OpenSearch, *, alias: str, body: dict[str, Any]) -> Any:
    return client.indices.rollover(alias=alias, body=body)


def _searched(client: OpenSearch, *, index: str, body: dict[str, Any]) -> Any:
    return client.search(index=index, body=body)


def _deleted(client: OpenSearch, *, index: str) -> Any:
    return client.indices.delete(index=index, params={"ignore": "404"})
