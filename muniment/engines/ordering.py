"""The order of hits: a key for each sort, and the message id where keys are equal, so that paging is stable.

    number for dates and sizes   | seconds or bytes, 39 bits | last 24 bits of the message id |
    text for senders             address, folded, then the message id

The bits of the id make equal numbers rare, so that an engine that orders by one number has few ties to sort by id.
"""

from datetime import UTC, datetime
from uuid import UUID

from muniment.engines.analysis import fold
from muniment.engines.port import Document, Sort
from muniment.engines.texts import sender_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_ONE = -int((_EPOCH - datetime(1, 1, 1, tzinfo=UTC)).total_seconds())
_TIE_BITS = 24
_MAX_NUMBER = (1 << 39) - 1  # seconds from year 1 to year 9999 need 39 bits; as bytes it is 512 GiB
_MAX_SENDER = 100  # characters that take part in the order
_LAST = "\uffff"
_ID_LENGTH = 32

DESCENDING = frozenset({Sort.DATE_DESC, Sort.SIZE_DESC})


def seconds_of(moment: datetime) -> int:
    """Return whole seconds since 1970 of an aware time, rounded down."""
    between = moment - _EPOCH
    return between.days * 86_400 + between.seconds


def date_key(document: Document, *, descending: bool) -> int:
    """Return the key of the Date field; messages without one come last in both directions."""
    if document.date is not None:
        number = 1 + seconds_of(document.date) - _YEAR_ONE
    else:
        number = 0 if descending else _MAX_NUMBER
    return _numbered(number, document.message_id)


def size_key(document: Document) -> int:
    """Return the key of the size."""
    return _numbered(document.size_bytes, document.message_id)


def sender_key(document: Document) -> str:
    """Return the key of the first sender's address; messages without one come last."""
    return f"{sender_part(sender_of(document))}\x00{document.message_id.hex}"


def sender_part(sender: str) -> str:
    """Return the part of a sender's key that is the same for all their messages; of no sender for an empty text."""
    return fold(sender)[:_MAX_SENDER] or _LAST


def id_of(key: str) -> UUID:
    """Return the message id that the key of a sender ends in."""
    return UUID(hex=key[-_ID_LENGTH:])


def _numbered(number: int, message_id: UUID) -> int:
    tie = message_id.int & ((1 << _TIE_BITS) - 1)
    return min(max(number, 0), _MAX_NUMBER) << _TIE_BITS | tie
