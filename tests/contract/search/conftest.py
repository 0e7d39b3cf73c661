"""The engines that the suite is run on. `tests/live/search` runs it on a real OpenSearch, with fixtures of the same names."""

import pytest

from muniment.engines.memory import MemoryEngine
from muniment.engines.tantivy import TantivyEngine
from tests.contract.search.mailset import MAIL

ENGINES = ("memory", "tantivy")


def _make(name, path):
    made = MemoryEngine() if name == "memory" else TantivyEngine(path / "index")
    made.clear()
    return made


@pytest.fixture(scope="session")
def another_engine(tmp_path_factory):
    """Make another engine of the kind that is compared with the memory engine, with nothing in it."""
    return lambda: _make("tantivy", tmp_path_factory.mktemp("another"))


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path):
    """An engine with nothing in it."""
    return _make(request.param, tmp_path)


@pytest.fixture(scope="session")
def filled_engines(tmp_path_factory):
    engines = {name: _make(name, tmp_path_factory.mktemp("search")) for name in ENGINES}
    for made in engines.values():
        made.put(MAIL[:4])
        made.put(MAIL[4:])
    return engines


@pytest.fixture(params=ENGINES)
def filled(request, filled_engines):
    """An engine with the mail set, which its tests only read."""
    return filled_engines[request.param]
