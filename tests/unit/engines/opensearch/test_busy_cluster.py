"""What the engine makes of a cluster that is busy, refuses, or answers from a part."""

import pytest

from muniment.engines.opensearch import Connection, OpenSearchEngine
from muniment.engines.opensearch.connection import Server
from muniment.engines.port import DocumentsRefused, IndexUnavailable
from tests.contract.search.mailset import document, mid, request
from tests.unit.engines.opensearch.stub import stub

INDEX = "muniment-v1-a-000001"
WHOLE = {"_shards": {"total": 1, "successful": 1, "failed": 0}}
USUAL = {
    "GET /muniment-v1-*/_alias": [(200, {INDEX: {"aliases": {"muniment-v1": {"is_write_index": True}}}})],
    "GET /muniment-v1/_mapping": [(200, {INDEX: {"mappings": {"_meta": {}}}})],
    "POST /muniment-v1/_rollover": [(200, {"rolled_over": False})],
    f"POST /{INDEX}/_refresh": [(200, WHOLE)],
}


class Time:
    """A clock that moves when one sleeps, and chance that always waits the longest."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.now += seconds

    def engine(self, server):
        connection = Connection(urls=(server.url,), seconds=5)
        made = Server(connection, sleep=self.sleep, chance=lambda: 1.0, clock=lambda: self.now)
        return OpenSearchEngine(connection, server=made)


@pytest.fixture
def time():
    return Time()


def items(*statuses):
    results = [{"index": {"_index": INDEX, "status": status, "error": {"type": "why"}}} for status in statuses]
    return 200, {"errors": True, "items": results}


DOCUMENTS = [document(number) for number in (1, 2, 3)]
IDS = [mid(number).hex for number in (1, 2, 3)]


def test_an_item_that_is_too_much_just_now_is_sent_again_alone_after_longer_and_longer_waits(time):
    with stub({**USUAL, "POST /_bulk": [items(201, 429, 200), items(429), items(429), items(201)]}) as server:
        time.engine(server).put(DOCUMENTS)

        assert server.bulks() == [IDS, [IDS[1]], [IDS[1]], [IDS[1]]]
        assert time.slept == [0.1, 0.2, 0.4]


def test_waits_are_shortened_by_chance(time):
    with stub({**USUAL, "POST /_bulk": [items(429, 201, 201), items(201)]}) as server:
        engine = time.engine(server)
        engine._server._chance = lambda: 0.25
        engine.put(DOCUMENTS)

        assert time.slept == [0.025]


def test_an_item_that_is_never_taken_is_told_after_a_minute(time):
    with stub({**USUAL, "POST /_bulk": [items(201, 429, 201), items(429)]}) as server:
        with pytest.raises(IndexUnavailable, match="took 2 of 3 changes and is too busy"):
            time.engine(server).put(DOCUMENTS)

        assert sum(time.slept) == pytest.approx(60)
        assert max(time.slept) == 5


def test_a_whole_request_that_is_too_much_is_sent_again(time):
    busy = 429, {"error": {"type": "circuit_breaking_exception"}, "status": 429}
    with stub({**USUAL, "POST /_bulk": [busy, items(201, 201, 201)]}) as server:
        time.engine(server).put(DOCUMENTS)

        assert server.bulks() == [IDS, IDS]


def test_documents_that_are_refused_are_listed_and_the_others_are_there(time):
    with stub({**USUAL, "POST /_bulk": [items(201, 400, 201)]}) as server:
        with pytest.raises(DocumentsRefused) as refusal:
            time.engine(server).put(DOCUMENTS)

        assert refusal.value.reasons == {mid(2): "why"}
        assert any("_refresh" in line for line, _ in server.asked)


def test_documents_go_to_the_alias_or_nowhere(time):
    with stub({**USUAL, "POST /_bulk": [items(201)]}) as server:
        time.engine(server).put(DOCUMENTS[:1])

        (sent,) = [body for line, body in server.asked if "_bulk" in line]
        assert b'"_index": "muniment-v1"' in sent
        assert b'"require_alias": true' in sent


def test_an_index_that_does_not_show_what_was_put_has_not_taken_it(time):
    part = {"_shards": {"total": 2, "successful": 1, "failed": 1}}
    answers = {**USUAL, "POST /_bulk": [items(201)], f"POST /{INDEX}/_refresh": [(200, part)]}
    with stub(answers) as server, pytest.raises(IndexUnavailable, match="does not show"):
        time.engine(server).put(DOCUMENTS[:1])


def hits(**changes):
    found = {"timed_out": False, "hits": {"total": {"value": 0}, "hits": []}, **WHOLE, **changes}
    return {"POST /muniment-v1/_search": [(200, found)]}


@pytest.mark.parametrize("part", [{"timed_out": True}, {"_shards": {"total": 2, "successful": 1, "failed": 1}}])
def test_an_answer_from_a_part_of_the_index_is_none(time, part):
    with stub(hits(**part)) as server, pytest.raises(IndexUnavailable, match="a part of the index"):
        time.engine(server).search(request("a"))


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "does not let the archive in"),
        (403, "does not let"),
        (404, "rebuild index"),
        (400, "does not understand"),
        (500, "refused"),
    ],
)
def test_each_error_says_what_to_do(time, status, says):
    refusal = [(status, {"error": {"type": "some_exception", "reason": "secret words"}})]
    answers = {"POST /muniment-v1/_search": refusal}
    with stub(answers) as server, pytest.raises(IndexUnavailable, match=says) as error:
        time.engine(server).search(request("words"))

    assert "secret" not in str(error.value)


def test_a_search_is_asked_again_for_some_seconds_where_a_node_is_busy(time):
    busy = 503, {"error": {"type": "busy"}}
    usual = hits()["POST /muniment-v1/_search"]
    with stub({"POST /muniment-v1/_search": [busy, busy, *usual]}) as server:
        assert time.engine(server).search(request("a")).total == 0

    assert time.slept == [0.1, 0.2]


def test_a_cluster_that_is_gone_is_told_after_some_seconds(time):
    with stub({}) as server:
        engine = time.engine(server)

    with pytest.raises(IndexUnavailable, match="does not answer: is it running"):
        engine.count()
    assert sum(time.slept) == pytest.approx(3)
