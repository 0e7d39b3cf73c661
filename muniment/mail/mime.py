"""The MIME tree of a message: one walk with a stack of its own, bounded in depth, parts and copied bytes."""

import re
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from muniment.mail import transfer
from muniment.mail.boundaries import MAX_BOUNDARY_BYTES, cut, guess_boundary, is_notice
from muniment.mail.charsets import clean, decode_text
from muniment.mail.defects import DefectLog
from muniment.mail.fields import Block, split_fields, split_message
from muniment.mail.model import DefectKind, Disposition, Part
from muniment.mail.params import Value, parse_disposition, parse_type
from muniment.mail.realtype import real_type
from muniment.mail.words import unfold

MAX_DEPTH: Final = 100  # our choice: real mail was never seen deeper than 20
MAX_PARTS: Final = 10_000
MAX_PATH_CHARS: Final = 280  # the catalogue keeps 300
MAX_FILENAME_CHARS: Final = 500
MAX_TYPE_CHARS: Final = 200
# Each level of nested messages holds a copy of what is inside it; together never more than this times the message.
MAX_COPIES: Final = 10
_FREE_COPY_BYTES: Final = 1024 * 1024

_MESSAGES: Final = frozenset({"message/rfc822", "message/global", "message/news", "message/rfc2822"})
_BODY_TYPES: Final = frozenset(
    "text/plain text/html text/enriched text/richtext text/markdown text/x-amp-html text/rfc822-headers".split()
)
_REPORTS: Final = frozenset(
    "message/delivery-status message/disposition-notification message/feedback-report message/global-headers"
    " message/global-delivery-status message/tracking-status".split()
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_META_CHARSET: Final = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_META_WITHIN: Final = 4_096
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_CID: Final = re.compile(r"\bcid:([^\s\"'<>)]{1,500})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Entity:
    """A stretch of bytes that becomes one node."""

    data: bytes
    start: int
    end: int
    path: str
    depth: int
    block: Block | None = None  # of the root: split already
    message: bool = False  # the root of a nested message
    headless: bool = False  # bytes that have no header of their own
    default: str = "text/plain"
    parent: str = ""  # the parent's type


@dataclass(slots=True)
class _Walk:
    log: DefectLog
    hint: str
    size: int
    parts: list[Part] = field(default_factory=list)
    stack: list[_Entity] = field(default_factory=list)
    copied: int = 0

    def room(self) -> int:
        """Return how many parts may still be made."""
        return MAX_PARTS - len(self.parts) - len(self.stack)


def tree(data: bytes, block: Block, log: DefectLog, *, hint: str = "") -> tuple[Part, ...]:
    """Return the nodes of a message in depth-first order; the root first. Never raises."""
    walk = _Walk(log, hint, len(data))
    walk.stack.append(_Entity(data, block.body_at, len(data), "1", 1, block=block))
    while walk.stack:
        _visit(walk, walk.stack.pop())
    return _with_inline(walk.parts)


def _visit(walk: _Walk, entity: _Entity) -> None:
    block = _block_of(walk, entity)
    declared = block.first("content-type")
    kind = parse_type(declared) if declared else Value("")
    disposition = parse_disposition(block.first("content-disposition"))
    content_type = kind.token or entity.default
    if declared and not (kind.token and kind.whole):
        walk.log.add(
            DefectKind.CONTENT_TYPE_MALFORMED, part=entity.path, detail=declared[:80].decode("ascii", "replace")
        )
        if not kind.token:
            named = kind.params.get("name") or disposition.params.get("filename")
            content_type = "application/octet-stream" if named else "text/plain"
    content_type = content_type[:MAX_TYPE_CHARS]
    node = _Node(
        entity, block, kind, disposition, content_type, transfer.name_of(_ascii(block, "content-transfer-encoding"))
    )
    container = content_type.startswith("multipart/") or content_type in _MESSAGES
    if container and (entity.depth >= MAX_DEPTH or len(entity.path) > MAX_PATH_CHARS):
        walk.log.add(DefectKind.TOO_DEEP, part=entity.path, detail=f"depth {entity.depth}")
        _leaf(walk, node, opaque=True)
    elif content_type.startswith("multipart/"):
        _multipart(walk, node)
    elif content_type in _MESSAGES:
        _nested(walk, node)
    else:
        _leaf(walk, node)


@dataclass(frozen=True, slots=True)
class _Node:
    entity: _Entity
    block: Block
    kind: Value
    disposition: Value
    content_type: str
    encoding: str


def _block_of(walk: _Walk, entity: _Entity) -> Block:
    if entity.block is not None:
        return entity.block
    if entity.headless:
        return Block((), entity.start, {})
    split = split_message if entity.message else split_fields
    return split(entity.data, entity.start, entity.end, walk.log, part=entity.path)


def _ascii(block: Block, key: str) -> str:
    return unfold(block.first(key)[:1000]).decode("ascii", "replace")


def _multipart(walk: _Walk, node: _Node) -> None:
    entity, path = node.entity, node.entity.path
    data, start, end = entity.data, node.block.body_at, entity.end
    boundary = node.kind.params.get("boundary", (b"", ""))[0].rstrip()[:MAX_BOUNDARY_BYTES]
    limit = max(1, walk.room() - 1)
    found = cut(data, start, end, boundary, limit=limit) if boundary else None
    if found is None or not found.found:
        missing = DefectKind.BOUNDARY_NOT_FOUND if boundary else DefectKind.BOUNDARY_MISSING
        walk.log.add(missing, part=path, detail=boundary[:80].decode("ascii", "replace"))
        if boundary and node.encoding in ("base64", "quoted-printable"):  # forbidden by RFC 2045 section 6.4, but sent
            data = transfer.decode(data[start:end], node.encoding)[0]
            start, end = 0, len(data)
            found = cut(data, start, end, boundary, limit=limit)
        if found is None or not found.found:
            guess = guess_boundary(data, start, end)
            found = cut(data, start, end, guess, limit=limit) if guess else None
    walk.parts.append(_container(node))
    if found is None or not found.found:
        _push(walk, entity, [(data, (start, end), True)], node.content_type)
        return
    if not found.closed and not found.full:
        walk.log.add(DefectKind.BOUNDARY_UNCLOSED, part=path)
    if found.full:
        walk.log.add(DefectKind.TOO_MANY_PARTS, part=path, detail=str(len(found.parts)))
    spans = [(data, span, False) for span in found.parts]
    if found.full:
        spans[-1] = (*spans[-1][:2], True)
    for span in found.outside[: max(0, walk.room() - len(spans))]:
        if not is_notice(data[span[0] : span[1]]):
            walk.log.add(DefectKind.TEXT_OUTSIDE_PARTS, part=path, detail=f"{span[1] - span[0]} bytes")
            spans.append((data, span, True))
    _push(walk, entity, spans, node.content_type)


def _push(walk: _Walk, parent: _Entity, spans: list[tuple[bytes, tuple[int, int], bool]], kind: str) -> None:
    default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    for number in range(len(spans), 0, -1):
        data, (start, end), headless = spans[number - 1]
        walk.stack.append(
            _Entity(
                data, start, end, f"{parent.path}.{number}", parent.depth + 1, headless=headless,
                default="text/plain" if headless else default, parent=kind,
            )
        )  # fmt: skip


def _nested(walk: _Walk, node: _Node) -> None:
    entity = node.entity
    raw = entity.data[node.block.body_at : entity.end]
    walk.copied += len(raw)
    if walk.copied > _FREE_COPY_BYTES + MAX_COPIES * walk.size or walk.room() < 1:
        walk.log.add(DefectKind.TOO_DEEP, part=entity.path, detail="too many copies of nested messages")
        _leaf(walk, node, opaque=True)
        return
    content, whole = transfer.decode(raw, node.encoding)
    if not whole:
        walk.log.add(DefectKind.TRANSFER_ENCODING, part=entity.path, detail=node.encoding)
    walk.parts.append(replace(_container(node), nested_message=True, content=content, size_bytes=len(content),
                              sha256=sha256(content).hexdigest()))  # fmt: skip
    walk.stack.append(_Entity(content, 0, len(content), f"{entity.path}.1", entity.depth + 1, message=True))


def _container(node: _Node) -> Part:
    name, identity = _names(node, "")
    return Part(
        path=node.entity.path, depth=node.entity.depth, content_type=node.content_type, real_type="",
        charset=node.kind.plain("charset"), charset_used="", transfer_encoding=node.encoding,
        disposition=Disposition.CONTAINER, filename=name, content_id=_content_id(node), size_bytes=0, sha256="",
        identity_name=identity, span=(node.block.body_at, node.entity.end),
    )  # fmt: skip


def _leaf(walk: _Walk, node: _Node, *, opaque: bool = False) -> None:
    entity = node.entity
    content, whole = transfer.decode(entity.data, node.encoding, node.block.body_at, entity.end)
    if not whole:
        walk.log.add(DefectKind.TRANSFER_ENCODING, part=entity.path, detail=node.encoding)
    name, identity = _names(node, walk.hint)
    role = Disposition.ATTACHMENT if opaque else _role(node, name)
    texty = not opaque and (node.content_type.startswith("text/") or node.content_type in _REPORTS)
    files = []
    if role is Disposition.BODY and b"begin" in content and node.content_type == "text/plain":
        files = transfer.inline_files(content)[: walk.room()]
    text, used = _text_of(walk, node, content, files) if texty else (None, "")
    walk.parts.append(
        Part(
            path=entity.path, depth=entity.depth, content_type=node.content_type,
            real_type="" if role is Disposition.BODY or opaque else real_type(content),
            charset=node.kind.plain("charset"), charset_used=used, transfer_encoding=node.encoding, disposition=role,
            filename=name, content_id=_content_id(node), size_bytes=len(content),
            sha256=sha256(content).hexdigest(), text=text, content=content, identity_name=identity,
            span=(node.block.body_at, entity.end),
        )
    )  # fmt: skip
    walk.parts.extend(_drawn(entity, number, file) for number, file in enumerate(files, 1))


def _drawn(entity: _Entity, number: int, file: transfer.InlineFile) -> Part:
    name = _file_name(Value("", params={"name": (file.name, "")}).text("name"))
    return Part(
        path=f"{entity.path}.{number}", depth=entity.depth + 1, content_type="application/octet-stream",
        real_type=real_type(file.content), charset="", charset_used="", transfer_encoding="x-uuencode",
        disposition=Disposition.ATTACHMENT, filename=name, content_id="", size_bytes=len(file.content),
        sha256=sha256(file.content).hexdigest(), content=file.content, identity_name=name, drawn=True,
    )  # fmt: skip


def _text_of(walk: _Walk, node: _Node, content: bytes, files: list[transfer.InlineFile]) -> tuple[str, str]:
    shown = content
    if files:
        bounds = [0, *(edge for file in files for edge in (file.start, file.end)), len(content)]
        shown = b"".join(content[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    declared = node.kind.plain("charset")
    if not declared and node.content_type == "text/html":
        meta = _META_CHARSET.search(content, 0, _META_WITHIN)
        declared = meta.group(1).decode("ascii").lower() if meta else ""
        declared = "" if declared.startswith("utf-16") else declared  # an ASCII-compatible meta cannot be true
    for mark, codec in _BOMS:
        if shown.startswith(mark):
            declared = codec
    text, used, kinds = decode_text(shown, declared)
    for kind in kinds:
        walk.log.add(kind, part=node.entity.path, detail=declared)
    return text, used


def _role(node: _Node, name: str) -> Disposition:
    if node.disposition.token == "attachment":  # noqa: S105 - a disposition
        return Disposition.ATTACHMENT
    if node.content_type in _REPORTS or (node.content_type in _BODY_TYPES and (not name or node.entity.depth == 1)):
        return Disposition.BODY
    related = node.entity.parent == "multipart/related" or node.disposition.token == "inline"  # noqa: S105
    if related and node.block.first("content-id") and not node.content_type.startswith("text/"):
        return Disposition.INLINE
    return Disposition.ATTACHMENT


def _names(node: _Node, hint: str) -> tuple[str, str]:
    for value, key in ((node.disposition, "filename"), (node.kind, "name"), (node.disposition, "name")):
        if key in value.params:
            name = _file_name(value.text(key, hint=hint))
            if name:
                return name, name if name.isascii() else _file_name(value.text(key, guess=False))
    return "", ""


def _file_name(text: str) -> str:
    return clean(_CONTROL.sub(" ", text).strip()[:MAX_FILENAME_CHARS])


def _content_id(node: _Node) -> str:
    raw = node.block.first("content-id")
    return clean(unfold(raw[:2000]).decode("utf-8", "replace").strip(" \t<>"))[:500] if raw else ""


def _with_inline(parts: list[Part]) -> tuple[Part, ...]:
    """Mark as inline what an HTML body shows by cid:, whatever its own disposition says."""
    if not any(part.content_id and part.disposition is Disposition.ATTACHMENT for part in parts):
        return tuple(parts)
    cids = {
        match.group(1).lower()
        for part in parts
        if part.text and part.content_type == "text/html"
        for match in _CID.finditer(part.text)
    }
    return tuple(
        replace(part, disposition=Disposition.INLINE)
        if part.disposition is Disposition.ATTACHMENT and part.content_id.lower() in cids and part.text is None
        else part
        for part in parts
    )
