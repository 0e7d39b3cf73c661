"""The fields of the Tantivy index, and how words become positions.

A text field holds, for each word, four slots and then empty ones up to the stride:

    position  10n     10n+1           10n+2          10n+3         10n+4                       10n+5 … 10n+9
    term      folded  ENGLISH + stem  FRENCH + stem  EXACT + word  BACKWARDS + folded, reversed  (none)

So one field answers words, stems, phrases and w/n, each at its distance: words d apart have terms 10d-4 to 10d+4 apart,
and no two distances overlap. The words written backwards answer `*ability` without reading every word of the archive.
An empty slot is written as EMPTY, which the tokenizer drops, keeping the position.
"""

from collections.abc import Iterable
from functools import lru_cache

from tantivy import Filter, Schema, SchemaBuilder, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from muniment.engines.analysis import ENGLISH, EXACT, FRENCH, Analysed, analyse, words_of
from muniment.engines.figures import FACETS
from muniment.engines.texts import PROSE, Area
from muniment.query.tree import Field
from muniment.query.vocabulary import MAX_DISTANCE

VERSION = 2  # raise it when a field or the analysis changes: an index of another version must be rebuilt

BACKWARDS = "\x05\x05\x05"  # before a word written backwards; see `analysis` for the other marks
STRIDE = 10
SLACK = 4  # how far a slot can be from its word
SLOTS = {ENGLISH[0]: 1, FRENCH[0]: 2, EXACT[0]: 3, BACKWARDS[0]: 4}  # by the first character of a term
EMPTY = "\x02"
TOKENIZER = "strided"

ID = "id"
ID_HIGH, ID_LOW = "id_high", "id_low"
STORED = "stored"
ACCESS = "access"
SECONDS, CAPTURED, SIZE = "seconds", "captured", "size"
BARS = ("day", "month", "year")
RECENCY = "recency"
BY_DATE_DESC, BY_DATE, BY_SIZE, BY_SENDER = "by_date_desc", "by_date", "by_size", "by_sender"
VALUE_FIELDS = (
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

_REMEMBERED = 4096  # names and addresses come again from message to message

_BETWEEN_WORDS = f" {' '.join([EMPTY] * (STRIDE - 1 - SLACK))} "
_EMPTY_WORD = " ".join([EMPTY] * STRIDE)
_BETWEEN_NAMES = f"{_BETWEEN_WORDS}{_EMPTY_WORD} "
_BETWEEN_PASSAGES = f"{_BETWEEN_WORDS}{' '.join([_EMPTY_WORD] * (MAX_DISTANCE + 1))} "


def build_schema() -> Schema:
    """Return the schema of version `VERSION`."""
    builder = SchemaBuilder()
    builder.add_text_field(ID, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(ID_HIGH, fast=True)
    builder.add_unsigned_field(ID_LOW, fast=True)
    builder.add_bytes_field(STORED, stored=True)
    builder.add_text_field(ACCESS, tokenizer_name="raw", index_option="basic")
    for area in Area:
        builder.add_text_field(area_field(area), tokenizer_name=TOKENIZER, index_option="position")
    for field in VALUE_FIELDS:
        builder.add_text_field(value_field(field), tokenizer_name="raw", index_option="basic")
    for name in (SECONDS, CAPTURED, SIZE):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in BARS:
        builder.add_integer_field(name, fast=True)
    builder.add_float_field(RECENCY, fast=True)
    for name in (BY_DATE_DESC, BY_DATE, BY_SIZE):
        builder.add_unsigned_field(name, fast=True)
    for name in (BY_SENDER, *map(facet_field, FACETS)):
        builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    return builder.build()


def tokenizer() -> TextAnalyzer:
    """Return the tokenizer that reads what `prose` and `names` write."""
    return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.custom_stopword([EMPTY])).build()


def area_field(area: Area) -> str:
    """Return the name of the field of an area's words."""
    return f"words_{area}"


def value_field(field: Field) -> str:
    """Return the name of the field of whole values."""
    return f"value_{field}"


def facet_field(facet: str) -> str:
    """Return the name of the field that a facet counts."""
    return f"facet_{facet}"


def stream(area: Area, passages: Iterable[str]) -> str:
    """Write the passages of an area for the tokenizer; addresses and names have no stems."""
    if area in PROSE:
        return _BETWEEN_PASSAGES.join(filter(None, map(_prose, passages)))
    return _BETWEEN_NAMES.join(filter(None, map(_names, passages)))


def _prose(text: str) -> str:
    return _strided(analyse(text))


@lru_cache(maxsize=_REMEMBERED)
def _names(text: str) -> str:
    folded, exact = words_of(text)
    none = [""] * len(folded)
    return _strided(Analysed(folded=folded, english=none, french=none, exact=exact))


def _strided(words: Analysed) -> str:
    forms = zip(words.folded, words.english, words.french, words.exact, strict=True)
    return _BETWEEN_WORDS.join(
        [
            f"{folded} {ENGLISH + english if english else EMPTY} {FRENCH + french if french else EMPTY} {EXACT}{exact}"
            f" {BACKWARDS}{folded[::-1]}"
            for folded, english, french, exact in forms
        ]
    )
