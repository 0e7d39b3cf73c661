"""Structured MIME field values: `token *( ";" name "=" value )`, with RFC 2231 and RFC 2047 in parameters."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from muniment.mail.charsets import clean, decode_short
from muniment.mail.words import decode_words, text_of_bytes, unfold

MAX_PARAMS: Final = 500
MAX_SECTIONS: Final = 100  # of one RFC 2231 value
MAX_VALUE_BYTES: Final = 64 * 1024  # of one structured field; our choice

_TYPE: Final = re.compile(r"([^\s/;=\"'<>()]+)\s*/\s*([^\s/;=\"'<>(),]+)")
_PARAM: Final = re.compile(rb';?\s*+([^\s=;"]{1,200})\s*+=\s*+("(?:[^"\\]|\\.)*+"|[^;]*+)|[^;]*+;|[^;]++', re.DOTALL)
_ESCAPED: Final = re.compile(rb'\\(["\\])')
_SECTION: Final = re.compile(rb"([^*]+)(?:\*(\d{1,6}))?(\*)?\Z")
_COMMENT: Final = re.compile(rb"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Value:
    """A parsed value: its main token in lower case, and its parameters as bytes (RFC 2231 undone: with charset)."""

    token: str
    whole: bool = True
    params: dict[str, tuple[bytes, str]] = field(default_factory=dict)  # name → (bytes, declared charset)

    def text(self, name: str, *, guess: bool = True, hint: str = "") -> str:
        """Return a parameter as text, or ""; `guess=False` keeps charset detection out."""
        found = self.params.get(name)
        if not found:
            return ""
        raw, charset = found
        if charset:
            return clean(decode_short(raw, charset, guess=guess)[0])
        return decode_words(text_of_bytes(raw, guess=guess, hint=hint), guess=guess)[0].strip()

    def plain(self, name: str) -> str:
        """Return a parameter that is ASCII by nature (charset, report-type), lower-cased."""
        return self.params.get(name, (b"", ""))[0].decode("ascii", "replace").strip(" \t\"'").lower()


def parse_type(raw: bytes) -> Value:
    """Parse a Content-Type. `token` is "" when there is no type/subtype; `whole` False when it is malformed."""
    value = unfold(raw[:MAX_VALUE_BYTES])
    head, _, rest = value.partition(b";")
    text = head.decode("latin-1").strip()
    match = _TYPE.match(text) or (_TYPE.search(_COMMENT.sub(b" ", head).decode("latin-1")) if b"(" in head else None)
    if not match:
        return Value("", whole=False, params=_params(value if b"=" in head else rest))
    token = f"{match.group(1)}/{match.group(2)}".lower()
    if not token.isascii():
        return Value("", whole=False, params=_params(rest))
    after = text[match.end() :].strip()
    if after and "=" in after:  # the first semicolon was forgotten
        rest = after.lstrip(", ").encode("latin-1") + b";" + rest
    return Value(token, whole=not after or after.startswith("("), params=_params(rest) if rest else {})


def parse_disposition(raw: bytes) -> Value:
    """Parse a Content-Disposition; `token` is "" when there is none."""
    value = unfold(raw[:MAX_VALUE_BYTES])
    head, _, rest = value.partition(b";")
    if b"=" in head:
        return Value("", whole=False, params=_params(value))
    return Value(head.decode("ascii", "replace").strip(" \t\"'").lower(), params=_params(rest) if rest else {})


def _params(data: bytes) -> dict[str, tuple[bytes, str]]:
    plain: dict[str, tuple[bytes, str]] = {}
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for match, _ in zip(_PARAM.finditer(data), range(MAX_PARAMS), strict=False):
        if match.group(1) is None:
            continue
        section = _SECTION.match(match.group(1).lower())
        if not section:
            continue
        name = section.group(1).decode("ascii", "replace")
        value = _unquote(match.group(2))
        if section.group(2) is None and section.group(3) is None:
            plain.setdefault(name, (value, ""))
        else:
            place = int(section.group(2) or 0)
            sections.setdefault(name, {}).setdefault(place, (value, section.group(3) is not None))
    for name, pieces in sections.items():
        plain[name] = _join(pieces)  # RFC 2231 section 4: a reader that knows it prefers it
    return plain


def _join(pieces: dict[int, tuple[bytes, bool]]) -> tuple[bytes, str]:
    charset = ""
    out: list[bytes] = []
    for place, (value, extended) in enumerate(pieces[key] for key in sorted(pieces)[:MAX_SECTIONS]):
        raw = value
        if extended:
            if place == 0 and raw.count(b"'") > 1:
                name, _, raw = raw.split(b"'", 2)
                charset = name.decode("ascii", "replace").strip().lower()
            raw = unquote_to_bytes(raw)
        out.append(raw)
    return b"".join(out), charset


def _unquote(value: bytes) -> bytes:
    value = value.strip(b" \t\r\n")
    if value.startswith(b'"'):
        # A backslash escapes only a quote or itself: others stand for the path separator of old senders.
        inner = value[1:-1] if len(value) > 1 and value.endswith(b'"') else value[1:]
        return _ESCAPED.sub(rb"\1", inner)
    if b"(" in value:
        value = _COMMENT.sub(b"", value).strip()
    return value.rstrip(b'"')
