"""The fingerprint of a message: one for all copies, whichever way they travelled. docs/fingerprint.md fixes the bytes.

No charset is detected here, so that a better detector changes no identity.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from muniment.mail.model import ParsedMessage, Part
from muniment.mail.transfer import IDENTITY
from muniment.mail.words import decode_words, text_of_bytes, unfold

VERSION: Final = 1

# In this order. Trace and transport fields and Bcc are left out (DESIGN: identity).
FIELDS: Final = (
    "message-id", "date", "from", "sender", "to", "cc", "reply-to", "subject", "in-reply-to", "references",
)  # fmt: skip
# Of these all are taken, since a reader unites them; of the others the first.
_UNITED: Final = frozenset({"from", "sender", "to", "cc", "reply-to", "in-reply-to", "references"})
_DOMAIN: Final = b"muniment message fingerprint 1\n"
_SPACE: Final = re.compile(r"\s+")
_PIECE_BYTES: Final = 1024 * 1024  # of a very large text at a time


def fingerprint(parsed: ParsedMessage) -> bytes:
    """Return the fingerprint, 32 bytes, by definition `VERSION`."""
    digest = sha256(_DOMAIN)
    for kind, value in canonical(parsed):
        digest.update(b"%c%d:" % (kind, len(value)))
        digest.update(value)
    return digest.digest()


def canonical(parsed: ParsedMessage) -> Iterator[tuple[bytes, bytes]]:
    """Yield the canonical form: (one letter, value) pairs."""
    values: dict[str, list[str]] = {}
    for header in parsed.headers:
        key = header.name.lower()
        if key in FIELDS and (key in _UNITED or key not in values):
            values.setdefault(key, []).append(_fold(header.raw))
    for key in FIELDS:
        if key in values:
            yield b"H", f"{key}:{','.join(values[key])}".encode("utf-8", "surrogatepass")
    nested = ""
    for part in parsed.parts:
        if part.drawn or (nested and part.path.startswith(nested)):
            continue
        nested = f"{part.path}." if part.nested_message else ""
        yield b"P", _part(part)


def _fold(raw: bytes) -> str:
    text = text_of_bytes(unfold(raw), guess=False)
    if "=?" in text:
        text = decode_words(text, guess=False)[0]
    return _SPACE.sub(" ", text).strip()


def _part(part: Part) -> bytes:
    digest = "" if part.content_type.startswith("multipart/") and not part.sha256 else _content_digest(part)
    return "\n".join((str(part.depth), part.content_type, _SPACE.sub(" ", part.identity_name), digest)).encode()


def _content_digest(part: Part) -> str:
    """Return the digest of a leaf; of what travels as lines, with LF as line end and without those at the end."""
    lines = part.content_type.startswith(("text/", "message/")) or part.transfer_encoding in IDENTITY
    if not lines:
        return part.sha256
    content = part.content
    if b"\r" not in content and not content.endswith(b"\n"):
        return part.sha256
    digest = sha256()
    at, end = 0, _end_of_lines(content)
    while at < end:
        to = min(end, at + _PIECE_BYTES)
        if to < end and content[to - 1 : to + 1] == b"\r\n":
            to += 1  # a line end stays in one piece
        digest.update(content[at:to].replace(b"\r\n", b"\n"))
        at = to
    return digest.hexdigest()


def _end_of_lines(content: bytes) -> int:
    """Return where the line ends begin that nothing follows."""
    end = len(content)
    while end:
        start = max(0, end - _PIECE_BYTES)
        kept = len(content[start:end].rstrip(b"\r\n"))
        if kept:
            return start + kept
        end = start
    return 0
