import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.engines.analysis import (
    MAX_WORD,
    analyse,
    fold,
    joined_numbers,
    joined_whole,
    places_of,
    words_of,
    written_words,
)
from muniment.engines.patterns import inflections
from muniment.engines.tantivy.schema import EMPTY, STRIDE, stream, tokenizer
from muniment.engines.texts import Area

FOLDED = {
    "L’été à l'Œuvre": ["ete", "a", "oeuvre"],
    "Straße ÜBER Smørrebrød Łódź": ["strasse", "uber", "smorrebrod", "lodz"],
    "aujourd'hui, quelqu’un presqu'île": ["aujourdhui", "quelquun", "presquile"],
    "qu'il jusqu'à lorsqu’on d'abord c'est": ["il", "a", "on", "abord", "est"],
    "John's O'Brien don't rock'n'roll": ["john", "obrien", "dont", "rocknroll"],
    "'quoted' words'": ["quoted", "words"],
    "jean.dupont_a@acme-corp.com": ["jean", "dupont", "a", "acme", "corp", "com"],
    "e\u0301te\u0301": ["ete"],
    "co\u00adope\u00adration": ["cooperation"],
    "ＦＵＬＬ　ｗｉｄｔｈ": ["full", "width"],
    "契約書 is ready": ["契", "約", "書", "is", "ready"],
    "アメリカ데이터abc": ["ア", "メ", "リ", "カ", "데", "이", "터", "abc"],
    "Ёлка ἀγορά": ["елка", "αγορα"],
    "½ ﷺ x²": ["1⁄2", "صلىاللهعليهوسلم", "x2"],
    "": [],
    "… -- ** _": [],
    "İstanbul": ["istanbul"],
}  # fmt: skip


@pytest.mark.parametrize("text", FOLDED)
def test_a_text_is_these_words(text):
    assert words_of(text)[0] == FOLDED[text]


def test_the_exact_form_keeps_accents_and_loses_capitals():
    assert words_of("Été Œuvre Straße")[1] == ["été", "œuvre", "straße"]


_texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from("l' d’ qu' été É e\u0301 ß İ ½ ﷺ 契 _ ' 's \u00ad \x00 \x02 \ud800 Ω ŉ a b 1 . @".split(" ")), max_size=30).map("".join),
)  # fmt: skip


@given(_texts)
@settings(max_examples=500, deadline=None)
def test_every_form_and_every_place_is_of_the_same_words(text):
    words = analyse(text)

    counts = {len(words.folded), len(words.english), len(words.french), len(words.exact), len(written_words(text))}
    assert len(counts) == 1
    assert all(0 < len(word) <= MAX_WORD * 4 and not set(word) & set(" \n\x01\x02\x03\x04") for word in words.folded)


@given(_texts)
@settings(max_examples=300, deadline=None)
def test_the_place_of_a_word_holds_that_word(text):
    places = list(places_of(text, range(len(written_words(text)))).values())

    assert places == sorted(places)
    assert all(text[start:end].strip() for start, end in places)


def test_only_the_places_that_are_wanted_are_read():
    assert places_of("one two three four", [3, 1, 1]) == {1: (4, 7), 3: (14, 18)}


@given(st.lists(_texts, max_size=3))
@settings(max_examples=300, deadline=None)
def test_tantivy_reads_each_word_at_its_stride(texts):
    read = tokenizer().pre_tokenize(stream(Area.PEOPLE, texts)).tokens

    folded = [token.text for token in read if token.position % STRIDE == 0]
    assert folded == [word for text in texts for word in words_of(text)[0]]
    assert EMPTY not in {token.text for token in read}


FORMS_OF = {
    "contract": ("The parties have signed the contracts", "contracts"),
    "copies": ("a copy of the letter was not sent", "copy"),
    "terminate": ("they are terminating this", "terminating"),
    "licencie": ("les salariés licenciés de la société", "licenciés"),
    "licenciee": ("une salariée licenciée par la société", "licenciée"),
    "chevaux": ("le cheval est dans le pré", "cheval"),
    "signer": ("les contrats ont été signés", "signés"),
    "société": ("les SOCIETES de ce groupe", "SOCIETES"),
}


@pytest.mark.parametrize("word", FORMS_OF)
def test_a_word_finds_its_inflections(word):
    text, form = FORMS_OF[word]

    assert _finds(word, text) == [form]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("note", "this is not what they have asked for"),
        ("not", "les notes de frais sont dans le dossier"),
    ],
)
def test_a_stem_of_one_language_is_not_taken_for_a_word_of_the_other(word, text):
    assert _finds(word, text) == []


def _finds(word, text):
    from muniment.engines.matching import find
    from muniment.engines.patterns import Piece

    (folded,), (exact,) = words_of(word)
    places = find((((0, Piece(terms=inflections(folded, exact))),),), analyse(text))
    spans = places_of(text, range(len(written_words(text))))
    return [text[spans[first][0] : spans[last][1]] for first, last in places]


def test_an_answer_in_french_above_an_english_quotation_is_read_as_both():
    words = analyse("les contrats sont signés par le client " * 20 + "the contracts have been signed by them " * 20)

    assert "contrat" in words.french[:40]
    assert "contract" in words.english[-40:]
    assert not any(words.english[:40])


NUMBERS = {
    "IBAN FR76 3000 6000 0112 3456 7890 189.": ["fr7630006000011234567890189"],
    "card 4111-1111-1111-1111": ["4111111111111111"],
    "+33 1 23 45 67 89": ["33123456789"],
    "on 12 34": [],
    "the year 2024": [],
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_in_groups_close_up(text):
    assert joined_numbers(text) == NUMBERS[text]


def test_only_a_whole_number_is_one_number():
    assert joined_whole("FR76 3000 6000 0112 3456 7890 189") == "fr7630006000011234567890189"
    assert joined_whole("IBAN FR76 3000 6000 0112") is None


@pytest.mark.parametrize(
    "pattern",
    [
        "1 " * 50_000,
        "a1" * 50_000,
        "fr76" + " 3000" * 20_000,
        "l'" * 50_000,
        "'" * 100_000,
        "é\u0301" * 50_000,
        ("fr76" + "a" * 40 + " ") * 5_000,
        "1-" * 50_000,
    ],
)
def test_hostile_text_takes_linear_time(pattern):
    analyse(pattern)
    joined_numbers(pattern)
    places_of(pattern, range(len(written_words(pattern))))


def test_folding_a_value_keeps_its_punctuation():
    assert fold("Été_2024 (Œuvre).PDF") == "ete_2024 (oeuvre).pdf"
