"""The text as detection reads it: one byte for each code point, so that offsets stay those of the text.

Letters and signs of Latin-1 keep their code; spaces of every width become U+0020, dashes become `-`, what has no width
becomes `ZERO_WIDTH`, decimal digits of any script become ASCII, other letters `OTHER_LETTER`, and the rest `?`.
"""

import codecs
import unicodedata

OTHER_LETTER = "\xff"
ZERO_WIDTH = "\xad"  # the soft hyphen of Latin-1

_HANDLER = "muniment-pii-view"
_SPACES = "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
_WIDTHLESS = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_KNOWN = {
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_WIDTHLESS, ZERO_WIDTH),
    "\u2019": "'",
    "\uff20": "@",
    "\uff0e": ".",
    "\uff0b": "+",
    "\uff1a": ":",
}
_LATIN1 = bytes.maketrans(b"\xa0\t\x0b\x0c", b"    ")


def _stand_in(char: str) -> str:
    known = _KNOWN.get(char)
    if known is not None:
        return known
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) == 1 and folded.isascii():
        return folded
    return OTHER_LETTER if char.isalpha() else "?"


def _replace(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_stand_in, error.object[error.start : error.end])), error.end


codecs.register_error(_HANDLER, _replace)


def view(text: str) -> bytes:
    """Give `text` as bytes of the same length; never raises, lone surrogates included."""
    return text.encode("latin-1", _HANDLER).translate(_LATIN1)
