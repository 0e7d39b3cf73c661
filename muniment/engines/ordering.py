"""The order of hits as text: each key ends in the message id, so that no two are equal and paging is stable."""

from datetime import UTC, datetime
from uuid import UUID

from muniment.engines.analysis import fold
from muniment.engines.port import Document, Sort
from muniment.engines.texts import sender_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE_EPOCH = 1 << 37  # seconds; more than year 1 lies before 1970, so that keys of early dates sort as text
_DIGITS = 16
_MAX_SENDER = 100  # characters that take part in the order
_FIRST = "!"  # sorts before every digit
_LAST = "\uffff"
_ID_LENGTH = 32

DESCENDING = frozenset({Sort.DATE_DESC, Sort.SIZE_DESC})


def seconds_of(moment: datetime) -> int:
    """Return whole seconds since 1970 of an aware time, rounded down."""
    between = moment - _EPOCH
    return between.days * 86_400 + between.seconds


def date_key(document: Document, *, undated: str) -> str:
    """Return the key of the Date field; `undated` says where messages without one go."""
    if document.date is None:
        return undated + document.message_id.hex
    return f"{seconds_of(document.date) + _BEFORE_EPOCH:0{_DIGITS}d}{document.message_id.hex}"


def sort_key(document: Document, sort: Sort) -> str:
    """Return the key that a sort goes by; messages without a date or sender come last both ways."""
    match sort:
        case Sort.DATE_DESC:
            return date_key(document, undated=_FIRST)
        case Sort.DATE_ASC:
            return date_key(document, undated=_LAST)
        case Sort.SIZE_DESC | Sort.SIZE_ASC:
            return f"{document.size_bytes:0{_DIGITS}d}{document.message_id.hex}"
        case Sort.SENDER:
            return f"{fold(sender_of(document))[:_MAX_SENDER] or _LAST}\x00{document.message_id.hex}"
        case Sort.RELEVANCE:
            return document.message_id.hex


def id_of(key: str) -> UUID:
    """Return the message id that a key ends in."""
    return UUID(hex=key[-_ID_LENGTH:])
