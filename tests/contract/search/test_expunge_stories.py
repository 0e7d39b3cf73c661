"""Random stories of puts, deletions and expunctions: Tantivy answers as the memory engine does, and its files forget."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.engines.memory import MemoryEngine
from muniment.engines.tantivy import TantivyEngine
from tests.contract.search.mailset import document, mid
from tests.flow.erasure.hunting import hunt
from tests.flow.erasure.needles import text_needle

_numbers = st.lists(st.integers(1, 12), min_size=1, max_size=6, unique=True)
_steps = st.lists(st.tuples(st.sampled_from(["put", "put", "delete", "expunge"]), _numbers), max_size=14)


def word(number, version):
    return f"quokka{chr(96 + number)}zy{chr(97 + version)}xq"


@given(_steps, _numbers)
@settings(max_examples=12, deadline=None)
def test_what_was_expunged_is_in_no_file_whatever_came_before(tmp_path_factory, steps, last):
    path = tmp_path_factory.mktemp("story") / "index"
    memory, tantivy = MemoryEngine(), TantivyEngine(path)
    tantivy.clear()
    versions, gone = Counter(), {}
    for act, numbers in [*steps, ("expunge", last)]:
        if act == "put":
            versions.update(numbers)
            made = [document(n, subject=word(n, versions[n]), attachment_text=word(n, versions[n])) for n in numbers]
            memory.put(made)
            tantivy.put(made)
        else:
            getattr(memory, act)([mid(n) for n in numbers])
            getattr(tantivy, act)([mid(n) for n in numbers])
        if act == "expunge":
            gone |= {n: versions[n] for n in numbers}

    needles = [text_needle(word(n, v), word(n, v)) for n, last_gone in gone.items() for v in range(1, last_gone + 1)]
    assert sorted(tantivy.message_ids()) == sorted(memory.message_ids())
    assert hunt(path, needles) == []
