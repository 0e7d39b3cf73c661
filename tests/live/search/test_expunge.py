"""The contract of expunging, on OpenSearch: all at once, for each waits until copies tell what they have; and the files."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contract.search import test_expunge as contract
from tests.contract.search.mailset import MAIL, copies, document, found, mid

CASES = [name for name in vars(contract) if name.startswith("test_")]
WORD = "quokkazyxwv"


@pytest.fixture(scope="module")
def outcomes(new_engine, node):
    cases = {name: getattr(contract, name) for name in CASES}
    cases["files"] = lambda engine: expunged_from_files(engine, node.nodes[0])
    engines = {name: new_engine() for name in cases}
    with ThreadPoolExecutor(len(cases)) as pool:
        return {name: pool.submit(case, engines[name]) for name, case in cases.items()}


@pytest.mark.parametrize("name", CASES)
def test_the_contract_of_expunging_holds(outcomes, name):
    outcomes[name].result()


def test_no_file_holds_what_was_expunged(outcomes):
    before, after, kept, with_word = outcomes["files"].result()

    assert (bool(before), after, kept, with_word) == (True, [], 56, [])


def expunged_from_files(engine, node):
    """Expunge a message that was put twice, among others; return the files with its word before and after."""
    engine.put(copies(50))
    engine.put([document(1, subject=WORD, body=WORD, attachment_text=WORD)])
    engine.put([document(1, subject="another", body=f"{WORD} changed")])
    engine.put(MAIL[1:])
    before = files_with(node, WORD)
    engine.expunge([mid(1)])
    return before, files_with(node, WORD), engine.count(), found(engine, WORD)


def files_with(node, word):
    """Return the files below a node's data that hold these bytes: the log of operations, and words of segments."""
    command = ["grep", "-rlaF", word, str(node.data)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.splitlines()
