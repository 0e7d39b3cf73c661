"""Messages that are given byte for byte, because their oddity is in the bytes."""

from typing import NamedTuple


class Odd(NamedTuple):
    """One odd message: what is odd about it, and its bytes."""

    name: str
    raw: bytes


def crlf(text: str, charset: str) -> bytes:
    """Return the text in that charset with CRLF at its line ends."""
    return text.replace("\n", "\r\n").encode(charset)
