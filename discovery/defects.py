"""What is wrong with a message, in words that a lawyer can quote."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from muniment.mail.model import Defect, DefectKind

SENTENCES: dict[DefectKind, Promise] = {
    DefectKind.HEADER_MALFORMED: _("A line among the header fields is no header field."),
    DefectKind.HEADER_8BIT: _("A header field holds raw 8-bit characters instead of encoded ones."),
    DefectKind.HEADER_TOO_LONG: _("A header field is longer than what is read; the rest of it is only in the source."),
    DefectKind.HEADERS_TOO_MANY: _("There are more header fields than are read; the rest are only in the source."),
    DefectKind.HEADER_DUPLICATE: _("A header field that may stand once stands several times; the first is used."),
    DefectKind.ENCODED_WORD: _("An encoded word in a header field does not decode; it is shown as written."),
    DefectKind.ADDRESS_MALFORMED: _("An address is not written as addresses are."),
    DefectKind.DATE_MISSING: _("There is no Date field: the message says no time of its own."),
    DefectKind.DATE_MALFORMED: _("The Date field cannot be read as a date."),
    DefectKind.MESSAGE_ID_MISSING: _("There is no Message-ID field."),
    DefectKind.CONTENT_TYPE_MALFORMED: _("The type of a part is not written as types are."),
    DefectKind.BOUNDARY_MISSING: _("A part of several parts names no boundary between them."),
    DefectKind.BOUNDARY_NOT_FOUND: _("The boundary that a part names does not occur in it."),
    DefectKind.BOUNDARY_UNCLOSED: _("The last boundary is missing: the message may have been cut off."),
    DefectKind.TRANSFER_ENCODING: _("The content of a part does not decode whole; what decodes is shown."),
    DefectKind.CHARSET_UNKNOWN: _("A part names a character set that nobody knows."),
    DefectKind.CHARSET_GUESSED: _("The character set of a part was guessed from its bytes."),
    DefectKind.CHARSET_LOSSY: _("Some characters of a part do not decode; they are shown as �."),
    DefectKind.BARE_CR: _("A line ends in a lone carriage return."),
    DefectKind.NUL_BYTE: _("There are NUL bytes; they are shown as �."),
    DefectKind.TOO_DEEP: _("Parts are nested deeper than is read; the inner ones are kept as one file."),
    DefectKind.TOO_MANY_PARTS: _("There are more parts than are read; the rest are only in the source."),
    DefectKind.EMPTY: _("The message is empty."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDefect:
    """One kind of defect, where it is and how often."""

    sentence: Promise
    parts: tuple[str, ...]
    details: tuple[str, ...]
    count: int


def shown_defects(defects: Sequence[Defect]) -> tuple[ShownDefect, ...]:
    """Return the defects of a message, each kind once, in the order they were met."""
    counts = Counter(defect.kind for defect in defects)
    return tuple(
        ShownDefect(
            sentence=SENTENCES[kind],
            parts=tuple(dict.fromkeys(defect.part for defect in defects if defect.kind is kind and defect.part)),
            details=tuple(dict.fromkeys(defect.detail for defect in defects if defect.kind is kind and defect.detail)),
            count=count,
        )
        for kind, count in counts.items()
    )
