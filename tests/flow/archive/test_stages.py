"""Index and text stages, the sweep, and what can be searched afterwards."""

from dataclasses import replace
from datetime import date

import pytest

from archive.models import Message, PartText, Searchable, SegmentStage, Stage, StageState
from archive.queries.coverage import coverage_within
from archive.services import reconcile, sweep
from archive.services.catalogue import catalogue_segment
from archive.services.integrity import verify
from archive.services.rebuild import rebuild_catalogue, rebuild_index
from archive.services.stages import drain
from muniment.engines.memory import MemoryEngine
from muniment.engines.port import IndexUnavailable, Scope, SearchRequest
from muniment.query.parser import parse
from tests.flow.archive.builders import WITH_ATTACHMENT, PlainExtractor, mail, memory_archive, reply, seal

pytestmark = pytest.mark.django_db
EVERYTHING = Scope(everything=True, blind=True)


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def find(archive, text, scope=EVERYTHING):
    request = SearchRequest(query=parse(text, today=date(2026, 3, 1)), scope=scope)
    return sorted(hit.message_id for hit in archive.engine.search(request).hits)


def ids(**filters):
    return sorted(Message.objects.filter(**filters).values_list("id", flat=True))


def test_what_was_sealed_is_found_after_the_sweep_and_the_stages(archive):
    seal(archive, mail("1", body="a quay in Nantes"), mail("2", body="a pier in Dover"))
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    assert find(archive, "quay") == ids(rfc_message_id="1@corp.example")


def test_text_of_an_attachment_is_found_and_the_message_indexed_again(archive):
    catalogue_segment(seal(archive, WITH_ATTACHMENT), vault=archive.vault)
    drain(archive, PlainExtractor())
    assert (find(archive, "attachment:zanzibar"), PartText.objects.get().outcome) == (ids(), "text")


def test_all_stages_of_a_segment_are_done_in_the_end(archive):
    seal(archive, WITH_ATTACHMENT, mail("1"))
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    assert set(SegmentStage.objects.values_list("stage", "state")) == {(stage, StageState.DONE) for stage in Stage}


def test_a_message_that_joins_two_threads_has_both_indexed_again(archive):
    first, second, joining = (seal(archive, raw) for raw in (mail("a"), mail("b"), reply("c", "a", "b")))
    catalogue_segment(first, vault=archive.vault)
    catalogue_segment(second, vault=archive.vault)
    drain(archive, PlainExtractor())
    catalogue_segment(joining, vault=archive.vault)
    drain(archive, PlainExtractor())
    thread = Message.objects.get(rfc_message_id="c@corp.example").thread_id
    assert find(archive, f"thread:{thread}") == ids()


class DownEngine(MemoryEngine):
    """An index that does not answer."""

    def put(self, documents):
        raise IndexUnavailable("down")


def test_an_index_that_is_down_loses_nothing(archive):
    catalogue_segment(seal(archive, mail("1")), vault=archive.vault)
    down = replace(archive, engine=DownEngine())
    with pytest.raises(IndexUnavailable):
        drain(down, PlainExtractor())
    assert coverage_within(EVERYTHING).waiting == 1
    drain(archive, PlainExtractor())
    assert (coverage_within(EVERYTHING).searchable, find(archive, "hello")) == (1, ids())


def test_coverage_counts_what_was_not_searched(archive):
    catalogue_segment(seal(archive, WITH_ATTACHMENT, mail("1")), vault=archive.vault)
    found = coverage_within(EVERYTHING)
    assert (found.total, found.searchable, found.waiting, found.attachments_waiting, found.complete) == (
        2,
        0,
        2,
        1,
        False,
    )


def test_coverage_of_somebody_else_counts_only_what_is_theirs(archive):
    catalogue_segment(seal(archive, mail("1"), mail("2", to="eve@corp.example")), vault=archive.vault)
    assert coverage_within(Scope(addresses=frozenset({"eve@corp.example"}))).total == 1


def test_a_whole_archive_reconciles_without_a_difference(archive):
    seal(archive, mail("1"), mail("2"), WITH_ATTACHMENT)
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    report = reconcile.reconcile(archive)
    assert (report.differences, report.segments, report.sightings, report.messages, report.documents) == (
        {},
        1,
        3,
        3,
        3,
    )


def test_what_the_catalogue_and_the_index_lost_is_told_and_mended(archive):
    seal(archive, mail("1"), mail("2"))
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    seal(archive, mail("3"))
    archive.engine.delete(ids(rfc_message_id="1@corp.example"))
    told = reconcile.reconcile(archive).differences
    reconcile.repair(archive)
    assert told == {"uncatalogued_segments": 1, "messages_missing_from_index": 1}
    assert (reconcile.reconcile(archive).differences, len(find(archive, "hello"))) == ({}, 3)


def test_a_segment_gone_from_the_store_is_told_and_its_rows_stay(archive):
    segment_id = seal(archive, mail("1"))
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    archive.vault.segments = type(archive.vault.segments)()
    reconcile.repair(archive)
    report = reconcile.reconcile(archive)
    assert (report.segments_gone_from_store.ids, Message.objects.count()) == ([str(segment_id)], 1)


def test_a_rebuild_gives_the_same_ids_threads_and_results(archive):
    seal(archive, mail("a"), reply("b", "a"), WITH_ATTACHMENT)
    seal(archive, mail("a"), reply("c", "b", "plan"), custodian="eve@corp.example")
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    rows = list(Message.objects.order_by("id").values("id", "thread_id", "subject", "fingerprint", "flags"))
    before = (rows, find(archive, "zanzibar"), find(archive, "custodian:eve@corp.example"))
    rebuild_catalogue(archive)
    rebuild_index(archive)
    drain(archive, PlainExtractor())
    rows = list(Message.objects.order_by("id").values("id", "thread_id", "subject", "fingerprint", "flags"))
    assert (rows, find(archive, "zanzibar"), find(archive, "custodian:eve@corp.example")) == before


def test_verify_counts_every_sighting(archive):
    seal(archive, mail("1"), mail("2"))
    seal(archive, mail("3"))
    report = verify(vault=archive.vault)
    assert (report.segments, report.sightings, report.damaged) == (2, 3, [])


def test_a_message_that_cannot_be_opened_is_listed_as_not_searchable(archive):
    segment_id = seal(archive, mail("1"))
    catalogue_segment(segment_id, vault=archive.vault)
    archive.vault.keyrings.delete(next(archive.vault.keyrings.keys("keyrings/")))
    drain(archive, PlainExtractor())
    message = Message.objects.get()
    assert (message.searchable, "no key" in message.not_searchable_reason) == (Searchable.FAILED, True)
