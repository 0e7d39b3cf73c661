"""Parse a message: any bytes in, one `ParsedMessage` out. Never raises, linear in the length of the input."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from muniment.mail.addresses import MAX_ADDRESSES, parse_addresses
from muniment.mail.charsets import clean
from muniment.mail.dates import parse_date
from muniment.mail.defects import DefectLog
from muniment.mail.fields import Block, RawField, split_message
from muniment.mail.mime import tree
from muniment.mail.model import Address, DefectKind, Header, ParsedMessage
from muniment.mail.params import parse_type
from muniment.mail.threads import MAX_ID_CHARS, ids_in, own_id
from muniment.mail.words import decode_words, text_of_bytes, unfold

MAX_SUBJECT_CHARS: Final = 10_000  # RFC 5322 sets no limit; a longer one is no subject

_LINE_ENDS: Final = re.compile(r"[\r\n]+")  # an encoded word may not bring a line of its own into a field

# RFC 5322 section 3.6: these stand at most once.
_ONCE: Final = (
    "date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject",
    "mime-version", "content-type", "content-transfer-encoding",
)  # fmt: skip


def parse(raw: bytes) -> ParsedMessage:
    """Parse the bytes of a message as received.

    Whatever the bytes are, the answer holds what can be read and, as `defects`, what was wrong with it.
    """
    log = DefectLog()
    data = _line_ends(raw, log)
    if not raw or raw.isspace():
        log.add(DefectKind.EMPTY)
    if b"\0" in raw:
        log.add(DefectKind.NUL_BYTE)
    block = split_message(data, 0, len(data), log)
    fields = _Fields(block, log, parse_type(block.first("content-type")).plain("charset"))
    headers = tuple(fields.header(entry) for entry in block.fields)
    for key in _ONCE:
        if len(block.by_key.get(key, ())) > 1:
            log.add(DefectKind.HEADER_DUPLICATE, detail=key)
    date, message_id = fields.date(), fields.message_id()
    return ParsedMessage(
        headers=headers,
        subject=fields.text("subject")[:MAX_SUBJECT_CHARS],
        from_=fields.addresses("from"),
        sender=fields.addresses("sender"),
        reply_to=fields.addresses("reply-to"),
        to=fields.addresses("to"),
        cc=fields.addresses("cc"),
        bcc=fields.addresses("bcc"),
        date=date,
        message_id=message_id,
        in_reply_to=fields.ids("in-reply-to"),
        references=fields.ids("references"),
        parts=tree(data, block, log, hint=fields.hint),
        defects=log.freeze(),
        size_bytes=len(raw),
    )


def _line_ends(raw: bytes, log: DefectLog) -> bytes:
    """Return the bytes to parse: a message whose lines all end in a bare CR is read as if they ended in LF."""
    returns = raw.count(b"\r")
    if not returns or returns == raw.count(b"\r\n"):
        return raw
    log.add(DefectKind.BARE_CR)
    if b"\n" in raw.rstrip(b"\r\n"):
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


@dataclass(slots=True)
class _Fields:
    """The fields of the message's own header, decoded once each."""

    block: Block
    log: DefectLog
    hint: str
    decoded: dict[int, str] = field(default_factory=dict)  # by identity of the raw field

    def header(self, entry: RawField) -> Header:
        """Return a field with its value decoded."""
        line = unfold(entry.raw)
        text = self._bytes_to_text(line, entry.name)
        if "=?" in text:
            text, whole = decode_words(text)
            text = _LINE_ENDS.sub(" ", text).strip()
            if not whole:
                self.log.add(DefectKind.ENCODED_WORD, detail=entry.name)
        self.decoded[id(entry)] = text
        return Header(name=entry.name, value=text, raw=entry.raw)

    def text(self, key: str) -> str:
        """Return the decoded value of the first field of that name, or ""."""
        found = self.block.by_key.get(key)
        return self.decoded[id(found[0])] if found else ""

    def addresses(self, key: str) -> tuple[Address, ...]:
        """Return the mailboxes of all fields of that name."""
        out: list[Address] = []
        for entry in self.block.by_key.get(key, ()):
            found, whole = parse_addresses(text_of_bytes(unfold(entry.raw), hint=self.hint))
            out.extend(found[: MAX_ADDRESSES - len(out)])
            if not whole:
                self.log.add(DefectKind.ADDRESS_MALFORMED, detail=entry.name)
        return tuple(out)

    def date(self) -> datetime | None:
        """Return the date of the message."""
        found = self.block.by_key.get("date")
        if not found:
            self.log.add(DefectKind.DATE_MISSING)
            return None
        value, whole = parse_date(self.text("date"))
        if not whole:
            self.log.add(DefectKind.DATE_MALFORMED, detail=self.text("date"))
        return value

    def message_id(self) -> str:
        """Return the message's own id, bare."""
        found = own_id(self.text("message-id"))
        if not found:
            self.log.add(DefectKind.MESSAGE_ID_MISSING)
        elif len(found) >= MAX_ID_CHARS:
            self.log.add(DefectKind.HEADER_TOO_LONG, detail="Message-ID")
        return found

    def ids(self, key: str) -> tuple[str, ...]:
        """Return the ids of all fields of that name."""
        found = self.block.by_key.get(key, ())
        return tuple(dict.fromkeys(one for entry in found for one in ids_in(self.decoded[id(entry)])))

    def _bytes_to_text(self, line: bytes, name: str) -> str:
        if line.isascii():
            return clean(line.decode("ascii"))
        try:
            line.decode()
        except UnicodeDecodeError:
            self.log.add(DefectKind.HEADER_8BIT, detail=name)
        return text_of_bytes(line, hint=self.hint)
