"""Another implementation reads the log: Go's sumdb packages check signatures, entries and proofs from our tiles."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from muniment.log.layout import PREFIX
from muniment.log.reader import LogReader
from muniment.log.tidy import tidy
from tests.unit.log.builders import SIGNER, VERIFIERS, LyingStore, filled

SOURCE = Path(__file__).parent / "client"
GROWN = filled(300, 65_530, 65_800)
TIDIED = filled(300, 65_530, 65_800)
tidy(TIDIED, VERIFIERS)
OLD_SIZES = [1, 255, 256, 257, 300, 65_530, 65_536, 65_537, 65_800]
INDEXES = [0, 1, 255, 256, 299, 40_000, 65_535, 65_536, 65_799]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Build the client; Go fetches its one module, pinned by go.sum."""
    if shutil.which("go") is None:
        pytest.skip("go is not installed")
    program = tmp_path_factory.mktemp("go") / "client"
    fetched = subprocess.run(
        ["go", "mod", "download"], check=False, cwd=SOURCE, capture_output=True, text=True, timeout=300
    )
    if fetched.returncode:
        pytest.skip(f"golang.org/x/mod cannot be fetched: {fetched.stderr.strip()[-200:]}")
    subprocess.run(["go", "build", "-p", "1", "-o", program, "."], cwd=SOURCE, check=True, timeout=300)
    return program


def written(folder, store, old_size):
    """Write a log as plain files, and what its reader claims of it."""
    for key in store.keys(PREFIX):
        path = folder / key.removeprefix(PREFIX)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.get(key))
    found = LogReader.latest(GROWN, VERIFIERS)
    signed = SIGNER.sign(f"{SIGNER.verifier.name}\n{old_size}\n{base64.b64encode(found.root_at(old_size)).decode()}\n")
    (folder / "old-checkpoint").write_bytes(signed)
    return {
        "entries": [
            {
                "index": index,
                "entry": text(found.entry(index)),
                "proof": [text(row) for row in found.inclusion_proof(index)],
            }
            for index in INDEXES
        ],
        "consistency": [text(row) for row in found.consistency_proof(old_size)],
    }


def text(data):
    return base64.b64encode(data).decode()


def run(client, folder, claims, key=SIGNER.verifier):
    done = subprocess.run(
        [client, folder, key.encode()], check=False, input=json.dumps(claims), capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("old_size", OLD_SIZES)
@pytest.mark.parametrize("store", [GROWN, TIDIED], ids=["grown", "tidied"])
def test_go_verifies_checkpoints_entries_and_proofs(client, tmp_path, store, old_size):
    claims = written(tmp_path, store, old_size)
    assert run(client, tmp_path, claims) == (0, f"verified 9 entries of 65800, consistent since {old_size}\n")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("log/checkpoint", "signature"),
        ("log/tile/0/156", "inconsistent"),
        ("log/tile/entries/156", "entry 40000"),
    ],
)
def test_go_refuses_what_was_changed(client, tmp_path, key, said):
    store = LyingStore(GROWN, key=key, bit=8 * (len(GROWN.get(key)) // 4 + 30))
    code, output = run(client, tmp_path, written(tmp_path, store, 300))
    assert (code, said in output) == (1, True), output


def test_go_refuses_a_proof_of_another_entry(client, tmp_path):
    claims = written(tmp_path, GROWN, 300)
    claims["entries"][0]["proof"] = claims["entries"][1]["proof"]
    assert run(client, tmp_path, claims)[0] == 1


def test_go_refuses_another_key(client, tmp_path):
    other = type(SIGNER)(SIGNER.verifier.name, seed=bytes(32)).verifier
    assert run(client, tmp_path, written(tmp_path, GROWN, 300), key=other)[0] == 1
