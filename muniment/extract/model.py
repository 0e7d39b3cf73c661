"""What drawing text from an attachment yields."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How it went. Everything but TEXT and EMPTY is listed to the reader as not searched, with its reason."""

    TEXT = "text"
    EMPTY = "empty"  # read whole, and there is no text in it: a blank document, an empty file
    UNSUPPORTED = "unsupported"  # a type that holds no text we read, such as a picture
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_LARGE = "too-large"  # input, output or number of members past the limit; the text up to it is kept
    TOO_DEEP = "too-deep"
    TIMEOUT = "timeout"
    FAILED = "failed"  # the child process died: out of memory, a crash


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Text (plain Unicode, no NUL or lone surrogates) and how it went; `detail` is a short English sentence or ""."""

    outcome: Outcome
    text: str = ""
    detail: str = ""
