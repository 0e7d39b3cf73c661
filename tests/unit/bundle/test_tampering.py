"""Whatever is changed in a bundle is found and named."""

import io
import json
import random
import zipfile
from hashlib import md5, sha256

import pytest
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from muniment.bundle.model import Copies
from muniment.log.entries import AuditHead
from muniment.log.note import NoteSigner
from muniment.log.reader import LogReader
from muniment.log.writer import LogWriter
from muniment.verify.container import THE_ZIP
from muniment.verify.given import Given
from tests.unit.bundle.builders import (
    MADE,
    SIGNER,
    bundle,
    consistent,
    edited,
    files_of,
    logged,
    raw,
    seal,
    verify,
    zipped,
)
from tests.unit.seal.builders import memory_vault

MESSAGES = [[raw(1)], [raw(2), raw(2, "Salut")], [raw(3)], [raw(4)]]
SOUND, FINISHED = bundle(MESSAGES, with_log=True, copies=Copies.ALL, missing={4})
FILES = files_of(SOUND)
RANDOM = random.Random(20260401)
BITS = [RANDOM.randrange(8 * len(SOUND)) for _ in range(100)]


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def content_at(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.getinfo(name).header_offset + 30 + len(name)


def named(report):
    return {finding.file for finding in report.findings}


def whats(report):
    return [finding.what for finding in report.findings]


@pytest.mark.parametrize("bit", BITS)
def test_one_bit_flipped_anywhere_in_the_zip_is_found(bit):
    assert not verify(flipped(SOUND, bit)).sound


@pytest.mark.parametrize("name", FILES)
def test_one_bit_flipped_in_any_file_is_found_and_the_file_named(name):
    start = content_at(SOUND, name)
    for _ in range(25):
        report = verify(flipped(SOUND, 8 * start + RANDOM.randrange(8 * len(FILES[name]))))

        assert name in named(report)


@settings(max_examples=200, deadline=None)
@each(st.integers(0, 8 * len(SOUND) - 1), st.integers(0, 8 * len(SOUND) - 1))
def test_two_bits_flipped_are_found(one, other):
    changed = flipped(flipped(SOUND, one), other)

    assert verify(changed).sound == (one == other)


@pytest.mark.parametrize("name", [name for name in FILES if name != "SHA256SUMS"])
def test_a_removed_file_is_named_as_missing(name):
    report = verify(zipped({key: value for key, value in FILES.items() if key != name}))

    assert name in named(report)
    assert any("missing" in what for what in whats(report))


def test_without_sums_nothing_tells_which_files_there_were():
    report = verify(zipped({key: value for key, value in FILES.items() if key != "SHA256SUMS"}))

    assert "SHA256SUMS" in named(report)


@pytest.mark.parametrize("name", ["messages/000004.eml", "index/0002.html", "messages/000001-2.eml"])
def test_an_added_file_is_named(name):
    report = verify(zipped(FILES | {name: b"x"}))

    assert named(report) == {name}
    assert any(what.startswith("added") for what in whats(report))


def test_an_added_message_that_the_sums_list_is_named_too():
    report = verify(zipped(consistent(FILES | {"messages/000004.eml": b"x"})))

    assert named(report) == {"messages/000004.eml"}


def test_a_renamed_message_is_missing_and_added():
    files = {("messages/000009.eml" if name == "messages/000003.eml" else name): FILES[name] for name in FILES}

    report = verify(zipped(files))

    assert named(report) >= {"messages/000003.eml", "messages/000009.eml"}


def test_two_messages_changed_places_are_both_named():
    one, other = "messages/000001.eml", "messages/000003.eml"

    report = verify(zipped(consistent(FILES | {one: FILES[other], other: FILES[one]})))

    assert named(report) == {one, other}


def test_a_message_forged_with_all_its_digests_fails_its_commitment():
    forged = FILES["messages/000001.eml"].replace(b"Bonjour", b"Bonsoir")

    def change(item):
        item["sightings"][0] |= {"sha256": sha256(forged).hexdigest(), "md5": md5(forged).hexdigest()}

    report = verify(zipped(edited(FILES | {"messages/000001.eml": forged}, "items.jsonl", change)))

    assert named(report) == {"messages/000001.eml"}
    assert ["commitment differs" in what for what in whats(report)] == [True]


def test_a_commitment_forged_too_fails_its_segment():
    def change(item):
        proof = item["sightings"][0]["proof"]
        proof["salt"] = "00" * 32
        proof["commitment"] = sha256(bytes(32) + FILES["messages/000001.eml"]).hexdigest()

    report = verify(zipped(edited(FILES, "items.jsonl", change)))

    assert ["does not lead to its segment" in what for what in whats(report)] == [True]


def test_a_segment_forged_too_is_not_in_the_log():
    def change(item):
        proof = item["sightings"][0]["proof"]
        commitment = sha256(bytes(32) + FILES["messages/000001.eml"]).digest()
        root = sha256(b"\0" + commitment).hexdigest()
        proof |= {"salt": "00" * 32, "commitment": commitment.hex(), "place": 0, "frames": 1, "path": [], "root": root}

    report = verify(zipped(edited(FILES, "items.jsonl", change)))

    assert ["log entry is of another segment" in what for what in whats(report)] == [True]


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof["log"].update(index=1),
        lambda proof: proof["log"].update(path=proof["log"]["path"][:-1]),
        lambda proof: proof["log"].update(entry="00"),
        lambda proof: proof.update(frames=2),
        lambda proof: proof.update(place=1),
        lambda proof: proof.update(segment="00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_proof_that_was_changed_fails(change):
    report = verify(zipped(edited(FILES, "items.jsonl", lambda item: change(item["sightings"][0]["proof"]))))

    assert named(report) == {"messages/000001.eml"}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        (".counts.messages", lambda manifest: manifest["counts"].update(messages=4)),
        (".counts.files", lambda manifest: manifest["counts"].update(files=9)),
        (".counts.sightings", lambda manifest: manifest["counts"].update(sightings=9)),
        (".counts.bytes", lambda manifest: manifest["counts"].update(bytes=9)),
        (".counts.exceptions", lambda manifest: manifest["counts"].update(exceptions={"Corrupt": 1})),
        (".selection.sha256", lambda manifest: manifest["selection"].update(sha256="00" * 32)),
        (".selection.taken", lambda manifest: manifest["selection"].update(taken=5)),
        (".selection.taken", lambda manifest: manifest["selection"].update(limit=2)),
        (".log", lambda manifest: manifest["log"].update(size=9)),
        (".log", lambda manifest: manifest.update(log=None)),
        (".copies", lambda manifest: manifest.update(copies="none")),
        (".version", lambda manifest: manifest.update(version=2)),
        (".version", lambda manifest: manifest.update(version=True)),
        (".purpose", lambda manifest: manifest.pop("purpose")),
        (".stamp", lambda manifest: manifest.update(stamp="")),
    ],
)
def test_a_manifest_that_was_edited_is_named_by_field(field, change):
    report = verify(zipped(edited(FILES, "manifest.json", change)))

    assert any(finding.file == "manifest.json" and field in finding.what for finding in report.findings)


def test_words_of_the_manifest_that_were_edited_with_the_sums_are_found_by_the_digest():
    files = edited(FILES, "manifest.json", lambda manifest: manifest.update(purpose="another"))

    report = verify(zipped(files), Given(digest=FINISHED.digest))

    assert verify(zipped(files)).sound
    assert named(report) == {"SHA256SUMS"}


@pytest.mark.parametrize("lines", [[0, 2], [0, 1, 1, 2], [1, 0, 2], [0, 1]])
def test_lines_of_items_that_are_missing_twice_or_out_of_order_are_found(lines):
    there = FILES["items.jsonl"].splitlines(keepends=True)

    report = verify(zipped(consistent(FILES | {"items.jsonl": b"".join(there[line] for line in lines)})))

    assert not report.sound
    assert {"items.jsonl", "manifest.json"} & named(report)


def test_json_that_is_not_canonical_is_found():
    loose = json.dumps(json.loads(FILES["manifest.json"]), ensure_ascii=False).encode()

    report = verify(zipped(consistent(FILES | {"manifest.json": loose})))

    assert any("canonical" in what for what in whats(report))


def test_a_log_key_given_that_is_not_the_bundles_is_found():
    other = NoteSigner(SIGNER.verifier.name, seed=bytes(32))

    report = verify(SOUND, Given(log_key=other.verifier.encode()))

    assert "log/checkpoint" in named(report)


def test_checkpoints_obtained_elsewhere_are_compared():
    vault = memory_vault(seed=7)
    _, store = logged(*(seal(vault, *raws)[0] for raws in MESSAGES))
    before = LogReader.latest(store, [SIGNER.verifier])
    grown = _grown(store)
    proof = grown.consistency_proof(before.checkpoint.size)
    forked = _grown(logged(seal(memory_vault(seed=9), raw(9))[0])[1])

    assert verify(SOUND, Given(checkpoint=before.checkpoint.note)).sound
    assert verify(SOUND, Given(checkpoint=grown.checkpoint.note, consistency=proof)).sound
    assert any("--consistency" in one for one in verify(SOUND, Given(checkpoint=grown.checkpoint.note)).not_proved)
    assert not verify(SOUND, Given(checkpoint=grown.checkpoint.note, consistency=(bytes(32),))).sound
    assert not verify(SOUND, Given(checkpoint=forked.checkpoint.note, consistency=proof)).sound


def _grown(store):
    LogWriter(store, SIGNER).append([AuditHead(records=one, head=bytes(32)) for one in range(4)], MADE)
    return LogReader.latest(store, [SIGNER.verifier])


@pytest.mark.parametrize("size", [0, 1, 21, 22, 100, len(SOUND) - 1])
def test_a_bundle_that_was_cut_short_is_found(size):
    assert THE_ZIP in named(verify(SOUND[:size]))


@pytest.mark.parametrize("data", [SOUND + b"x", b"x" + SOUND, SOUND[:-2] + b"\1\0x"])
def test_bytes_before_or_behind_the_zip_are_found(data):
    assert not verify(data).sound
