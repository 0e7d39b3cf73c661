"""The fields of the OpenSearch index, and how our words become its tokens.

Words are analysed by `muniment.engines.analysis`, not by OpenSearch: the same words on every engine. Each form of a
word has a field of its own, in which word n of a text is token n:

    words_body              contrats  de  travail  signes
    words_body.backwards    startnoc  ed  liavart  sengis     (made by OpenSearch; answers `*ability`)
    exact_body              contrats  de  travail  signés
    english_body            contract  _   _        _          (`_` is a hole: a position without a token)
    french_body             contrat   de  travail  sign

So `intervals` can look for one form beside another (`use_field`), each at its distance.
"""

from typing import Any, Final

from muniment.engines.analysis import ENGLISH, EXACT, FRENCH, MARK_LENGTH
from muniment.engines.figures import FACETS
from muniment.engines.texts import PROSE, Area
from muniment.query.tree import Field

VERSION: Final = 1  # raise it when a field or the analysis changes: an index of another version is another index

HOLE: Final = "_"  # no word has it: the analysis parts words at underscores
GAP: Final = 10_000  # positions between passages: more than any phrase or w/n reaches (query.vocabulary.MAX_LENGTH)
WINDOW: Final = 10_000  # hits from the start that one answer reaches (index.max_result_window)
MAX_TERM: Final = 8_000  # characters; Lucene takes 32,766 bytes, and a character has at most four
GC_DELETES: Final = "1h"  # a deletion is remembered so long, against a put that was sent before it and comes after

ID: Final = "id"
SHOWN: Final = "shown"
ACCESS: Final = "access"
SECONDS, CAPTURED, SIZE = "seconds", "captured", "size"
DAY, MONTH = "day", "month"
BY_DATE_DESC, BY_DATE, BY_SIZE, BY_SENDER = "by_date_desc", "by_date", "by_size", "by_sender"
VALUE_FIELDS: Final = (
    Field.FROM,
    Field.TO,
    Field.CC,
    Field.BCC,
    Field.PARTICIPANT,
    Field.CUSTODIAN,
    Field.LIST,
    Field.SOURCE,
    Field.FILENAME,
    Field.FILETYPE,
    Field.THREAD,
    Field.MESSAGEID,
    Field.IS,
    Field.HAS,
    Field.PII,
)

_FORMS: Final = {ENGLISH: "english", FRENCH: "french", EXACT: "exact"}


def words_field(area: Area) -> str:
    """Return the field of an area's folded words."""
    return f"words_{area}"


def backwards_field(area: Area) -> str:
    """Return the field of an area's folded words, each written backwards."""
    return f"words_{area}.backwards"


def form_field(form: str, area: Area) -> str:
    """Return the field of another form: exact, english or french."""
    return f"{form}_{area}"


def place_of(term: str, area: Area) -> tuple[str, str] | None:
    """Return the field and the token of a marked term in an area; None for a stem where there are none."""
    form = _FORMS.get(term[:MARK_LENGTH])
    if form is None:
        return words_field(area), term
    if form != "exact" and area not in PROSE:
        return None
    return form_field(form, area), term[MARK_LENGTH:]


def value_field(field: Field) -> str:
    """Return the field of whole values."""
    return f"value_{field}"


def facet_field(facet: str) -> str:
    """Return the field that a facet counts."""
    return f"facet_{facet}"


def template(pattern: str, *, shards: int, replicas: int) -> dict[str, Any]:
    """Return the index template of version `VERSION` for indices whose names match the pattern."""
    return {
        "index_patterns": [pattern],
        "priority": 500,
        "template": {"settings": _settings(shards, replicas), "mappings": _mappings()},
    }


def _settings(shards: int, replicas: int) -> dict[str, Any]:
    tokens = {"type": "custom", "tokenizer": "whitespace"}
    return {
        "index": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": "-1",  # each put and deletion refreshes: no search sees half of one
            "translog": {"durability": "request"},
            "gc_deletes": GC_DELETES,
            "max_result_window": WINDOW,
            "max_regex_length": 10_000,  # of a wildcard in an address, escaped
            "max_terms_count": 1_000_000,  # of a scope
            "merge": {"policy": {"expunge_deletes_allowed": 0}},  # see `expunging`
            "analysis": {
                "filter": {"holes": {"type": "stop", "stopwords": [HOLE]}},
                "analyzer": {
                    "tokens": {**tokens, "filter": ["holes"]},
                    "backwards": {**tokens, "filter": ["reverse"]},
                },
            },
        }
    }


def _mappings() -> dict[str, Any]:
    fields: dict[str, Any] = {
        ID: {"type": "keyword"},
        SHOWN: {"type": "object", "enabled": False},
        ACCESS: _keyword(columns=False),
    }
    for area in Area:
        fields |= _words(area)
    fields |= {value_field(field): _keyword(columns=False) for field in VALUE_FIELDS}
    fields |= {facet_field(facet): _keyword(columns=True) for facet in FACETS}
    fields |= {name: {"type": "long"} for name in (SECONDS, CAPTURED, SIZE)}
    fields |= {name: {"type": "integer", "index": False} for name in (DAY, MONTH)}
    fields |= {name: {"type": "long", "index": False} for name in (BY_DATE_DESC, BY_DATE, BY_SIZE)}
    fields[BY_SENDER] = {"type": "keyword", "index": False}
    return {
        "dynamic": "strict",
        "_meta": {"version": VERSION},
        "_source": {"includes": [SHOWN]},
        "properties": fields,
    }


def _words(area: Area) -> dict[str, Any]:
    words = _text("tokens", norms=area in PROSE)
    words["fields"] = {"backwards": _text("backwards", norms=False)}
    forms = ("exact", "english", "french") if area in PROSE else ("exact",)
    return {words_field(area): words, **{form_field(form, area): _text("tokens", norms=False) for form in forms}}


def _text(analyzer: str, *, norms: bool) -> dict[str, Any]:
    return {
        "type": "text",
        "analyzer": analyzer,
        "search_analyzer": "keyword",
        "position_increment_gap": GAP,
        "norms": norms,
    }


def _keyword(*, columns: bool) -> dict[str, Any]:
    return {"type": "keyword", "doc_values": columns, "ignore_above": MAX_TERM}
