"""From sealed segments to rows: idempotent, in any order, the same ids."""

import itertools

import pytest

from archive.models import Message, Part, Participant, SegmentStage, Sighting, Stage, StageState
from archive.services.catalogue import Catalogued, catalogue_segment, catalogue_segments
from muniment.errors import Corrupt
from muniment.seal.layout import segment_key
from muniment.stores.memory import MemoryStore
from tests.flow.archive.builders import WITH_ATTACHMENT, mail, memory_archive, reply, seal
from tests.unit.seal.builders import envelope, memory_vault, sighting

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def received(raw, by):
    return b"Received: from a by " + by + b"; Mon, 2 Feb 2026 10:00:01 +0100\n" + raw


def test_a_segment_is_catalogued_once_however_often_it_is_asked(archive):
    segment_id = seal(archive, mail("1"), mail("2"))
    first = catalogue_segment(segment_id, vault=archive.vault)
    second = catalogue_segment(segment_id, vault=archive.vault)
    assert (first, second) == (Catalogued(sightings=2, new_messages=2), Catalogued(sightings=0, new_messages=0))
    assert (Message.objects.count(), Sighting.objects.count()) == (2, 2)


def test_two_copies_of_one_mail_are_one_message_with_two_sightings(archive):
    segment_id = seal(archive, received(mail("1"), b"x"), received(mail("1"), b"y"))
    done = catalogue_segment(segment_id, vault=archive.vault)
    assert (done, Message.objects.get().sightings.count()) == (Catalogued(sightings=2, new_messages=1), 2)


def test_one_message_id_with_two_bodies_is_two_messages(archive):
    segment_id = seal(archive, mail("1", body="one"), mail("1", body="two"))
    assert catalogue_segment(segment_id, vault=archive.vault).new_messages == 2


def test_a_message_without_message_id_is_kept(archive):
    segment_id = seal(archive, b"Subject: none\n\nbody\n", b"", b"\xff\x00 no header at all")
    assert catalogue_segment(segment_id, vault=archive.vault) == Catalogued(sightings=3, new_messages=3)


def test_the_id_of_a_message_is_the_smallest_of_its_sightings_in_whatever_order(archive):
    early, late = (seal(archive, received(mail("1"), by)) for by in (b"x", b"y"))
    smallest = archive.vault.footer(early).frames[0].sighting_id
    catalogue_segment(late, vault=archive.vault)
    catalogue_segment(early, vault=archive.vault)
    message = Message.objects.get()
    assert (message.id, message.sightings.count(), message.participants.count()) == (smallest, 2, 2)


def test_envelope_recipients_and_the_custodian_take_part(archive):
    segment_id = seal(archive, mail("1"), envelope=envelope(), custodian="Cleo@corp.example")
    catalogue_segment(segment_id, vault=archive.vault)
    rows = set(Participant.objects.values_list("address", "role", "known"))
    assert rows == {
        ("ann@corp.example", "from", "header"),
        ("bob@corp.example", "to", "header"),
        ("bob@corp.example", "delivered", "envelope"),
        ("cleo@corp.example", "delivered", "custodian"),
    }


def test_attachments_are_listed_and_wait_for_their_text(archive):
    segment_id = seal(archive, WITH_ATTACHMENT)
    catalogue_segment(segment_id, vault=archive.vault)
    stage = SegmentStage.objects.get(stage=Stage.TEXT)
    assert (Part.objects.get().filename, Message.objects.get().attachment_count, stage.state) == (
        "plan.txt",
        1,
        StageState.PENDING,
    )


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_thread_is_the_same_in_whatever_order_its_mail_comes(archive, order):
    raws = [mail("a"), reply("b", "a"), reply("c", "b"), reply("d", "ghost", "c")]
    segments = [seal(archive, raw) for raw in raws]
    smallest = archive.vault.footer(segments[0]).frames[0].sighting_id
    for place in order:
        catalogue_segment(segments[place], vault=archive.vault)
    assert set(Message.objects.values_list("thread_id", flat=True)) == {smallest}


def test_messages_that_share_no_reference_are_threads_of_their_own(archive):
    catalogue_segment(seal(archive, mail("a"), mail("b"), reply("c", "x")), vault=archive.vault)
    assert Message.objects.values("thread_id").distinct().count() == 3


def test_a_segment_that_does_not_open_is_noted_with_its_reason(archive):
    vault = memory_vault()
    segment_id = vault.seal([sighting()]).segment_id
    content = bytearray(vault.segments.get(segment_key(segment_id)))
    content[60] ^= 1
    vault.segments = MemoryStore()
    vault.segments.create(segment_key(segment_id), bytes(content))
    with pytest.raises(Corrupt):
        catalogue_segment(segment_id, vault=vault)
    stage = SegmentStage.objects.get()
    assert (stage.state, str(segment_id) in stage.reason, stage.attempts) == (StageState.FAILED, True, 1)


@pytest.mark.parametrize("at_once", [1, 8])
def test_many_segments_share_a_transaction_and_a_corrupt_one_is_named_and_passed_over(archive, at_once):
    archive.vault.ahead = at_once
    good = [seal(archive, mail("1")), seal(archive, received(mail("1"), b"x"), mail("2"))]
    bad = seal(archive, mail("3"))
    store, key = MemoryStore(), segment_key(bad)
    for name in archive.vault.segments.keys(""):
        content = bytearray(archive.vault.segments.get(name))
        content[60] ^= name == key
        store.create(name, bytes(content))
    archive.vault.segments = store
    (done,) = catalogue_segments([good[0], bad, good[1]], vault=archive.vault)
    assert (done, Message.objects.count()) == (Catalogued(sightings=3, new_messages=2, corrupt=(bad,)), 2)
