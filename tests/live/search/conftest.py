"""The contract suite of search engines on a real OpenSearch: the fixtures of `tests/contract/search`, with that engine."""

from uuid import uuid4

import pytest

from muniment.engines.memory import MemoryEngine
from muniment.engines.opensearch import Connection, Layout, OpenSearchEngine
from tests.contract.search.mailset import MAIL
from tests.live.servers.opensearch import opensearch

SMALL_WINDOW = 400  # hits that one answer reaches, so that a small index has far pages too


@pytest.fixture(scope="session")
def node():
    with opensearch() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def new_engine(node):
    """Make an engine with an index of its own, with nothing in it."""

    def make(*, full_gib=40.0, **options):
        layout = Layout(name=f"t{uuid4().hex[:8]}", full_gib=full_gib)
        made = OpenSearchEngine(Connection(urls=(node.nodes[0].url,)), layout, **options)
        made.check()
        made.make()
        return made

    return make


def emptied(engine):
    """Take everything out; to make an index anew takes ten times as long."""
    engine.delete(list(engine.message_ids()))
    return engine


@pytest.fixture(scope="session")
def another_engine(new_engine):
    """One engine, emptied each time."""
    one = new_engine(window=SMALL_WINDOW)
    return lambda: emptied(one)


@pytest.fixture(scope="session")
def kept_engine(new_engine):
    return new_engine()


@pytest.fixture
def engine(kept_engine):
    """An engine with nothing in it."""
    return emptied(kept_engine)


@pytest.fixture(scope="session")
def filled_engines(new_engine):
    engines = {"memory": MemoryEngine(), "opensearch": new_engine()}
    for made in engines.values():
        made.put(MAIL[:4])
        made.put(MAIL[4:])
    return engines


@pytest.fixture
def filled(filled_engines):
    """An engine with the mail set, which its tests only read."""
    return filled_engines["opensearch"]
