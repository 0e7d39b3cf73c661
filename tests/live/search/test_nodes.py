"""Three nodes with one replica: no acknowledged document is lost when one dies; and none remembers what was expunged."""

import threading
import time
from types import SimpleNamespace
from uuid import UUID

import pytest

from muniment.engines.opensearch import Connection, Layout, OpenSearchEngine
from muniment.engines.port import IndexUnavailable
from tests.contract.search.mailset import document, found, request
from tests.live.search.test_expunge import files_with
from tests.live.servers.opensearch import opensearch

BATCH = 50
MOST = 10 * BATCH  # acknowledged before the death, and after it, as a test of the test
WAIT_SECONDS = 90
WORD, BACK = "wombatzyxwv", "wallaby"


@pytest.fixture(scope="module")
def cluster():
    with opensearch(nodes=3) as three:
        yield three


@pytest.fixture(scope="module")
def replicated(cluster):
    """An engine of three shards, each on two of the three nodes."""
    made = OpenSearchEngine(
        Connection(urls=tuple(node.url for node in cluster.nodes), seconds=20),
        Layout(name="replicated", shards=3, replicas=1),
    )
    made.check()
    made.make()
    cluster.wait(nodes=3, green=True)
    return made


def manager_of(cluster):
    """The node that the others chose to manage them: the one whose death costs most."""
    name = cluster.nodes[0].get(
        "/_cluster/state/cluster_manager_node,nodes?filter_path=cluster_manager_node,nodes.*.name"
    )
    chosen = name["nodes"][name["cluster_manager_node"]]["name"]
    return next(node for node in cluster.nodes if node.name == chosen)


@pytest.fixture(scope="module")
def death(cluster, replicated):
    """Two writers index while the manager dies; what was found then, and after its return."""
    acknowledged, done = set(), threading.Event()

    def index(writer):
        batch = 0
        while not done.is_set():
            ids = [UUID(int=(writer << 64) | (batch * BATCH + number)) for number in range(BATCH)]
            put_until_taken(replicated, [document(0, message_id=one, body="durable") for one in ids])
            acknowledged.update(ids)
            batch += 1

    writers = [threading.Thread(target=index, args=(number,)) for number in (1, 2)]
    for writer in writers:
        writer.start()
    wait_for(lambda: len(acknowledged) >= MOST)
    victim, before = manager_of(cluster), len(acknowledged)
    victim.kill()
    wait_for(lambda: len(acknowledged) >= before + MOST)
    done.set()
    for writer in writers:
        writer.join()
    meanwhile = set(replicated.message_ids())
    with pytest.raises(IndexUnavailable) as refusal:
        replicated.expunge(sorted(acknowledged)[:1])
    victim.start()
    cluster.wait(nodes=3, green=True)
    return SimpleNamespace(before=before, acknowledged=acknowledged, meanwhile=meanwhile, refusal=str(refusal.value))


def wait_for(condition):
    until = time.monotonic() + WAIT_SECONDS
    while not condition() and time.monotonic() < until:
        time.sleep(0.1)


def put_until_taken(engine, documents):
    """Put as the index stage does."""
    while True:
        try:
            return engine.put(documents)
        except IndexUnavailable:
            time.sleep(0.2)


def test_no_acknowledged_document_is_lost_when_the_manager_dies_under_indexing(replicated, death):
    assert len(death.acknowledged) >= death.before + MOST
    assert (death.acknowledged - death.meanwhile, death.acknowledged - set(replicated.message_ids())) == (set(), set())
    assert replicated.search(request("durable", limit=0)).total == replicated.count()


def test_while_a_copy_is_away_expunging_is_refused_with_the_answers_as_they_were(death, replicated):
    assert "copies of the index are missing" in death.refusal
    assert min(death.acknowledged) in set(replicated.message_ids())


def test_no_file_of_any_copy_holds_what_was_expunged(cluster, replicated):
    replicated.delete(list(replicated.message_ids()))
    replicated.put([document(number, body="kept") for number in range(100, 160)])
    replicated.put([document(number, subject=WORD, body=WORD) for number in range(1, 10)])
    before = [files_with(node, WORD) for node in cluster.nodes]

    replicated.expunge([document(number).message_id for number in range(1, 10)])

    assert ([bool(files) for files in before], [files_with(node, WORD) for node in cluster.nodes]) == (
        [True] * 3,
        [[]] * 3,
    )
    assert (replicated.count(), found(replicated, WORD)) == (60, [])


def test_a_cluster_that_is_down_is_told_and_answers_again_when_it_is_back(cluster, replicated):
    replicated.put([document(1, body=BACK)])
    for node in cluster.nodes:
        node.kill()
    with pytest.raises(IndexUnavailable, match="does not answer: is it running"):
        replicated.search(request(BACK))
    cluster.start()
    cluster.wait(nodes=3, green=True)

    assert found(replicated, BACK) == [1]
