"""Frames between the runner and its child processes.

    request    4 bytes length, JSON {"type", "name", "size"}, then `size` bytes of content
    greeting   4 bytes length, JSON {"ready": true, "network_cut": bool, "files_hidden": bool}
    answer     4 bytes length, JSON {"outcome", "detail", "size"}, then `size` bytes of UTF-8 text

Lengths are big-endian. The child reads hostile bytes and may be in an attacker's hands: whatever it sends is checked
here before it is believed, and nothing of it is ever unpickled or evaluated.
"""

import json
import struct
from dataclasses import asdict, dataclass
from typing import Final

from muniment.extract.cage import Cage, Isolation
from muniment.extract.model import Extraction, Outcome
from muniment.extract.reading import Limits
from muniment.mail.charsets import clean

MAX_HEADER_BYTES: Final = 64 * 1024
MAX_DETAIL_CHARS: Final = 300
MAX_NAME_CHARS: Final = 1_000
MAX_UTF8_BYTES: Final = 4  # of one character (RFC 3629 section 3)
_LENGTH: Final = struct.Struct(">I")


class BadFrame(Exception):
    """What came is no frame of this protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The header of a request."""

    content_type: str
    filename: str
    size_bytes: int


def arguments(cage: Cage, limits: Limits) -> list[str]:
    """Return the command-line arguments of a child."""
    return [json.dumps(asdict(cage)), json.dumps(asdict(limits))]


def read_arguments(arguments: list[str]) -> tuple[Cage, Limits]:
    """Read the command-line arguments of a child."""
    cage, limits = arguments
    return Cage(**json.loads(cage)), Limits(**json.loads(limits))


def request(content: bytes, *, content_type: str, filename: str) -> bytes:
    """Return the header of a request; the content follows it."""
    header = {"type": content_type[:MAX_NAME_CHARS], "name": filename[-MAX_NAME_CHARS:], "size": len(content)}
    return _framed(header)


def read_request(header: bytes) -> Request:
    """Read a request's JSON (the child's side; the runner is trusted)."""
    fields = json.loads(header)
    return Request(content_type=fields["type"], filename=fields["name"], size_bytes=fields["size"])


def greeting(isolation: Isolation) -> bytes:
    """Return the frame that a child sends once it is limited and ready."""
    return _framed({"ready": True, **asdict(isolation)})


def answer(extraction: Extraction) -> bytes:
    """Return an answer's frame with its text."""
    text = extraction.text.encode()
    return _framed({"outcome": extraction.outcome, "detail": extraction.detail, "size": len(text)}) + text


def header_size(prefix: bytes) -> int:
    """Return the length that four bytes announce. Raises BadFrame past the limit."""
    size = int(_LENGTH.unpack(prefix)[0])
    if size > MAX_HEADER_BYTES:
        raise BadFrame
    return size


def prefix_bytes() -> int:
    """Return how many bytes announce a header."""
    return _LENGTH.size


def read_greeting(header: bytes) -> Isolation:
    """Return how the child is isolated. Raises BadFrame."""
    fields = _fields(header)
    if fields.get("ready") is not True:
        raise BadFrame
    return Isolation(network_cut=fields.get("network_cut") is True, files_hidden=fields.get("files_hidden") is True)


def text_size(header: bytes, limits: Limits) -> int:
    """Return how many bytes of text an answer announces. Raises BadFrame."""
    size = _fields(header).get("size")
    if type(size) is not int or not 0 <= size <= limits.text_chars * MAX_UTF8_BYTES:
        raise BadFrame
    return size


def read_answer(header: bytes, text: bytes, limits: Limits) -> Extraction:
    """Return what an answer says. Raises BadFrame unless every field is of its kind and within its limit."""
    fields = _fields(header)
    outcome, detail = fields.get("outcome"), fields.get("detail")
    if not isinstance(outcome, str) or not isinstance(detail, str):
        raise BadFrame
    try:
        words = clean(text.decode())
        return Extraction(
            outcome=Outcome(outcome), text=words[: limits.text_chars], detail=clean(detail)[:MAX_DETAIL_CHARS]
        )
    except ValueError as error:
        raise BadFrame from error


def _framed(fields: dict[str, object]) -> bytes:
    header = json.dumps(fields).encode()
    return _LENGTH.pack(len(header)) + header


def _fields(header: bytes) -> dict[str, object]:
    try:
        fields = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise BadFrame from error
    if not isinstance(fields, dict):
        raise BadFrame
    return fields
