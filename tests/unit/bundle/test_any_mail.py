"""Whatever was received and however it is described, its bundle is sound and gives the bytes back."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.bundle import pages
from muniment.bundle.model import Copies, Described, Missing
from muniment.bundle.proving import SegmentProver
from muniment.bundle.writer import BundleWriter
from muniment.seal.sighting import Recipient
from tests.unit.bundle.builders import bundle, captured, files_of, raw, request, seal, streams, verify
from tests.unit.seal.builders import envelope, memory_vault, sighting

MESSAGES = st.lists(st.lists(st.binary(max_size=200), min_size=1, max_size=4), max_size=6)
ANY_TEXT = st.text(st.characters(), max_size=50)  # controls, directions and lone surrogates too


@settings(max_examples=60, deadline=None)
@given(MESSAGES, st.sampled_from(Copies), st.booleans())
def test_any_bytes_come_back_and_are_proved(messages, copies, with_log):
    data, finished = bundle(messages, copies=copies, with_log=with_log)

    files = files_of(data)
    items = [json.loads(line) for line in files["items.jsonl"].splitlines()]
    report = verify(data)
    assert report.findings == []
    assert report.proved.in_segment == sum(map(len, messages)) == finished.counts.sightings
    for raws, item in zip(messages, items, strict=True):
        for one, listed in zip(raws, item["sightings"], strict=True):
            assert listed["file"] is None or files[listed["file"]] == one
            assert listed["file"] is not None or copies is Copies.FIRST


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT, ANY_TEXT, st.binary(max_size=50), ANY_TEXT)
def test_any_words_stand_in_a_sound_bundle(subject, sender, address, purpose):
    vault = memory_vault(seed=3)
    odd = envelope(recipients=(Recipient(address=address),), helo=address)
    segment = vault.seal([made := sighting(id=vault.new_sighting_id(), raw=raw(1), envelope=odd)])
    out = streams()
    writer = BundleWriter(out, request([made.id], purpose=purpose))
    described = Described(number=1, message_id=made.id, subject=subject, sender=sender, custodians=(sender,))
    writer.add(described, [captured(SegmentProver(vault.open(segment.segment_id)), made)])
    writer.finish()

    assert verify(out.bundle.getvalue()).findings == []


def test_what_is_known_of_more_sightings_than_are_listed_is_counted():
    vault = memory_vault(seed=4)
    segment, made = seal(vault, *(raw(1) for _ in range(1_003)))
    prover = SegmentProver(vault.open(segment.segment_id))
    out = streams()
    writer = BundleWriter(out, request([made[0].id]))
    captures = [Missing(sighting_id=made[0].id), *(captured(prover, one) for one in made[1:])]

    writer.add(Described(number=1, message_id=made[0].id, sightings=1_003), captures)
    finished = writer.finish()

    report = verify(out.bundle.getvalue())
    assert report.findings == []
    assert (finished.counts.sightings, finished.counts.files) == (1_000, 1)
    assert json.loads(out.items.getvalue())["sightings_left_out"] == 3


def test_pages_hold_five_hundred_messages_each():
    data, _ = bundle([[raw(number)] for number in range(501)])

    files = files_of(data)

    assert [name for name in files if name.startswith("index/")] == ["index/0001.html", "index/0002.html"]
    assert files["index/0001.html"].count(b"<tr>") == 1 + 500
    assert list(pages.item_pages(streams().items, 0)) == []
