"""The values that a parse yields. One parse serves the catalogue, the index and the message page.

Every text here is valid Unicode: no lone surrogates, no NUL (both become U+FFFD).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DefectKind(StrEnum):
    """What can be wrong with a message. The closed list that pages and tests name."""

    HEADER_MALFORMED = "header-malformed"  # a line in the header block that is no field
    HEADER_8BIT = "header-8bit"  # raw 8-bit bytes in a header field
    HEADER_TOO_LONG = "header-too-long"
    HEADERS_TOO_MANY = "headers-too-many"
    HEADER_DUPLICATE = "header-duplicate"  # a field that RFC 5322 section 3.6 allows once stands twice
    ENCODED_WORD = "encoded-word"  # an RFC 2047 encoded word that does not decode
    ADDRESS_MALFORMED = "address-malformed"
    DATE_MISSING = "date-missing"
    DATE_MALFORMED = "date-malformed"
    MESSAGE_ID_MISSING = "message-id-missing"
    CONTENT_TYPE_MALFORMED = "content-type-malformed"
    BOUNDARY_MISSING = "boundary-missing"  # a multipart without boundary parameter
    BOUNDARY_NOT_FOUND = "boundary-not-found"
    BOUNDARY_UNCLOSED = "boundary-unclosed"
    TRANSFER_ENCODING = "transfer-encoding"  # unknown, or content that does not decode whole
    CHARSET_UNKNOWN = "charset-unknown"
    CHARSET_GUESSED = "charset-guessed"
    CHARSET_LOSSY = "charset-lossy"  # some bytes became U+FFFD
    BARE_CR = "bare-cr"
    NUL_BYTE = "nul-byte"
    TOO_DEEP = "too-deep"  # nesting past the limit: kept as an opaque leaf
    TOO_MANY_PARTS = "too-many-parts"
    TEXT_OUTSIDE_PARTS = "text-outside-parts"  # words before the first or after the last boundary of a multipart
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing wrong, and where: `part` is a part path such as "1.2", or "" for the message."""

    kind: DefectKind
    part: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox. `address` is lower-cased, IDN domains in Unicode; "" when only a name was given."""

    name: str
    address: str
    group: str = ""


class Role(StrEnum):
    """How an address takes part in a message, by its header field."""

    FROM = "from"
    SENDER = "sender"
    REPLY_TO = "reply-to"
    TO = "to"
    CC = "cc"
    BCC = "bcc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One header field in its order: name as written, value decoded and unfolded, raw bytes as received."""

    name: str
    value: str
    raw: bytes


class Disposition(StrEnum):
    """What a part is for."""

    BODY = "body"  # text to read: the message's own words
    ATTACHMENT = "attachment"
    INLINE = "inline"  # referred to by a body (cid:), such as a picture in a signature
    CONTAINER = "container"  # multipart/*, message/rfc822


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One node of the MIME tree, in depth-first order. The root has path "1"; its children "1.1", "1.2", …

    The root of a nested message (message/rfc822) is a child of the rfc822 part: "1.2" → "1.2.1".
    """

    path: str
    depth: int
    content_type: str  # lower-cased type/subtype as declared, or the RFC 2045 section 5.2 default
    real_type: str  # by libmagic over the decoded content; "" for containers
    charset: str  # as declared, lower-cased; "" when none
    charset_used: str  # what the text was decoded with; "" when the part is no text
    transfer_encoding: str
    disposition: Disposition
    filename: str  # decoded (RFC 2231, RFC 2047); "" when none
    content_id: str  # without angle brackets
    size_bytes: int  # of the decoded content
    sha256: str  # hex, of the decoded content; "" for multipart containers
    nested_message: bool = False  # True for a message/rfc822 part
    text: str | None = None  # decoded text of text/* parts (of HTML: the HTML source)
    content: bytes = field(default=b"", repr=False)  # decoded content of leaves and of message/rfc822
    identity_name: str = ""  # the file name decoded without charset detection: what the fingerprint takes
    drawn: bool = False  # a uuencoded file drawn out of its parent's text
    # Where the encoded content stands in the bytes that its tree was parsed from.
    span: tuple[int, int] = field(default=(0, 0), repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMessage:
    """Everything a parse says. Never absent: a heap of random bytes has one too, with its defects."""

    headers: tuple[Header, ...]
    subject: str
    from_: tuple[Address, ...]
    sender: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    date: datetime | None  # aware, with the zone of the Date field
    message_id: str  # without angle brackets, as written otherwise; "" when missing
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    parts: tuple[Part, ...]
    defects: tuple[Defect, ...]
    size_bytes: int

    def header(self, name: str) -> str:
        """Return the decoded value of the first field of that name (any case), or ""."""
        wanted = name.lower()
        return next((header.value for header in self.headers if header.name.lower() == wanted), "")
