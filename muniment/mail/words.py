"""Header values to text: unfolding, raw 8-bit bytes and RFC 2047 encoded words.

Adjacent encoded words of one charset are joined as bytes before they are decoded, because senders split
them in the middle of a character.
"""

import re
from binascii import Error as BinasciiError
from binascii import a2b_base64, a2b_qp
from typing import Final

from muniment.mail.charsets import clean, codec_of, decode_short

# Charset (RFC 2231 section 5: with a language after "*"), encoding, text. Up to 8 question marks that belong to
# no delimiter are allowed in the text: some senders forget to encode them. Linear on any input.
ENCODED_WORD: Final = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*(?:(?<!=)\?(?!=)[^?]*){0,8})\?=")
_BASE64_JUNK: Final = re.compile(r"[^A-Za-z0-9+/]")
_QUANTUM: Final = 4  # base64 characters that stand for three bytes


def unfold(raw: bytes) -> bytes:
    """Return a field's value on one line: each fold becomes one space, outer white space goes."""
    if b"\n" in raw or b"\r" in raw:
        lines = [line.strip(b" \t\r") for line in raw.split(b"\n")]
        raw = b" ".join([line for line in lines if line])
        if b"\r" in raw:
            raw = raw.replace(b"\r", b" ")
    return raw.strip(b" \t")


def text_of_bytes(raw: bytes, *, guess: bool = True, hint: str = "") -> str:
    """Decode an unfolded value that may hold raw 8-bit bytes: strict UTF-8, then a guess. Encoded words stay.

    `hint` is the charset that the message declares for its body: senders of raw 8-bit headers mostly mean it.
    """
    if raw.isascii():
        text = raw.decode("ascii")
        return text.replace("\0", "\ufffd") if "\0" in text else text
    text, served = decode_short(raw, "utf-8", guess=guess and not hint)
    if served or not (guess and hint):
        return text
    return decode_short(raw, hint)[0]


def decode_words(text: str, *, guess: bool = True) -> tuple[str, bool]:
    """Decode the encoded words in a text.

    Returns the decoded text and whether each word decoded as it claims (True when there is none).
    """
    if "=?" not in text:
        return text, True
    out: list[str] = []
    run = _Run(guess=guess)
    whole = True
    last = 0
    for match in ENCODED_WORD.finditer(text):
        between = text[last : match.start()]
        if between.strip(" \t") or not run.words:
            whole = run.flush(out) and whole
            out.append(between)
        charset, encoding, payload = match.groups()
        if run.words and run.charset != charset.lower():
            whole = run.flush(out) and whole
        run.charset = charset.lower()
        run.words.append((encoding.lower(), payload))
        last = match.end()
    whole = run.flush(out) and whole
    rest = text[last:]
    out.append(rest)
    return clean("".join(out)), whole and "=?" not in rest


class _Run:
    """Adjacent encoded words of one charset."""

    __slots__ = ("charset", "guess", "words")

    def __init__(self, *, guess: bool) -> None:
        self.charset = ""
        self.guess = guess
        self.words: list[tuple[str, str]] = []

    def flush(self, out: list[str]) -> bool:
        """Append the decoded text of the run to `out` and empty it; return whether it decoded as declared."""
        if not self.words:
            return True
        chunks: list[bytes] = []
        whole = True
        carried = ""  # base64 of a word that ends inside a quantum
        for place, (encoding, payload) in enumerate(self.words):
            if encoding == "q":
                chunks.append(a2b_qp(_raw(payload, self.charset), header=True))
                continue
            digits = carried + payload
            follows = place + 1 < len(self.words) and self.words[place + 1][0] == "b"
            if follows and len(digits) % _QUANTUM and "=" not in digits:
                carried = digits
                continue
            carried = ""
            data, clean_digits = _base64(digits)
            chunks.append(data)
            whole = whole and clean_digits
        text, served = decode_short(b"".join(chunks), self.charset, guess=self.guess)
        out.append(text)
        self.words = []
        return whole and served


def _raw(payload: str, charset: str) -> bytes:
    """Return the bytes of a word's text; raw 8-bit in it is in the word's charset or in UTF-8."""
    if payload.isascii():
        return payload.encode("ascii")
    try:
        return payload.encode(codec_of(charset) or "utf-8")
    except (UnicodeError, LookupError, ValueError):
        return payload.encode("utf-8", "replace")


def _base64(digits: str) -> tuple[bytes, bool]:
    stripped = digits.rstrip("=")
    kept = _BASE64_JUNK.sub("", stripped)
    whole = len(kept) == len(stripped)
    if len(kept) % _QUANTUM == 1:
        kept, whole = kept[:-1], False
    try:
        return a2b_base64(kept + "=" * (-len(kept) % _QUANTUM)), whole
    except BinasciiError:
        return b"", False
