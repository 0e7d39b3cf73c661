"""The bytes of a message as the person may have them: without the fields that name other blind recipients."""

import re
from collections.abc import Iterator
from typing import Final

from discovery.blindness import header_names_blind
from muniment.mail.model import Header

_BLANK: Final = re.compile(rb"\r?\n\r?\n|\r\r")  # where the header ends


def without_blind(raw: bytes, known: frozenset[str]) -> tuple[bytes, int]:
    """Return the bytes without the header fields that name somebody not among `known`, and how many were left out.

    What is left is byte for byte what it was.
    """
    end = _BLANK.search(raw)
    head, rest = (raw, b"") if end is None else (raw[: end.start()], raw[end.start() :])
    kept, left_out = [], 0
    for field in _fields(head):
        if _names_blind(field, known):
            left_out += 1
        else:
            kept.append(field)
    if not left_out:
        return raw, 0
    body = b"".join(kept)
    if rest and body.endswith((b"\n", b"\r")):  # the last field of all was left out: one line end stands already
        body = body.rstrip(b"\r\n")
    return body + rest, left_out


def _fields(head: bytes) -> Iterator[bytes]:
    """Yield the fields of a header with their folded lines and line ends."""
    field: list[bytes] = []
    for line in head.splitlines(keepends=True):
        if field and not line.startswith((b" ", b"\t")):
            yield b"".join(field)
            field = []
        field.append(line)
    if field:
        yield b"".join(field)


def _names_blind(field: bytes, known: frozenset[str]) -> bool:
    name, colon, value = field.partition(b":")
    if not colon:
        return False
    text = " ".join(value.decode("utf-8", "replace").split())
    return header_names_blind(Header(name=name.decode("latin-1").strip(), value=text, raw=field), known)
