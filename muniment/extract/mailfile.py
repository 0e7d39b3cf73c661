"""Text of a message that is a file: its subject, people and words, then its attachments by the same rules.

Whoever may see the message may see this text, so it names no blind recipients.
"""

from collections.abc import Iterator
from typing import Final

from muniment.extract.model import Outcome
from muniment.extract.packages import conclude
from muniment.extract.reading import Item, Reading
from muniment.mail.model import DefectKind, Disposition, Part
from muniment.mail.parse import parse
from muniment.mail.text import body_text

_FIELDS: Final = ("subject", "from", "to", "cc", "date")


def read_mail(item: Item, reading: Reading) -> str:
    """Add a message with what it carries; return the detail."""
    before = reading.members.copy()
    message = parse(item.content)
    for name in _FIELDS:
        value = message.header(name)
        if value:
            reading.add(value + "\n")
    reading.add(body_text(message) + "\n")
    for part in _carried(message.parts):
        reading.open_member()
        reading.unpack(part.size_bytes)
        reading.add(part.filename + "\n")
        content_type = "message/rfc822" if part.nested_message else part.content_type
        reading.dive(Item(content=part.content, content_type=content_type, filename=part.filename))
    read = reading.members - before
    kinds = {defect.kind for defect in message.defects}
    read[Outcome.TOO_DEEP] += DefectKind.TOO_DEEP in kinds
    read[Outcome.TOO_LARGE] += DefectKind.TOO_MANY_PARTS in kinds
    read[Outcome.TEXT] += 1  # the message's own words
    return conclude(read)


def _carried(parts: tuple[Part, ...]) -> Iterator[Part]:
    """Yield attachments and nested messages, but nothing from inside the latter: they are read whole."""
    nested = ""
    for part in parts:
        if nested and part.path.startswith(nested):
            continue
        nested = f"{part.path}." if part.nested_message else ""
        if part.nested_message or part.disposition in {Disposition.ATTACHMENT, Disposition.INLINE}:
            yield part
