"""`pii:`, `has:pii` and the facet of kinds: for a scope that may see them; any other learns nothing by asking."""

from dataclasses import replace

import pytest

from muniment.engines.port import Scope
from muniment.pii.model import Kind
from muniment.query.refusals import QueryError
from tests.contract.search.mailset import ALL, document, found, numbers, request

MAY = Scope(everything=True, personal=True)
MAIL = (
    document(1, body="one", personal=("iban", "email"), access=("ann@corp.example",)),
    document(2, body="two", personal=("email",), custodians=("bob@corp.example",)),
    document(3, body="three"),
)
FOUND = {
    "pii:iban": [1],
    "pii:IBAN": [1],
    'pii:"iban"': [1],
    "pii:email": [1, 2],
    "pii:*": [1, 2],
    "has:pii": [1, 2],
    "pii:card": [],
    "pii:(iban OR card)": [1],
    "pii:(* OR card)": [1, 2],
    "NOT pii:*": [3],
    "-pii:iban two": [2],
    "pii:email NOT pii:iban": [2],
    "pii": [],
    "iban": [],
    "email OR card": [],
}
ASKING = (
    "pii:iban",
    "pii:*",
    "has:pii",
    'has:"pii"',
    "NOT pii:*",
    "one OR pii:card",
    "one NOT has:pii",
    "(two pii:nir)",
)
LESSER = {
    "everything but this": ALL,
    "an address": Scope(addresses=frozenset({"ann@corp.example"})),
    "nothing": Scope(),
    "blind recipients": Scope(everything=True, blind=True),
}


@pytest.fixture
def noted(engine):
    engine.put(MAIL)
    return engine


@pytest.mark.parametrize("query", FOUND)
def test_a_query_finds_messages_by_what_was_found_in_them(noted, query):
    assert found(noted, query, scope=MAY) == FOUND[query]


@pytest.mark.parametrize("scope", LESSER)
@pytest.mark.parametrize("query", ASKING)
def test_who_may_not_see_it_is_refused_at_the_place(noted, query, scope):
    with pytest.raises(QueryError) as refusal:
        noted.search(request(query, scope=LESSER[scope]))

    assert refusal.value.key == "personal-data-refused"
    assert "pii" in query[refusal.value.start : refusal.value.end]


def test_the_refusal_is_the_same_whatever_is_there(engine):
    engine.put(MAIL[2:])
    with pytest.raises(QueryError) as without:
        engine.search(request("pii:iban"))
    engine.put(MAIL)
    with pytest.raises(QueryError) as with_it:
        engine.search(request("pii:iban"))

    assert str(without.value) == str(with_it.value)


def test_the_facet_counts_the_messages_of_each_kind_in_the_scope(noted):
    of_ann = replace(MAY, everything=False, addresses=frozenset({"ann@corp.example"}))
    facets = [noted.search(request("", scope=scope, facets=("personal",))).facets for scope in (MAY, of_ann)]

    assert facets == [
        {"personal": (("email", 2), ("iban", 1))},
        {"personal": (("email", 1), ("iban", 1))},
    ]


def test_the_facet_names_every_kind(engine):
    kinds = tuple(kind.value for kind in Kind)
    engine.put([document(1, personal=kinds)])
    facet = engine.search(request("", scope=MAY, facets=("personal",))).facets["personal"]

    assert facet == tuple((kind, 1) for kind in sorted(kinds))


@pytest.mark.parametrize("scope", LESSER)
def test_who_may_not_see_it_gets_no_facet(noted, scope):
    facets = noted.search(request("", scope=LESSER[scope], facets=("sender", "personal"))).facets

    assert list(facets) == ["sender"]


def test_the_facet_of_custodians_is_for_those_who_may_see_blind_recipients(noted):
    facets = [
        noted.search(request("", scope=scope, facets=("custodian",))).facets
        for scope in (MAY, replace(MAY, blind=True))
    ]

    assert facets == [{}, {"custodian": (("bob@corp.example", 1),)}]


def test_a_document_that_is_put_again_is_found_by_what_it_holds_now(noted):
    noted.put([replace(MAIL[0], personal=("card",))])

    assert (found(noted, "pii:iban", scope=MAY), found(noted, "pii:card", scope=MAY)) == ([], [1])


def test_the_kinds_are_no_words_and_are_not_marked(noted):
    result = noted.search(request("pii:iban", scope=MAY, highlight=True))

    assert numbers(result) == [1]
    assert [marked for hit in result.hits for one in hit.highlights for _, marked in one.fragments] == [False]
