"""The manual of the query language is true: its examples are read, explained and refused as it says."""

import re
from pathlib import Path

import pytest

from muniment.query.explain import explain
from muniment.query.parser import parse
from muniment.query.refusals import QueryError
from muniment.query.vocabulary import ALL_FIELDS, IS_VALUES
from tests.unit.query.trees import TODAY

DOCS = Path(__file__).parents[3] / "docs"
MANUALS = {"en": DOCS / "query-language.md", "fr": DOCS / "query-language.fr.md"}
HEADS = {
    "example": ("| write | finds |", "| écrire | trouve |"),
    "said": ("| search | in plain words |", "| recherche | en toutes lettres |"),
    "refused": ("| search | answer |", "| recherche | réponse |"),
}
_ROW = re.compile(r"\| `([^`]+)` \| (.+) \|")


def rows(language, kind):
    """The rows of the tables of one kind: query and what is said of it."""
    found, inside = [], False
    for line in MANUALS[language].read_text("utf-8").splitlines():
        if line in HEADS[kind]:
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and (match := _ROW.fullmatch(line)):
            found.append(match.groups())
    return found


def cases(kind):
    return [(language, *row) for language in MANUALS for row in rows(language, kind)]


@pytest.mark.parametrize(("language", "query", "_said"), cases("example"))
def test_an_example_is_understood(language, query, _said):
    assert explain(parse(query, today=TODAY), language=language)


@pytest.mark.parametrize(("language", "query", "said"), cases("said"))
def test_an_explanation_is_the_one_that_people_see(language, query, said):
    assert explain(parse(query, today=TODAY), language=language) == said


@pytest.mark.parametrize(("language", "query", "said"), cases("refused"))
def test_a_refusal_is_the_one_that_people_see(language, query, said):
    with pytest.raises(QueryError) as refusal:
        parse(query, today=TODAY)

    assert refusal.value.sentence(language) == said


@pytest.mark.parametrize("kind", HEADS)
def test_both_manuals_have_the_same_examples(kind):
    english, french = ([query for query, _ in rows(language, kind)] for language in MANUALS)

    assert english == french
    assert english


@pytest.mark.parametrize("language", MANUALS)
def test_the_manual_names_every_field_and_every_flag(language):
    text = MANUALS[language].read_text("utf-8")

    missing = [name for name in ALL_FIELDS if f"{name}:" not in text and name != "any"]
    assert missing == []
    assert [flag for flag in IS_VALUES if f"is:{flag}" not in text] == []
