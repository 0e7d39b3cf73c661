"""A document of the port → what OpenSearch indexes, and back to the texts that are shown.

Only the shown texts are kept as they are (`_source`); everything else is in the index alone.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from muniment.engines.analysis import Analysed, analyse, words_of
from muniment.engines.figures import bar_number, day_number
from muniment.engines.highlight import MAX_TEXT, Texts
from muniment.engines.opensearch import schema
from muniment.engines.ordering import date_key, seconds_of, sender_key, size_key
from muniment.engines.port import Document, Interval
from muniment.engines.texts import PROSE, access_terms, clean, filetypes_of, passages, sender_of, values

_REMEMBERED = 4096  # names and addresses come again from message to message


def to_source(document: Document) -> dict[str, Any]:
    """Return what is sent of a document."""
    out: dict[str, Any] = {
        schema.ID: document.message_id.hex,
        schema.SHOWN: _shown(document),
        schema.ACCESS: sorted(access_terms(document)),
        schema.CAPTURED: seconds_of(document.captured_at),
        schema.SIZE: document.size_bytes,
        schema.BY_DATE_DESC: date_key(document, descending=True),
        schema.BY_DATE: date_key(document, descending=False),
        schema.BY_SIZE: size_key(document),
        schema.BY_SENDER: sender_key(document),
    }
    if document.date is not None:
        out[schema.SECONDS] = seconds_of(document.date)
        day = day_number(out[schema.SECONDS])
        out[schema.DAY], out[schema.MONTH] = day, bar_number(day, Interval.MONTH)
    for area, texts in passages(document).items():
        made = [words for words in map(analyse if area in PROSE else _names, texts) if words.folded]
        if made:
            out[schema.words_field(area)] = [" ".join(words.folded) for words in made]
            out |= {schema.form_field(form, area): tokens for form, tokens in _forms(made).items() if tokens}
    out |= {schema.value_field(field): sorted(terms) for field, terms in values(document).items() if terms}
    out |= {schema.facet_field(facet): found for facet, found in _facets(document).items() if found}
    return out


def texts_of(source: Mapping[str, Any]) -> Texts:
    """Read back what `to_source` gave to be shown."""
    subject, body, attachment = source[schema.SHOWN]["texts"]
    return Texts(subject=subject, body=body, attachment=attachment)


def _shown(document: Document) -> dict[str, list[str]]:
    attachment = "\n".join([*document.attachment_names, document.attachment_text])
    return {"texts": [clean(text[:MAX_TEXT]) for text in (document.subject, document.body, attachment)]}


def _forms(made: Sequence[Analysed]) -> dict[str, list[str]]:
    pick: dict[str, Callable[[Analysed], list[str]]] = {
        "exact": lambda words: words.exact,
        "english": lambda words: words.english,
        "french": lambda words: words.french,
    }
    return {
        form: [" ".join([token or schema.HOLE for token in of(words)]) for words in made]
        if any(any(of(words)) for words in made)
        else []
        for form, of in pick.items()
    }


@lru_cache(maxsize=_REMEMBERED)
def _names(text: str) -> Analysed:
    folded, exact = words_of(text)
    return Analysed(folded=folded, english=[], french=[], exact=exact)


def _facets(document: Document) -> dict[str, list[str]]:
    sender = sender_of(document)
    return {
        "sender": [sender] if sender else [],
        "source": sorted({clean(source) for source in document.sources}),
        "filetype": filetypes_of(document),
        "custodian": sorted({clean(custodian) for custodian in document.custodians}),
        "personal": sorted(set(document.personal)),
    }
