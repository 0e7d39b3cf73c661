"""A bundle is made, and verified; the same inputs give the same bytes."""

import io
import json
import subprocess
import zipfile
from dataclasses import replace
from hashlib import md5, sha256

from muniment.bundle.model import Copies
from muniment.bundle.writer import BundleWriter, State
from muniment.verify.given import Given
from tests.unit.bundle.builders import (
    SIGNER,
    bundle,
    captured,
    files_of,
    logged,
    raw,
    request,
    seal,
    streams,
    verify,
)
from tests.unit.seal.builders import memory_vault

THREE = [[raw(1)], [raw(2), raw(2, "Salut")], [raw(3), raw(3)]]


def test_a_bundle_is_sound_and_everything_in_it_is_proved():
    data, finished = bundle(THREE, with_log=True)

    report = verify(data, Given(digest=finished.digest, log_key=SIGNER.verifier.encode()))

    assert report.findings == []
    proved = report.proved
    assert (proved.files, proved.sealed, proved.in_segment, proved.in_log) == (3 + 2 + 6, 4, 5, 5)
    assert report.not_proved == [
        "that this checkpoint is the one that everybody was shown: give one obtained elsewhere by --checkpoint",
        "what 1 sightings of other copies held: their bytes are not in the bundle",
    ]


def test_without_a_log_it_is_sound_and_says_what_is_not_proved():
    data, _ = bundle(THREE)

    report = verify(data)

    assert report.sound
    assert any("evidence log" in sentence for sentence in report.not_proved)
    assert any("--digest" in sentence for sentence in report.not_proved)


def test_every_copy_is_in_it_when_asked_for_each_once():
    data, _ = bundle(THREE, copies=Copies.ALL)

    names = [name for name in files_of(data) if name.startswith("messages/")]

    assert names == [
        "messages/000001.eml",
        "messages/000002.eml",
        "messages/000002-2.eml",
        "messages/000003.eml",
    ]
    assert verify(data).sound


def test_the_same_inputs_give_the_same_bytes():
    assert bundle(THREE, with_log=True)[0] == bundle(THREE, with_log=True)[0]


def test_the_files_are_the_bytes_as_received_with_their_digests():
    data, _ = bundle(THREE)
    files = files_of(data)

    item = json.loads(files["items.jsonl"].split(b"\n")[1])

    first = item["sightings"][0]
    assert files["messages/000002.eml"] == raw(2)
    assert (first["file"], first["size"]) == ("messages/000002.eml", len(raw(2)))
    assert (first["sha256"], first["md5"]) == (sha256(raw(2)).hexdigest(), md5(raw(2)).hexdigest())
    assert item["sightings"][1]["file"] is None
    assert first["envelope"]["recipients"] == [{"address": "bob@corp.example", "parameters": ["NOTIFY=NEVER"]}]


def test_a_message_that_cannot_be_opened_is_an_exception_and_the_bundle_sound():
    data, finished = bundle(THREE, missing={2})

    report = verify(data)

    assert report.findings == []
    assert finished.counts.exceptions == {"ItemDeletedOrOutsideRetention": 1}
    assert any("exceptions.jsonl" in sentence for sentence in report.not_proved)


def test_an_empty_bundle_is_sound():
    assert verify(bundle([])[0]).findings == []


def test_sightings_that_are_only_counted_are_told():
    report = verify(bundle(THREE, left_out=4)[0])

    assert report.sound
    assert "anything of 12 further sightings, which are only counted" in report.not_proved


def test_an_expert_checks_it_with_sha256sum_alone(tmp_path):
    data, finished = bundle(THREE)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)

    checked = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=False)

    assert checked.returncode == 0
    assert sha256((tmp_path / "SHA256SUMS").read_bytes()).hexdigest() == finished.digest


def test_an_expert_gets_the_commitment_by_the_command_of_the_readme(tmp_path):
    files = files_of(bundle(THREE)[0])
    proof = json.loads(files["items.jsonl"].split(b"\n")[0])["sightings"][0]["proof"]

    commitment = sha256(bytes.fromhex(proof["salt"]) + files["messages/000001.eml"]).hexdigest()

    assert commitment == proof["commitment"]
    assert b"xxd -r -p; cat messages/000001.eml) | sha256sum" in files["README.txt"]


def test_pages_have_no_script_and_show_hostile_text_as_text():
    files = files_of(bundle(THREE)[0])

    page = files["index/0001.html"].decode()

    assert "Objet &lt;1&gt;" in page
    assert "<script" not in page + files["index.html"].decode()
    assert "default-src 'none'" in page


def test_a_bundle_gone_on_with_from_a_noted_state_is_the_same():
    vault = memory_vault(seed=1)
    segment, made = seal(vault, *(raw(number) for number in range(6)))
    prover = logged(segment)[0]

    def write(out, state, start, stop):
        from muniment.bundle.model import Described
        from muniment.bundle.proving import SegmentProver

        opened = SegmentProver(vault.open(segment.segment_id), prover.prove)
        writer = BundleWriter(out, request([one.id for one in made]), state)
        for number in range(start, stop):
            described = Described(number=number + 1, message_id=made[number].id)
            writer.add(described, [captured(opened, made[number])])
        return writer

    whole = streams()
    write(whole, State(), 0, 6).finish()
    parts = streams()
    first = write(parts, State(), 0, 3)
    noted = replace(first.state)
    second = write(parts, noted, 3, 6)
    second.finish()

    assert parts.bundle.getvalue() == whole.bundle.getvalue()
