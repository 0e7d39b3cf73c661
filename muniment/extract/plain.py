"""Text of formats that are text already: plain text and tables of values, RTF, XML."""

import codecs
import re
from collections.abc import Callable
from typing import Final

from striprtf.striprtf import rtf_to_text

from muniment.extract.model import Outcome
from muniment.extract.reading import MIB, Exhausted, Item, Reading, Stop
from muniment.extract.xmltext import Grammar, Words, parse
from muniment.mail.charsets import decode_text

_text_of_rtf: Callable[..., str] = rtf_to_text  # the library has no types
MAX_RTF_BYTES: Final = 8 * MIB  # striprtf walks it token by token, pictures left out: some 0.4 s/MiB measured
_BYTES_PER_CHAR: Final = 4  # no charset of mail uses more
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:+-]{1,40})", re.IGNORECASE)
# A picture inside RTF: long runs of hex digits that are no words.
_RTF_HEX: Final = re.compile(rb"[0-9A-Fa-f\r\n]{512,}")
_RTF_BINARY: Final = re.compile(rb"\\bin(\d{1,9}) ?")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 4096
_MANY: Final = 0.7  # Western text in UTF-16: nearly each second byte is NUL, and hardly any of the others
_FEW: Final = 0.1
_EVERYTHING: Final = Grammar(
    text=None, after={"p": "\n", "li": "\n", "tr": "\n", "td": "\t", "br": "\n"}, otherwise=" "
)


def read_text(item: Item, reading: Reading) -> str:
    """Add a text file. Never stops but for a spent budget."""
    reading.add(decoded(item, reading))
    refuse_rest(item, reading)
    return ""


def decoded(item: Item, reading: Reading, *, declared: str = "") -> str:
    """Return the text of the bytes: byte order mark, then `declared` or the content type's charset, then a guess.

    Bytes that cannot all fit the reading's room for text are not decoded.
    """
    content = item.content[: (reading.limits.text_chars + 1) * _BYTES_PER_CHAR]
    codec = wide_codec(content)
    if codec:
        return content.decode(codec, "replace")
    match = _CHARSET.search(item.content_type[:_SAMPLE])
    return decode_text(content, declared or (match[1] if match else ""))[0]


def wide_codec(content: bytes) -> str:
    """Return the codec that a byte order mark or the pattern of NUL bytes shows, or ""."""
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return codec
    sample = content[:_SAMPLE]
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > half * _MANY and even < half * _FEW:
        return "utf-16-le"
    if even > half * _MANY and odd < half * _FEW:
        return "utf-16-be"
    return ""


def refuse_rest(item: Item, reading: Reading) -> None:
    """Raise Exhausted when `decoded` left bytes out."""
    if len(item.content) > (reading.limits.text_chars + 1) * _BYTES_PER_CHAR:
        raise Exhausted(Outcome.TOO_LARGE, "The text is longer than what is kept; the rest is not searched.")


def read_rtf(item: Item, reading: Reading) -> str:
    """Add the text of a Rich Text file."""
    content = _RTF_HEX.sub(b"", _without_binary(item.content))
    if len(content) > MAX_RTF_BYTES:
        raise Stop(Outcome.TOO_LARGE, f"Rich Text without its pictures is larger than {MAX_RTF_BYTES // MIB} MiB.")
    try:
        text = _text_of_rtf(content.decode("latin-1"), errors="replace")
    except (ValueError, TypeError, KeyError, IndexError, LookupError, OverflowError) as error:
        raise Stop(Outcome.CORRUPT, "Rich Text that is broken.") from error
    reading.add(text)
    return ""


def _without_binary(content: bytes) -> bytes:
    """Cut the raw bytes that the word `bin` announces: they are pictures and may hold braces."""
    pieces: list[bytes] = []
    start = 0
    for match in _RTF_BINARY.finditer(content):
        if match.start() < start:
            continue
        pieces.append(content[start : match.start()])
        start = match.end() + int(match[1])
    pieces.append(content[start:])
    return b"".join(pieces)


def read_xml(item: Item, reading: Reading) -> str:
    """Add the characters of an XML document, whatever its vocabulary; a broken one is read as far as it can be."""
    parse([item.content], Words(_EVERYTHING, reading), recover=True)
    return ""
