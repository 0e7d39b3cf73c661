"""What is asked: the scope beside the query, and what a server must be."""

import json

import pytest

from muniment.engines.opensearch.compiling import compiled
from muniment.engines.opensearch.documents import to_source
from muniment.engines.opensearch.fitness import unfit
from muniment.engines.opensearch.schema import template
from muniment.engines.port import Scope
from muniment.query.parser import parse
from tests.contract.search.mailset import ALL, MAIL, TODAY

SOME = Scope(addresses=frozenset({"ann@corp.example"}), domains=frozenset({"globex.example"}))


def asked(query, scope):
    return compiled(parse(query, today=TODAY), scope)["bool"]


@pytest.mark.parametrize("query", ["", "*", "a OR b", "NOT a", "from:x OR *"])
def test_the_scope_stands_beside_the_query_and_never_in_it(query):
    made = asked(query, SOME)

    assert made["filter"] == [{"terms": {"access": ["@globex.example", "ann@corp.example"]}}]
    assert made["must_not"] == [{"term": {"value_is": {"value": "restricted"}}}]
    assert "access" not in json.dumps(made["must"])


def test_an_empty_scope_asks_for_nothing():
    assert asked("*", Scope())["filter"] == [{"match_none": {}}]


def test_who_may_see_all_is_not_filtered():
    assert set(asked("a", ALL)) == {"must", "must_not"}


@pytest.mark.parametrize("query", ["secret", "participant:secret", "secr*", '"a secret"', "bcc:secret"])
def test_without_blind_no_field_of_blind_recipients_is_named(query):
    assert "blind" not in json.dumps(asked(query, ALL))
    assert "value_bcc" not in json.dumps(asked(query, ALL))


def test_proximity_is_asked_by_intervals_of_at_most_so_many_words_between():
    near = json.dumps(asked("contrat pre/4 fournisseur", ALL))

    assert '"intervals"' in near
    assert '"max_gaps": 4' in near
    assert "span" not in near


def test_only_the_shown_texts_are_kept_as_they_are():
    made = template("x-*", shards=3, replicas=2)["template"]

    assert made["mappings"]["_source"] == {"includes": ["shown"]}
    assert made["mappings"]["dynamic"] == "strict"
    assert (made["settings"]["index"]["number_of_shards"], made["settings"]["index"]["number_of_replicas"]) == (3, 2)


def test_every_field_that_is_sent_has_a_place():
    fields = template("x-*", shards=1, replicas=0)["template"]["mappings"]["properties"]

    assert {name for one in MAIL for name in to_source(one)} <= set(fields)


def test_the_forms_of_a_word_stand_at_the_same_place():
    source = to_source(MAIL[0])
    lengths = {name: [len(text.split()) for text in source[name]] for name in source if name.endswith("_body")}

    assert set(lengths) == {"words_body", "exact_body", "french_body"}
    assert len({tuple(counts) for counts in lengths.values()}) == 1


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ({"number": "8.11.0"}, "not OpenSearch"),
        ({"number": "2.19.1", "distribution": "opensearch"}, "too old: use 3.0 or newer"),
        ({"number": "3.8.0", "distribution": "opensearch"}, ""),
    ],
)
def test_a_server_that_is_unfit_is_told(version, says):
    assert says in unfit(version)
    assert bool(unfit(version)) == bool(says)
