import string

import pytest

from muniment.query.parser import parse
from muniment.query.refusals import SENTENCES, QueryError
from tests.unit.query.trees import TODAY

# query, key, and the part of the query that is at fault
REFUSED = [
    ("x" * 10_001, "too-long", "x"),
    ("(" * 51 + "a", "too-deep", "("),
    ("-" * 60 + "a", "too-deep", "-"),
    ("a " * 2_001, "too-many-words", "a"),
    ("ab* " * 100 + "cd~", "too-many-open-words", "cd~"),
    (f'"{"ab* " * 101}"', "too-many-open-words", f'"{"ab* " * 101}"'),
    ("...", "nothing", "..."),
    ('a "..."', "nothing", '"..."'),
    ("from:...", "nothing", "..."),
    ('contrat "de travail', "quote-open", '"'),
    ("contrat «de travail", "quote-open", "«"),
    ("a (b OR c", "parenthesis-open", "("),
    ("a) b", "parenthesis-close", ")"),
    ("a ()", "parenthesis-empty", "()"),
    ("a AND", "operand-missing", "AND"),
    ("a OR OR b", "operand-missing", "OR"),
    ("a NOT", "operand-missing", "NOT"),
    ("(a OR) b", "operand-missing", "OR"),
    ("AND a", "operand-missing-before", "AND"),
    ("w/5 a", "operand-missing-before", "w/5"),
    ("a form:b", "field-unknown", "form:"),
    ("a from:", "field-empty", "from:"),
    ("from: OR a", "field-empty", "from:"),
    ("date:(2024 OR 2023)", "field-group", "date:("),
    ("is:late", "value-unknown", "is:late"),
    ("has:pdf", "value-unknown", "has:pdf"),
    ("a date:yesterday", "date-malformed", "date:yesterday"),
    ("date:2024-02-30", "date-malformed", "date:2024-02-30"),
    ("date:..", "nothing", ".."),
    ("older_than:10", "age-malformed", "older_than:10"),
    ("size:big", "size-malformed", "size:big"),
    ("size:9999999999gb", "size-malformed", "size:9999999999gb"),
    ("date:2024..2023", "range-reversed", "date:2024..2023"),
    ("size:2mb..1mb", "range-reversed", "size:2mb..1mb"),
    ('a ="b c"', "exact-phrase", "="),
    ("foo~3", "fuzzy-distance", "foo~3"),
    ("=foo~", "fuzzy-alone", "=foo~"),
    ("f*o~", "fuzzy-alone", "f*o~"),
    ("(a b) w/5 c", "near-operand", "w/5"),
    ("a w/5 date:2024", "near-operand", "w/5"),
    ("a w/5 b w/5 c", "near-chain", "w/5"),
    ("a~ w/5 b", "near-fuzzy", "w/5"),
    ("subject:a w/5 b", "near-fields", "w/5"),
    ("from:(a w/5 b)", "near-field", "w/5"),
    ("a w/51 b", "near-distance", "w/51"),
    ("a w/999999999999 b", "near-distance", "w/999999999999"),
    (f"({' OR '.join('abcdefghijk')}) w/1 ({' OR '.join('abcdefghijk')})", "near-many", "w/1"),
]


@pytest.mark.parametrize(
    ("text", "key", "culprit"), REFUSED, ids=[f"{key}-{n}" for n, (_, key, _) in enumerate(REFUSED)]
)
def test_what_is_not_understood_is_refused_at_its_place(text, key, culprit):
    with pytest.raises(QueryError) as refusal:
        parse(text, today=TODAY)

    assert (refusal.value.key, text[refusal.value.start : refusal.value.end]) == (key, culprit)


# Only an engine knows these.
OF_ENGINES = {"field-unavailable", "personal-data-refused", "fuzzy-one-word", "too-broad"}


def test_every_refusal_of_the_language_has_a_case_here():
    assert {key for _, key, _ in REFUSED} | OF_ENGINES == set(SENTENCES)


@pytest.mark.parametrize("key", SENTENCES)
def test_both_languages_name_the_same_things_and_end_as_sentences(key):
    english, french = SENTENCES[key]

    assert _names(english) == _names(french)
    assert english.endswith(".")
    assert french.endswith(".")


def _names(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_the_sentence_is_in_the_language_of_the_reader():
    refusal = QueryError("value-unknown", start=0, end=7, name="is", value="late", values="reply, signed")

    assert refusal.sentence("fr") == "« late » n’est pas une valeur de « is: ». Les valeurs sont : reply, signed."
    assert str(refusal) == "“late” is not a value of “is:”. The values are: reply, signed."
