"""Text of XML without a tree: events of a parser that resolves no entity, loads no DTD and opens no address.

libxml2's own limits stay on (`huge_tree` off): depth 256, one text node 10 MB, bounded entity growth.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

from lxml import etree

from muniment.extract.model import Outcome
from muniment.extract.reading import Reading, Stop

FLUSH_CHARS: Final = 64 * 1024
_FEED_BYTES: Final = 64 * 1024


class Target(Protocol):
    """What receives the events (lxml's target parser interface)."""

    def start(self, tag: str, attrib: Mapping[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, data: str) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """Where the text is in one family of XML documents, by local names."""

    text: frozenset[str] | None  # elements whose characters are text; None: all
    after: Mapping[str, str]  # what an element's end writes
    otherwise: str = ""  # what the end of any other element writes
    skipped: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)  # element → attribute that is shown text


@lru_cache(maxsize=4096)
def local_name(tag: str) -> str:
    """Return a tag without its namespace."""
    return tag.rpartition("}")[2]


def attribute(attrib: Mapping[str, str], name: str) -> str:
    """Return an attribute by its local name, or ""."""
    value = attrib.get(name)
    if value is not None:
        return value
    return next((value for key, value in attrib.items() if local_name(key) == name), "")


class Words:
    """A target that gives a reading the text that a grammar names."""

    def __init__(self, grammar: Grammar, reading: Reading) -> None:
        self._grammar = grammar
        self._reading = reading
        self._pieces: list[str] = []
        self._size = 0
        self._keeping = 0
        self._skipping = 0

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        name = local_name(tag)
        grammar = self._grammar
        if name in grammar.skipped:
            self._skipping += 1
        if grammar.text is None or name in grammar.text:
            self._keeping += 1
        if name in grammar.titles and not self._skipping:
            title = attribute(attrib, grammar.titles[name])
            if title:
                self._write(title + "\n")

    def end(self, tag: str) -> None:
        name = local_name(tag)
        grammar = self._grammar
        if grammar.text is None or name in grammar.text:
            self._keeping -= 1
        after = grammar.after.get(name, grammar.otherwise)
        if after and not self._skipping:
            self._write(after)
        if name in grammar.skipped:
            self._skipping -= 1

    def data(self, data: str) -> None:
        if self._keeping and not self._skipping:
            self._write(data)

    def close(self) -> None:
        self._flush()

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._size += len(text)
        if text == "\n" or self._size > FLUSH_CHARS:
            self._flush()

    def _flush(self) -> None:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        if text:
            self._reading.add(text)


def parse(chunks: Iterable[bytes], target: Target, *, recover: bool = False) -> None:
    """Feed a document to a target.

    Raises Stop (CORRUPT, TOO_DEEP, TOO_LARGE) where the document cannot be read on, after the target has closed.
    """
    parser = etree.XMLParser(
        target=target,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), _FEED_BYTES):
                parser.feed(chunk[start : start + _FEED_BYTES])
        parser.close()
    except etree.XMLSyntaxError as error:
        target.close()
        raise _stop_of(str(error)) from error
    fatal = next((entry for entry in parser.feed_error_log if entry.level == etree.ErrorLevels.FATAL), None)
    if fatal is not None:
        raise _stop_of(fatal.message)


def _stop_of(message: str) -> Stop:
    if "depth" in message:
        return Stop(Outcome.TOO_DEEP, "The XML is nested too deep.")
    if "huge" in message or "limit" in message or "amplification" in message or "too long" in message:
        return Stop(Outcome.TOO_LARGE, "The XML holds an item over the parser's limits.")
    return Stop(Outcome.CORRUPT, "The XML is not well formed.")
