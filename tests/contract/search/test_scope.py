"""A scope is an id filter: words never widen it, and it is about people, not text."""

from dataclasses import replace

import pytest

from muniment.engines.port import RESTRICTED, Scope, Sort
from tests.contract.search.mailset import MAIL, found, numbers, request

SCOPES = {
    "nobody": (Scope(), []),
    "an address": (Scope(addresses=frozenset({"dave@initech.example"})), [7]),
    "an address in capitals": (Scope(addresses=frozenset({"Dave@Initech.Example"})), [7]),
    "several": (Scope(addresses=frozenset({"dave@initech.example", "tanaka@example.jp"})), [4, 7]),
    "a domain": (Scope(domains=frozenset({"globex.example"})), [2, 5, 7]),
    "a domain is not its subdomains": (Scope(domains=frozenset({"acme.com"})), [1, 2, 4, 6, 7]),
    "a subdomain": (Scope(domains=frozenset({"mail.acme.com"})), [1]),
    "an address or a domain": (
        Scope(addresses=frozenset({"tanaka@example.jp"}), domains=frozenset({"initech.example"})),
        [4, 7],
    ),
    "a blind recipient's own mail": (Scope(addresses=frozenset({"secret.auditor@hidden.example"})), [1]),
    "part of an address is nobody": (Scope(addresses=frozenset({"dave"}), domains=frozenset({"initech"})), []),
    "an empty name is nobody": (Scope(addresses=frozenset({""}), domains=frozenset({"", "@"})), []),
    "a wildcard is nobody": (Scope(addresses=frozenset({"*"}), domains=frozenset({"*"})), []),
    "listed to be copied to, not known": (Scope(addresses=frozenset({"list@lists.example.org"})), []),
}


@pytest.mark.parametrize("name", SCOPES)
def test_a_scope_sees_these_messages(filled, name):
    scope, expected = SCOPES[name]

    assert found(filled, "", scope=scope) == expected


@pytest.mark.parametrize("query", ["*", "NOT contrat", "contrat OR NOT contrat", "from:dave OR *", "NOT from:dave"])
def test_no_query_reaches_beyond_the_scope(filled, query):
    scope = Scope(addresses=frozenset({"tanaka@example.jp"}))

    assert found(filled, query, scope=scope) == [4]


@pytest.mark.parametrize("sort", Sort)
def test_figures_and_facets_are_of_the_scope_only(filled, sort):
    scope = Scope(domains=frozenset({"initech.example"}))

    result = filled.search(request("", scope=scope, sort=sort, histogram=True, facets=("sender", "source", "filetype")))

    assert (result.total, numbers(result), result.undated) == (1, [7], 0)
    assert [bucket.count for bucket in result.histogram] == [1]
    assert result.facets == {"sender": (("dave@initech.example", 1),), "source": (), "filetype": ()}


def test_a_blind_recipient_who_sees_his_mail_does_not_see_that_he_is_named(filled):
    scope = Scope(addresses=frozenset({"secret.auditor@hidden.example"}))

    assert found(filled, "auditor", scope=scope) == []
    assert found(filled, "NOT auditor", scope=scope) == [1]


def test_a_restricted_message_is_there_only_for_a_scope_that_sees_it(engine):
    restricted, plain = (replace(one, flags=flags) for one, flags in zip(MAIL[:2], ((RESTRICTED,), ()), strict=True))
    engine.put([restricted, plain])

    hidden = engine.search(request("", scope=Scope(everything=True), facets=("sender",), histogram=True))
    shown = engine.search(request("", scope=Scope(everything=True, restricted=True)))

    assert (hidden.total, [hit.message_id for hit in hidden.hits]) == (1, [plain.message_id])
    assert sum(count for _, count in hidden.facets["sender"]) == 1
    assert shown.total == 2
