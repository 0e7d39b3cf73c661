"""The words of a message: what a reader reads and what the index takes."""

import re
from typing import Final

from muniment.mail.html import html_to_text
from muniment.mail.model import Disposition, ParsedMessage, Part

__all__ = ["MAX_TEXT_CHARS", "PREVIEW_CHARS", "body_text", "html_to_text", "preview", "text_parts"]

MAX_TEXT_CHARS: Final = 10 * 1024 * 1024  # of one message's body; our choice: ten million characters are no letter
PREVIEW_CHARS: Final = 200
_PREVIEW_INPUT: Final = 4_000
_QUOTED_HEADERS: Final = frozenset(("text/rfc822-headers", "message/global-headers"))
_BLIND_FIELD: Final = re.compile(r"^(?:resent-)?bcc[ \t]*:[^\n]*\n?(?:[ \t][^\n]*\n?)*", re.IGNORECASE | re.MULTILINE)
# An HTML version that says this much more than the plain one is another text, not the same in other clothes.
_MORE: Final = 2
_MORE_CHARS: Final = 500

_HTML: Final = "text/html"
_MARKUP: Final = frozenset((_HTML, "text/x-amp-html"))


def body_text(parsed: ParsedMessage) -> str:
    """Return the text of a message's own bodies, in order.

    Of alternatives the plain one; the HTML one where there is no plain one, and beside it where it says much more, so
    that no words are lost to the index. Nested messages are items of their own and are left out, and so are the blind
    recipients of a header that a report of delivery quotes: every reader of the message reads this.
    """
    chosen: list[str] = []
    size = 0
    for part in text_parts(parsed):
        text = _as_text(part).strip()
        if text:
            chosen.append(text[: MAX_TEXT_CHARS - size])
            size += len(chosen[-1])
        if size >= MAX_TEXT_CHARS:
            break
    return "\n\n".join(chosen)


def text_parts(parsed: ParsedMessage) -> tuple[Part, ...]:
    """Return the parts that make up the body text, in order: of alternatives those that `body_text` takes."""
    bodies = [part for part in _own(parsed) if part.disposition is Disposition.BODY and part.text]
    families = _families(parsed)
    plain: dict[str, int] = {}
    for part in bodies:
        family = families.get(part.path, "")
        if family and part.content_type not in _MARKUP:
            plain[family] = plain.get(family, 0) + len((part.text or "").strip())
    kept = []
    for part in bodies:
        length = plain.get(families.get(part.path, ""), 0)
        if part.content_type in _MARKUP and length and not _says_more(part, length):
            continue
        kept.append(part)
    return tuple(kept)


def preview(text: str, *, limit: int = PREVIEW_CHARS) -> str:
    """Return the first characters of a text on one line, cut at a word where one ends near."""
    line = " ".join(text[:_PREVIEW_INPUT].split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    space = head.rfind(" ", limit // 2)
    return (head[:space] if space > 0 else head) + "…"


def _says_more(part: Part, plain_chars: int) -> bool:
    if len(part.text or "") < _MORE * plain_chars + _MORE_CHARS:
        return False  # the source itself is hardly longer
    return len(_as_text(part)) > _MORE * plain_chars + _MORE_CHARS


def _as_text(part: Part) -> str:
    if part.content_type in _MARKUP:
        return html_to_text(part.text or "")
    return _BLIND_FIELD.sub("", part.text or "") if part.content_type in _QUOTED_HEADERS else part.text or ""


def _own(parsed: ParsedMessage) -> list[Part]:
    """Return the parts that are not inside a nested message."""
    own: list[Part] = []
    nested = ""
    for part in parsed.parts:
        if nested and part.path.startswith(nested):
            continue
        nested = f"{part.path}." if part.nested_message else ""
        own.append(part)
    return own


def _families(parsed: ParsedMessage) -> dict[str, str]:
    """Return for each part the path of the outermost multipart/alternative above it, or nothing."""
    families: dict[str, str] = {}
    current = ""
    for part in parsed.parts:
        if current and part.path.startswith(current):
            families[part.path] = current
        elif part.content_type == "multipart/alternative":
            current = f"{part.path}."
    return families
