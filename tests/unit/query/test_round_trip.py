from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.query.explain import explain
from muniment.query.parser import parse
from muniment.query.refusals import QueryError
from muniment.query.tree import And, Near, Not, Or
from muniment.query.unparse import unparse
from tests.unit.query.trees import TODAY, query_like, trees, without_places


@given(trees)
@settings(max_examples=150, deadline=None)
def test_a_tree_that_is_written_and_read_is_the_same_tree(tree):
    again = parse(unparse(tree), today=TODAY)

    assert without_places(again) == tree


def _read(text):
    """The tree, or the refusal; anything else that is raised fails the test."""
    try:
        return parse(text, today=TODAY)
    except QueryError as refusal:
        return refusal


def _sentence(outcome, language):
    return outcome.sentence(language) if isinstance(outcome, QueryError) else explain(outcome, language=language)


@given(st.one_of(st.text(max_size=60), query_like))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_at_a_place_inside_it_and_both_are_said(text):
    outcome = _read(text)

    start, end = (outcome.start, outcome.end) if isinstance(outcome, QueryError) else (0, len(text))
    assert 0 <= start <= end <= len(text)
    assert _sentence(outcome, "en")
    assert _sentence(outcome, "fr")


@given(query_like)
@settings(max_examples=300, deadline=None)
def test_what_was_read_is_written_so_that_it_reads_the_same(text):
    with suppress(QueryError):
        node = parse(text, today=TODAY)
        assert without_places(parse(unparse(node), today=TODAY)) == without_places(node)


@given(query_like)
@settings(max_examples=150, deadline=None)
def test_every_node_knows_its_place_in_the_text(text):
    with suppress(QueryError):
        for node in _all(parse(text, today=TODAY)):
            assert 0 <= node.span.start <= node.span.end <= len(text)


def _all(node):
    yield node
    match node:
        case And() | Or():
            for clause in node.clauses:
                yield from _all(clause)
        case Not():
            yield from _all(node.clause)
        case Near():
            yield from (node.left, node.right)
