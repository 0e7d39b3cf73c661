"""What every engine owes when documents are expunged."""

from dataclasses import replace

from tests.contract.search.mailset import MAIL, found, mid, request


def test_an_expunged_message_is_gone_from_words_facets_and_counts(engine):
    engine.put(MAIL)

    engine.expunge([mid(1), mid(6), mid(999)])

    assert found(engine, "contrat") == []
    assert (engine.count(), sorted(engine.message_ids())) == (5, [mid(n) for n in (2, 3, 4, 5, 7)])


def test_the_others_are_found_as_before(engine):
    engine.put(MAIL)
    asked = [request(query, highlight=True, histogram=True, facets=("sender",)) for query in ("", "note", "project")]
    engine.delete([mid(1)])
    before = [engine.search(each) for each in asked]
    engine.put([MAIL[0]])

    engine.expunge([mid(1)])

    assert [engine.search(each) for each in asked] == before


def test_expunging_twice_nothing_or_everything_is_allowed(engine):
    engine.put(MAIL[:2])

    engine.expunge([])
    engine.expunge([mid(1)])
    engine.expunge([mid(1)])
    engine.expunge([mid(2)])

    assert (engine.count(), list(engine.message_ids())) == (0, [])


def test_an_expunged_message_can_be_put_again(engine):
    engine.put(MAIL)
    engine.expunge([mid(1)])

    engine.put([MAIL[0]])

    assert found(engine, "contrats") == [1, 6]


def test_what_is_put_and_deleted_afterwards_stays_so(engine):
    engine.put(MAIL)
    engine.expunge([mid(1)])

    engine.put([replace(MAIL[1], subject="quokka")])
    engine.delete([mid(7)])
    engine.expunge([mid(6)])

    assert (found(engine, "quokka"), found(engine, "project"), engine.count()) == ([2], [], 4)
