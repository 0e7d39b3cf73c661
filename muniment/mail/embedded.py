"""The messages inside a message, and the bytes of the whole without some of their header fields.

A message stands inside another one as message/rfc822, as a file that is a message (.eml), or by its header alone in the
report of a delivery. What a file packs (an archive, a signature that encloses its text) is not looked into.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from muniment.mail import transfer
from muniment.mail.defects import DefectLog
from muniment.mail.fields import split_message
from muniment.mail.model import Disposition, Header, ParsedMessage, Part
from muniment.mail.parse import parse

MAX_EMBEDDED: Final = 10_000  # messages; our choice, as `mime.MAX_PARTS`
MAX_COPIES: Final = 10  # files that are messages are parsed as long as they are together this many times the whole
_FREE_COPY_BYTES: Final = 1024 * 1024

_MESSAGES: Final = frozenset({"message/rfc822", "message/global", "message/news", "message/rfc2822"})
_HEADERS: Final = frozenset({"text/rfc822-headers", "message/global-headers"})
_SUFFIXES: Final = (".eml", ".mht", ".mhtml")
_START: Final = re.compile(
    rb"(?:(?:From |>From )[^\n]{1,300}\n)?"
    rb"(?:Received|Return-Path|Delivered-To|From|MIME-Version|Message-ID|Date|X-[A-Za-z-]{1,60}):[ \t]",
    re.IGNORECASE,
)
_FIELD: Final = re.compile(rb"^(?:From|Date|Message-ID|Subject|To|MIME-Version):[ \t]", re.IGNORECASE | re.MULTILINE)
_FIELDS_OF_A_MAIL: Final = 3
_SAMPLE: Final = 64 * 1024
_LEADING: Final = re.compile(rb"(?:[ \t]*\r?\n)*")
_BLANK: Final = re.compile(rb"\r?\n\r?\n|\r\r")  # where a header ends
_BASE64_LINE: Final = 57  # bytes that give the 76 characters of RFC 2045 section 6.8

Hides = Callable[[Header], bool]


class CannotCut(Exception):
    """What was to be left out stands where it cannot be taken out of the bytes."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A message inside another one. `path` is that of the part by which the outermost message carries it."""

    path: str
    headers: tuple[Header, ...]
    is_read: bool = True  # False: there are more, or larger ones, than are looked into


@dataclass(slots=True)
class _Node:
    """The outermost message, or one inside it; `owner` is the place of the one that it stands in."""

    path: str
    content: bytes
    owner: int
    part: Part | None
    is_read: bool = True
    edits: list[tuple[int, int, bytes]] = field(default_factory=list)


def looks_like_mail(start: bytes) -> bool:
    """Return whether a file that begins so is a message: a field that messages begin with, and some others."""
    return bool(_START.match(start)) and len(_FIELD.findall(start)) >= _FIELDS_OF_A_MAIL


def embedded(parsed: ParsedMessage) -> tuple[Embedded, ...]:
    """Return the messages inside a message, at any depth. Never raises."""
    nodes = _nodes(b"", parsed)[1:]
    return tuple(Embedded(node.path, _headers(node.content) if node.is_read else (), node.is_read) for node in nodes)


def without_fields(raw: bytes, hides: Callable[[Embedded], Hides]) -> tuple[bytes, int]:
    """Return the bytes of a message without header fields of it and of those inside it, and how many were left out.

    `hides` is asked for each message (path "" for the outermost) and says of a field whether it goes. What is left is
    byte for byte what it was, save for the transfer encoding around what was changed. Raises `CannotCut`.
    """
    nodes = _nodes(raw, parse(raw))
    left_out = 0
    for node in reversed(nodes):
        if not node.is_read:
            raise CannotCut("more messages than are looked into")
        content = _edited(node.content, node.edits)
        content, count = _without(content, hides(Embedded(node.path, _headers(node.content))))
        left_out += count
        if node.part is None:
            return (content, left_out) if left_out else (raw, 0)
        if content != node.content:
            nodes[node.owner].edits.append(_edit(nodes[node.owner].content, node.part, content))
    raise AssertionError("the outermost message comes last")


def _nodes(raw: bytes, parsed: ParsedMessage) -> list[_Node]:
    """Return the outermost message and those inside it; each stands behind the one that it is in."""
    nodes = [_Node("", raw, 0, None)]
    budget = _FREE_COPY_BYTES + MAX_COPIES * parsed.size_bytes
    trees = [(0, parsed)]
    for place, tree in trees:  # grows while it is walked
        owners = [("", place)]
        for part in tree.parts:
            while not part.path.startswith(owners[-1][0]):
                owners.pop()
            if not (part.nested_message or part.content_type in _HEADERS or _is_mail_file(part)):
                continue
            is_file = not part.nested_message and part.content_type not in _HEADERS
            budget -= len(part.content) if is_file else 0
            is_read = budget >= 0 and len(nodes) < MAX_EMBEDDED
            nodes.append(_Node(nodes[place].path or part.path, part.content, owners[-1][1], part, is_read))
            if not is_read:
                return nodes
            if part.nested_message:
                owners.append((f"{part.path}.", len(nodes) - 1))
            elif is_file:
                trees.append((len(nodes) - 1, parse(part.content)))
    return nodes


def _is_mail_file(part: Part) -> bool:
    if part.disposition not in {Disposition.ATTACHMENT, Disposition.INLINE}:
        return False
    if part.content_type in _MESSAGES or part.filename.lower().endswith(_SUFFIXES):
        return True
    return looks_like_mail(part.content[:_SAMPLE].lstrip(b" \t\r\n"))


def _headers(content: bytes) -> tuple[Header, ...]:
    block = split_message(content, 0, len(content), DefectLog())
    return tuple(Header(name=one.name, value=_text(one.raw), raw=one.raw) for one in block.fields)


def _text(raw: bytes) -> str:
    return " ".join(raw.decode("utf-8", "replace").split())


def _edited(content: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    pieces, at = [], 0
    for start, end, new in sorted(edits):
        pieces += [content[at:start], new]
        at = end
    return b"".join((*pieces, content[at:])) if edits else content


def _edit(owner: bytes, part: Part, content: bytes) -> tuple[int, int, bytes]:
    """Return where in its owner's bytes the content of a part stands, and what is to stand there instead."""
    start, end = part.span
    old, encoding = owner[start:end], part.transfer_encoding
    if transfer.decode(old, encoding)[0] != part.content:
        raise CannotCut("the bytes of a part stand elsewhere")
    new = _encoded(content, encoding, b"\r\n" if b"\r\n" in old else b"\n")
    if transfer.decode(new, encoding)[0] != content:
        raise CannotCut("the encoding of a part does not take other bytes")
    return start, end, new


def _encoded(content: bytes, encoding: str, line_end: bytes) -> bytes:
    if encoding in transfer.IDENTITY:
        return content
    if encoding == "base64":
        starts = range(0, len(content), _BASE64_LINE)
        lines = (b2a_base64(content[at : at + _BASE64_LINE], newline=False) for at in starts)
        return b"".join(line + line_end for line in lines)
    if encoding == "quoted-printable":
        return b2a_qp(content)
    raise CannotCut(f"a part in {encoding}")


def _without(content: bytes, hides: Hides) -> tuple[bytes, int]:
    """Return a message without the fields of its own header that are hidden, and how many were left out."""
    begin = _LEADING.match(content)
    first = begin.end() if begin else 0
    end = _BLANK.search(content, first)
    stop = end.start() if end else len(content)
    kept, left_out = [content[:first]], 0
    for one in _fields(content[first:stop]):
        if _is_hidden(one, hides):
            left_out += 1
        else:
            kept.append(one)
    if not left_out:
        return content, 0
    head, rest = b"".join(kept), content[stop:]
    if rest and head.endswith((b"\n", b"\r")):  # the last field of all was left out: one line end stands already
        head = head.rstrip(b"\r\n")
    return head + rest, left_out


def _fields(head: bytes) -> Iterator[bytes]:
    """Yield the fields of a header with their folded lines and line ends."""
    one: list[bytes] = []
    for line in head.splitlines(keepends=True):
        if one and not line.startswith((b" ", b"\t")):
            yield b"".join(one)
            one = []
        one.append(line)
    if one:
        yield b"".join(one)


def _is_hidden(one: bytes, hides: Hides) -> bool:
    name, colon, value = one.partition(b":")
    return bool(colon) and hides(Header(name=name.decode("latin-1").strip(), value=_text(value), raw=one))
