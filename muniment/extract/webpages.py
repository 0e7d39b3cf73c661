"""Text of HTML files, by the same reading as HTML bodies of messages."""

import re
from dataclasses import replace
from typing import Final

from muniment.extract.model import Outcome
from muniment.extract.plain import decoded
from muniment.extract.reading import MIB, Exhausted, Item, Reading
from muniment.mail.text import html_to_text

MAX_HTML_BYTES: Final = 16 * MIB  # some 4 s by our measurement
_META_WITHIN: Final = 1024  # WHATWG HTML, section 13.2.3.2: the charset is declared in the first 1,024 bytes
_META: Final = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)


def read_html(item: Item, reading: Reading) -> str:
    """Add the visible text of an HTML page."""
    match = _META.search(item.content[:_META_WITHIN])
    page = replace(item, content=item.content[:MAX_HTML_BYTES])
    reading.add(html_to_text(decoded(page, reading, declared=match[1].decode("ascii") if match else "")))
    if len(item.content) > MAX_HTML_BYTES:
        raise Exhausted(
            Outcome.TOO_LARGE, f"The page is larger than {MAX_HTML_BYTES // MIB} MiB; the rest is not searched."
        )
    return ""
