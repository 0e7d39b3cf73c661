"""The personal-data stage: what is found and noted, when it is done again, and that it never keeps a value."""

import json
from datetime import date

import pytest

from archive.models import (
    Message,
    Part,
    PersonalFinding,
    PersonalScan,
    Place,
    SegmentStage,
    Stage,
    StageState,
)
from archive.services import sweep
from archive.services.catalogue import catalogue_segment
from archive.services.personal import reopen_outdated, scan_segment
from archive.services.rebuild import rebuild_catalogue
from archive.services.stages import drain, scan_all
from archive.services.text import extract_segment
from muniment.engines.port import Scope, SearchRequest
from muniment.pii.model import DETECTOR_VERSION
from muniment.query.parser import parse
from muniment.seal.opening import Erased
from muniment.seal.shredding import shred
from tests.flow.archive.builders import WITH_ATTACHMENT, PlainExtractor, mail, memory_archive, seal

pytestmark = pytest.mark.django_db
EVERYTHING = Scope(everything=True, blind=True, personal=True)
IBAN = "FR76 3000 6000 0112 3456 7890 189"
NIR = "2 55 08 14 168 025 38"
IN_ATTACHMENT = WITH_ATTACHMENT.replace(b"zanzibar", f"IBAN {IBAN}".encode())


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def kinds(archive, text):
    request = SearchRequest(query=parse(text, today=date(2026, 3, 1)), scope=EVERYTHING, facets=("personal",))
    return dict(archive.engine.search(request).facets["personal"])


def noted():
    rows = PersonalFinding.objects.order_by("kind", "place").values_list("kind", "place", "count")
    return [tuple(row) for row in rows]


def state(segment_id, stage=Stage.PERSONAL_DATA):
    return SegmentStage.objects.get(segment_id=segment_id, stage=stage).state


def test_kinds_places_and_counts_are_noted_and_no_value(archive):
    raw = mail("1", subject=f"NIR {NIR}", body=f"IBAN: {IBAN}\nécrire à eve@corp.example ou bob@corp.example")
    segment_id = seal(archive, raw, mail("2", body="nothing of the kind"))
    catalogue_segment(segment_id, vault=archive.vault)

    assert scan_segment(segment_id, vault=archive.vault) == 2
    assert noted() == [("email", "body", 2), ("iban", "body", 1), ("nir", "subject", 1)]
    assert set(PersonalScan.objects.values_list("detector_version", "texts", "in_part")) == {
        (DETECTOR_VERSION, 0, False)
    }
    assert PersonalScan.objects.count() == 2  # a message without any is known as looked through
    everything = json.dumps(list(PersonalFinding.objects.values()), default=str)
    assert not [value for value in (IBAN, IBAN.replace(" ", ""), NIR, "corp.example") if value in everything]


def test_the_offsets_point_at_what_was_found(archive):
    body = f"Voici mon IBAN : {IBAN}, merci."
    segment_id = seal(archive, mail("1", body=body))
    catalogue_segment(segment_id, vault=archive.vault)
    scan_segment(segment_id, vault=archive.vault)

    [(start, length)] = PersonalFinding.objects.get(kind="iban").offsets
    assert body[start : start + length] == IBAN


def test_a_segment_is_looked_through_once(archive):
    segment_id = seal(archive, mail("1", body=f"IBAN {IBAN}"))
    catalogue_segment(segment_id, vault=archive.vault)
    scan_segment(segment_id, vault=archive.vault)
    revision = Message.objects.get().revision

    assert scan_segment(segment_id, vault=archive.vault) == 0
    assert (Message.objects.get().revision, PersonalFinding.objects.count()) == (revision, 1)


def test_the_text_of_an_attachment_is_looked_through_and_named(archive):
    catalogue_segment(seal(archive, IN_ATTACHMENT), vault=archive.vault)
    drain(archive, PlainExtractor())

    found = PersonalFinding.objects.get(kind="iban")
    assert (found.place, found.part) == (Place.ATTACHMENT, Part.objects.get(filename="plan.txt"))
    assert kinds(archive, "pii:iban") == {"iban": 1}


def test_it_waits_for_the_text_stage(archive):
    segment_id = seal(archive, IN_ATTACHMENT)
    catalogue_segment(segment_id, vault=archive.vault)

    waiting = sweep.undone(Stage.PERSONAL_DATA)
    extract_segment(segment_id, vault=archive.vault, extractor=PlainExtractor())
    assert (waiting, sweep.undone(Stage.PERSONAL_DATA)) == ([], [segment_id])


def test_text_that_arrives_later_is_looked_through_too(archive):
    segment_id = seal(archive, IN_ATTACHMENT)
    catalogue_segment(segment_id, vault=archive.vault)
    scan_segment(segment_id, vault=archive.vault)
    before = (noted(), state(segment_id))
    extract_segment(segment_id, vault=archive.vault, extractor=PlainExtractor())
    reopened = state(segment_id)
    scan_all(archive)

    assert (before, reopened) == (([], StageState.DONE), StageState.PENDING)
    assert (noted(), state(segment_id)) == ([("iban", "attachment", 1)], StageState.DONE)


def test_the_index_learns_of_kinds_that_changed_only(archive):
    segment_id = seal(archive, mail("1", body=f"IBAN {IBAN}"), mail("2"))
    catalogue_segment(segment_id, vault=archive.vault)
    scan_segment(segment_id, vault=archive.vault)

    revisions = dict(Message.objects.values_list("rfc_message_id", "revision"))
    assert revisions == {"1@corp.example": 2, "2@corp.example": 1}


def test_a_new_version_of_the_detector_looks_through_everything_again(archive):
    catalogue_segment(seal(archive, mail("1", body=f"IBAN {IBAN}"), mail("2")), vault=archive.vault)
    drain(archive, PlainExtractor())
    PersonalScan.objects.update(detector_version=DETECTOR_VERSION - 1)
    PersonalFinding.objects.update(kind="card")

    assert (reopen_outdated(), scan_all(archive), reopen_outdated()) == (1, 2, 0)
    assert noted() == [("iban", "body", 1)]
    assert set(PersonalScan.objects.values_list("detector_version", flat=True)) == {DETECTOR_VERSION}


def test_a_message_that_takes_an_earlier_id_keeps_its_findings(archive):
    early, late = (seal(archive, mail("1", body=f"IBAN {IBAN}"), source=name) for name in ("a", "b"))
    catalogue_segment(late, vault=archive.vault)
    scan_all(archive)
    catalogue_segment(early, vault=archive.vault)
    scan_all(archive)

    assert list(PersonalFinding.objects.values_list("message_id", flat=True)) == [Message.objects.get().id]
    assert noted() == [("iban", "body", 1)]


def test_findings_go_with_their_message(archive):
    catalogue_segment(seal(archive, IN_ATTACHMENT), vault=archive.vault)
    drain(archive, PlainExtractor())
    Message.objects.all().delete()

    assert (PersonalFinding.objects.count(), PersonalScan.objects.count()) == (0, 0)


def test_a_rebuild_finds_the_same(archive):
    seal(archive, mail("1", body=f"IBAN {IBAN}"), IN_ATTACHMENT)
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    before = (noted(), kinds(archive, "pii:*"))
    rebuild_catalogue(archive)
    dropped = noted()
    drain(archive, PlainExtractor())

    assert (dropped, noted(), kinds(archive, "pii:*")) == ([], *before)


def test_a_message_that_does_not_open_is_noted_and_the_others_are_looked_through(archive):
    segment_id = seal(archive, mail("1", body=f"IBAN {IBAN}"), mail("2", body=f"NIR {NIR}"))
    catalogue_segment(segment_id, vault=archive.vault)
    first = Message.objects.get(rfc_message_id="1@corp.example")
    shred(archive.vault.keyrings, segment_id, [first.id])

    with pytest.raises(Erased):
        scan_segment(segment_id, vault=archive.vault)
    assert (noted(), state(segment_id)) == ([("nir", "body", 1)], StageState.FAILED)


def test_a_message_too_slow_to_read_is_read_in_part_and_says_so(archive):
    segment_id = seal(archive, mail("1", body=f"IBAN {IBAN}\n" + "words " * 200_000))
    catalogue_segment(segment_id, vault=archive.vault)
    ticks = iter(range(0, 10_000, 5))
    scan_segment(segment_id, vault=archive.vault, clock=lambda: next(ticks))

    assert (noted(), PersonalScan.objects.get().in_part) == ([("iban", "body", 1)], True)


def test_many_of_a_kind_are_counted_and_the_first_ones_pointed_at(archive):
    body = "\n".join(f"p{number}@corp.example" for number in range(300))
    segment_id = seal(archive, mail("1", body=body))
    catalogue_segment(segment_id, vault=archive.vault)
    scan_segment(segment_id, vault=archive.vault)

    found = PersonalFinding.objects.get(kind="email")
    assert (found.count, len(found.offsets)) == (300, 100)


@pytest.mark.parametrize("body", ["1.2.3." * 50_000, "0" * 200_000, "a@" * 100_000, "\0\x0b\u202e" * 10_000, ""])
def test_hostile_text_is_looked_through(archive, body):
    segment_id = seal(archive, mail("1", body=body, subject="=?utf-8?q?=F0=9F?="), b"\xff\x00 no message", b"")
    catalogue_segment(segment_id, vault=archive.vault)
    scan_segment(segment_id, vault=archive.vault)

    assert (PersonalScan.objects.count(), state(segment_id)) == (Message.objects.count(), StageState.DONE)
