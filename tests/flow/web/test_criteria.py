"""From the address of a search to its tree and back."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from django.http import QueryDict

from discovery.criteria import Attachment, Criteria
from discovery.forms import SearchForm
from muniment.engines.port import Sort
from muniment.query.tree import And, Everything, Field, Phrase, Term

TODAY = date(2026, 11, 24)
WHOLE = Criteria(
    q='contract "late delivery"',
    after=date(2001, 1, 1),
    before=date(2001, 12, 31),
    sender="ann@corp.example",
    source="smtp",
    filetype="pdf",
    attachment=Attachment.WITH,
    sort=Sort.SENDER,
    per=50,
    page=3,
)


def asked(text):
    return SearchForm(QueryDict(text)).criteria()


def test_an_address_says_the_whole_search():
    assert asked(WHOLE.address()[1:]) == WHOLE


def test_an_empty_search_has_an_empty_address():
    assert (Criteria().address(), asked("")) == ("?", Criteria())


def test_narrowing_goes_back_to_the_first_page():
    assert dict(parse_qsl(WHOLE.narrowed(sender="").address()[1:])).keys().isdisjoint({"sender", "page"})


def test_an_empty_search_asks_for_everything():
    assert isinstance(Criteria().tree(today=TODAY), Everything)


def test_filters_are_added_to_the_words():
    tree = Criteria(q="contract", sender="Ann Lee").tree(today=TODAY)
    assert isinstance(tree, And)
    assert [(type(clause), clause.field, clause.text) for clause in tree.clauses] == [
        (Term, Field.ANY, "contract"),
        (Phrase, Field.FROM, "Ann Lee"),
    ]


def test_words_of_the_query_cannot_loosen_a_filter():
    tree = Criteria(q="a OR b", sender="ann@corp.example").tree(today=TODAY)
    assert isinstance(tree, And)
    assert len(tree.clauses) == 2


@pytest.mark.parametrize(
    "address",
    [
        "after=yesterday",
        "before=2024-13-01",
        "sort=random",
        "per=9999",
        "page=0",
        "page=x",
        "page=-3",
        "attachment=maybe",
    ],
)
def test_a_filter_that_is_none_is_left_out(address):
    assert asked(address) == Criteria()


def test_dates_the_wrong_way_round_are_both_left_out():
    assert asked("after=2024-02-01&before=2024-01-01") == Criteria()
