"""A document of the port → a document of the Tantivy index, and back to the texts that are shown."""

from datetime import date

import cbor2
import tantivy

from muniment.engines.figures import bar_number, day_number
from muniment.engines.highlight import MAX_TEXT, Texts
from muniment.engines.ordering import date_key, seconds_of, sender_key, size_key
from muniment.engines.port import Document, Interval
from muniment.engines.tantivy import schema
from muniment.engines.texts import access_terms, clean, filetypes_of, passages, sender_of, values

_LOW = (1 << 64) - 1
# A score is multiplied by log2(2 + recency): 1 for 1970 and before, 1.01 for 2100. It parts equal scores, newest first.
_RECENCY_SPAN = date(2100, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
_RECENCY_WEIGHT = 0.0139


def to_tantivy(document: Document) -> tantivy.Document:
    """Return what is indexed and stored of a document."""
    out = tantivy.Document()
    out.add_text(schema.ID, document.message_id.hex)
    out.add_unsigned(schema.ID_HIGH, document.message_id.int >> 64)
    out.add_unsigned(schema.ID_LOW, document.message_id.int & _LOW)
    out.add_bytes(schema.STORED, _stored(document))
    for term in access_terms(document):
        out.add_text(schema.ACCESS, term)
    for area, texts in passages(document).items():
        out.add_text(schema.area_field(area), schema.stream(area, texts))
    for field, terms in values(document).items():
        for term in terms:
            out.add_text(schema.value_field(field), term)
    out.add_unsigned(schema.BY_DATE_DESC, date_key(document, descending=True))
    out.add_unsigned(schema.BY_DATE, date_key(document, descending=False))
    out.add_unsigned(schema.BY_SIZE, size_key(document))
    out.add_text(schema.BY_SENDER, sender_key(document))
    _add_numbers(out, document)
    _add_facets(out, document)
    return out


def texts_of(stored: bytes) -> Texts:
    """Read back what `to_tantivy` stored."""
    subject, body, attachment = cbor2.loads(stored)
    return Texts(subject=subject, body=body, attachment=attachment)


def _stored(document: Document) -> bytes:
    attachment = "\n".join([*document.attachment_names, document.attachment_text])
    return cbor2.dumps([clean(text[:MAX_TEXT]) for text in (document.subject, document.body, attachment)])


def _add_numbers(out: tantivy.Document, document: Document) -> None:
    out.add_integer(schema.CAPTURED, seconds_of(document.captured_at))
    out.add_integer(schema.SIZE, document.size_bytes)
    if document.date is None:
        out.add_float(schema.RECENCY, 0.0)
        return
    seconds = seconds_of(document.date)
    out.add_integer(schema.SECONDS, seconds)
    out.add_float(schema.RECENCY, min(1.0, max(0.0, seconds / (_RECENCY_SPAN * 86_400))) * _RECENCY_WEIGHT)
    day = day_number(seconds)
    for interval in Interval:
        out.add_integer(interval.value, bar_number(day, interval))


def _add_facets(out: tantivy.Document, document: Document) -> None:
    sender = sender_of(document)
    if sender:
        out.add_text(schema.facet_field("sender"), sender)
    for source in set(document.sources):
        out.add_text(schema.facet_field("source"), clean(source))
    for kind in filetypes_of(document):
        out.add_text(schema.facet_field("filetype"), kind)
    for custodian in set(document.custodians):
        out.add_text(schema.facet_field("custodian"), clean(custodian))
    for kind in set(document.personal):
        out.add_text(schema.facet_field("personal"), kind)
