"""Bytes to text: strict UTF-8, then the declared charset, then a detected one, and what was wrong on the way.

The text is always valid Unicode without NUL: what cannot stand becomes U+FFFD.
"""

import re
from functools import lru_cache
from typing import Final

import chardetng_py

from muniment.mail.model import DefectKind

MAX_DETECT_BYTES: Final = 64 * 1024  # chardetng decides long before; our measurement
MAX_CHARSET_NAME: Final = 40  # the longest IANA name is 45 with its prefix; nobody sends it

REPLACEMENT: Final = "\ufffd"
_SURROGATES: Final = re.compile("[\ud800-\udfff]")

# A declared charset is read as the superset that senders really mean (WHATWG Encoding, section 4.2).
_SUPERSETS: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "chinese": "gb18030", "euc-cn": "gb18030", "gb18030-2000": "gb18030", "gb-2312": "gb18030",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ks_c_5601-1989": "cp949", "euc-kr": "cp949",
    "korean": "cp949", "ksc5601": "cp949", "windows-949": "cp949", "x-windows-949": "cp949",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "l1": "cp1252", "iso-8859-1:1987": "cp1252", "x-ansi": "cp1252", "ansi": "cp1252", "iso-88591": "cp1252",
    "ansi_x3.110-1983": "cp1252", "8859-1": "cp1252", "iso-8559-1": "cp1252", "windows1252": "cp1252",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932",
    "windows-31j": "cp932", "iso-2022-jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext",
    "big5": "big5hkscs", "big-5": "big5hkscs", "x-big5": "big5hkscs", "cn-big5": "big5hkscs", "cp950": "big5hkscs",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-9": "cp1254", "iso-8859-11": "cp874",
    "tis-620": "cp874", "x-euc-jp": "euc_jp", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "koi8-ru": "koi8-u", "unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7",
    "utf8": "utf-8", "utf-8n": "utf-8", "utf_8": "utf-8", "cp65001": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "windows-874": "cp874", "dos-874": "cp874",
}  # fmt: skip
_ASCII_NAMES: Final = frozenset(
    {"us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us", "us", "646", "usascii", "us_ascii"}
)
_NO_NAMES: Final = frozenset(
    {"", "unknown", "x-unknown", "unknown-8bit", "x-user-defined", "default", "none", "utf-8", "default_charset"}
)
# Python codecs that are no charsets of mail; some are costly or make lone surrogates on purpose.
_NO_CHARSETS: Final = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap"}
)
_SEVEN_BIT: Final = ("utf-7", "utf_7", "iso2022", "iso-2022", "hz", "utf-16", "utf_16", "utf-32", "utf_32")
_WESTERN: Final = frozenset({"cp1252", "windows-1252", "iso-8859-15", "latin-9", "iso8859-15"})


@lru_cache(maxsize=512)
def codec_of(charset: str) -> str:
    """Return the Python codec for a declared charset (any case), or "" when there is none."""
    name = charset.strip(" \t\"'").lower()
    if name in _NO_NAMES or name in _ASCII_NAMES:
        return "utf-8"
    if len(name) > MAX_CHARSET_NAME or not name.isascii():
        return ""
    name = _SUPERSETS.get(name, name)
    if name.replace("-", "_") in _NO_CHARSETS:
        return ""
    for candidate in (name, name.removeprefix("x-"), name.replace("windows", "windows-"), name.removeprefix("cs")):
        try:
            b"a".decode(candidate, "replace")
        except (LookupError, ValueError, UnicodeError):
            continue
        return candidate
    return ""


def clean(text: str) -> str:
    """Return the text with NUL and lone surrogates as U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub(REPLACEMENT, text)
    return text


def detect(data: bytes) -> str:
    """Return the codec that chardetng guesses, never ""."""
    guess = chardetng_py.detect(data[:MAX_DETECT_BYTES], allow_utf8=True)
    return codec_of(guess) or "cp1252"


def decode_text(data: bytes, declared: str) -> tuple[str, str, tuple[DefectKind, ...]]:
    """Decode the content of a text part.

    Returns the text, the codec that was used, and the defects. Never raises.
    """
    codec = codec_of(declared)
    defects: list[DefectKind] = []
    if not codec:
        defects.append(DefectKind.CHARSET_UNKNOWN)
    if data.isascii() and not codec.startswith(_SEVEN_BIT) and (b"\x1b" not in data or codec != "utf-8"):
        return clean(data.decode("ascii")), _plain_name(codec), tuple(defects)
    for candidate in _chain(codec):
        text = _strict(data, candidate)
        if text is not None:
            if candidate != codec or _is_ascii_name(declared):
                defects.append(DefectKind.CHARSET_GUESSED)
            return clean(text), candidate, tuple(defects)
    guess = detect(data)
    # A declared charset with a few bad bytes is still the best witness; without one, the guess is.
    used = codec if codec and codec != "utf-8" else guess
    text = _strict(data, guess) if used != guess and codec in ("", "utf-8") else None
    if text is None:
        text = data.decode(used, "replace")
    if used != codec:
        defects.append(DefectKind.CHARSET_GUESSED)
    if REPLACEMENT in text:
        defects.append(DefectKind.CHARSET_LOSSY)
    return clean(text.removeprefix("\ufeff")), used, tuple(defects)


def decode_short(data: bytes, declared: str, *, guess: bool = True) -> tuple[str, bool]:
    """Decode a header's bytes; return the text and whether the declared charset served.

    `guess=False` is for fingerprints: no detection, undecodable bytes read as ISO 8859-1.
    """
    codec = codec_of(declared)
    if codec:
        text = _strict(data, codec)
        if text is not None:
            return clean(text), True
    if codec != "utf-8":
        text = _strict(data, "utf-8")
        if text is not None:
            return clean(text), False
    if not guess:
        return clean(data.decode("latin-1")), False
    if codec and codec != "utf-8":
        return clean(data.decode(codec, "replace")), False
    return clean(data.decode(detect(data), "replace")), False


def _chain(codec: str) -> tuple[str, ...]:
    if not codec or codec == "utf-8":
        return ("utf-8",)
    if codec in _WESTERN:
        return ("utf-8", codec)  # text that is valid UTF-8 is hardly ever meant as Western 8-bit
    return (codec, "utf-8")


def _strict(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None
    if codec == "utf-8" and b"\x1b" in data and data.isascii():
        return None  # ISO-2022 without its name
    return text.removeprefix("\ufeff")


def _is_ascii_name(declared: str) -> bool:
    return declared.lower() in _ASCII_NAMES


def _plain_name(codec: str) -> str:
    return codec or "us-ascii"
