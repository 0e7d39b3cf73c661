"""Mail that arrives after a hold was placed, copies of held mail, and what a rebuild makes of both."""

from dataclasses import replace

import pytest

from archive.models import HeldSighting, HoldKind, Message
from archive.queries.holds import is_held, not_evaluated
from archive.services import covering, holds, sweep
from archive.services.catalogue import catalogue_segment
from archive.services.index import index_batch
from archive.services.rebuild import rebuild_catalogue, rebuild_index
from archive.services.stages import drain, index_all
from muniment.engines.memory import MemoryEngine
from muniment.stores.port import StoreUnavailable
from tests.flow.archive.builders import WITH_ATTACHMENT, PlainExtractor, mail, memory_archive, reply, seal
from tests.flow.archive.holding import arrive, bury, covered, in_store, matter, place, sightings
from tests.flow.archive.test_holds import DownStore, on_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def test_mail_of_a_custodian_is_held_as_soon_as_it_is_catalogued(archive):
    hold = place(archive, addresses=["eve@corp.example"])
    named = seal(archive, mail("1", to="Eve@corp.example"))
    boxed = seal(archive, mail("2"), custodian="eve@corp.example")
    free = seal(archive, mail("3"))
    sweep.catalogue_missing(vault=archive.vault)
    assert covered(hold) == sightings(segment_id__in=[named, boxed])
    assert [in_store(archive, one) for one in (named, boxed, free)] == [True, True, False]


def test_a_copy_of_held_mail_is_held_by_the_same_hold(archive):
    arrive(archive, mail("1"), custodian="eve@corp.example")
    hold = place(archive, addresses=["eve@corp.example"])
    copy = seal(archive, mail("1"), custodian="bob@corp.example")
    catalogue_segment(copy, vault=archive.vault)
    assert covered(hold) == sightings()
    assert in_store(archive, copy)


@pytest.mark.parametrize("kind", HoldKind)
def test_an_earlier_copy_that_is_catalogued_late_is_held_though_the_message_takes_its_id(archive, kind):
    early = seal(archive, mail("1"), custodian="bob@corp.example")
    catalogue_segment(seal(archive, mail("1"), custodian="eve@corp.example"), vault=archive.vault)
    drain(archive, PlainExtractor())
    before = Message.objects.get().id
    hold = place(archive, kind, addresses=["eve@corp.example"], query="hello", message_ids=[before])
    catalogue_segment(early, vault=archive.vault)
    assert Message.objects.get().id < before
    assert covered(hold) == sightings()
    assert len(covered(hold)) == 2


def test_a_copy_that_brings_the_custodian_makes_the_whole_message_held(archive):
    arrive(archive, mail("1"))
    hold = place(archive, addresses=["eve@corp.example"])
    catalogue_segment(seal(archive, mail("1"), custodian="eve@corp.example"), vault=archive.vault)
    assert covered(hold) == sightings()
    assert len(covered(hold)) == 2


class WatchedEngine(MemoryEngine):
    """Notes what was held at the moment when documents were put."""

    held_at_put = ()

    def put(self, documents):
        self.held_at_put = (*self.held_at_put, {one.message_id for one in documents} & held_messages())
        super().put(documents)


def held_messages():
    return is_held(sightings())


def test_mail_that_matches_a_query_is_held_before_it_can_be_found(archive):
    watched = replace(archive, engine=WatchedEngine())
    hold = place(watched, HoldKind.QUERY, query="quay")
    segment = arrive(watched, mail("1", body="the quay"), mail("2", body="the pier"))
    held = sightings(message__rfc_message_id="1@corp.example")
    assert covered(hold) == held
    assert watched.engine.held_at_put == (held,)
    assert in_store(archive, segment)


def test_mail_is_matched_again_when_the_text_of_an_attachment_came(archive):
    hold = place(archive, HoldKind.QUERY, query="attachment:zanzibar")
    catalogue_segment(seal(archive, WITH_ATTACHMENT), vault=archive.vault)
    index_all(archive)
    before = (covered(hold), not_evaluated().count())
    drain(archive, PlainExtractor())
    assert before == (set(), 1)
    assert (covered(hold), not_evaluated().count()) == (sightings(), 0)


def test_mail_is_matched_again_when_personal_data_was_found_in_it(archive):
    hold = place(archive, HoldKind.QUERY, query="pii:iban")
    catalogue_segment(seal(archive, mail("1", body="FR76 3000 6000 0112 3456 7890 189")), vault=archive.vault)
    index_all(archive)
    before = (covered(hold), not_evaluated().count())
    drain(archive, PlainExtractor())
    assert before == (set(), 1)
    assert (covered(hold), not_evaluated().count()) == (sightings(), 0)


def test_mail_is_matched_again_when_its_thread_changes(archive):
    first, second = arrive(archive, mail("a")), arrive(archive, mail("b"))
    thread = min(Message.objects.values_list("thread_id", flat=True))
    hold = place(archive, HoldKind.QUERY, query=f"thread:{thread}")
    before = covered(hold)
    joining = arrive(archive, reply("c", "a", "b"))
    assert before == sightings(segment_id=first)
    assert covered(hold) == sightings(segment_id__in=[first, second, joining])


def test_a_store_that_is_down_lets_nothing_be_found_that_should_be_held(archive):
    store = DownStore()
    down = on_store(archive, store)
    place(down, HoldKind.QUERY, query="quay")
    catalogue_segment(seal(down, mail("1", body="the quay")), vault=down.vault)
    with pytest.raises(StoreUnavailable):
        index_all(down)
    found = archive.engine.count()
    store.left = 1
    index_all(down)
    assert (found, archive.engine.count(), HeldSighting.objects.count()) == (0, 1, 1)


class PlacingEngine(MemoryEngine):
    """Places a hold at the last moment: after the documents were compared with the holds that stood."""

    def __init__(self, act):
        super().__init__()
        self.act = act

    def put(self, documents):
        act, self.act = self.act, lambda: None
        act()
        super().put(documents)


def test_a_hold_that_is_placed_while_mail_is_being_indexed_misses_none_of_it(archive):
    placed = []
    racing = replace(archive, engine=PlacingEngine(lambda: placed.append(place(racing, HoldKind.QUERY, query="quay"))))
    catalogue_segment(seal(archive, mail("1", body="the quay")), vault=archive.vault)
    first = index_batch(vault=racing.vault, engine=racing.engine)
    between = (placed[0].covered_at is not None, covered(placed[0]), not_evaluated().count())
    index_all(racing)
    assert first.left
    assert between == (True, set(), 1)
    assert (covered(placed[0]), not_evaluated().count()) == (sightings(), 0)


def test_a_query_that_this_version_cannot_read_covers_all_that_arrives(archive):
    hold = place(archive, HoldKind.QUERY, query="quay")
    hold.query = "(quay"
    unreadable = covering.QueryHold(id=hold.id, tree=covering.tree_of(hold))
    catalogue_segment(seal(archive, mail("1")), vault=archive.vault)
    documents = seen_documents(archive)
    covering.cover_documents(documents, [unreadable], store=archive.vault.segments)
    assert covered(hold) == sightings()


class Collecting(MemoryEngine):
    def __init__(self):
        super().__init__()
        self.documents = []

    def put(self, documents):
        self.documents.extend(documents)


def seen_documents(archive):
    collecting = Collecting()
    index_batch(vault=archive.vault, engine=collecting)
    return collecting.documents


def test_mail_that_arrives_after_the_release_is_free(archive):
    hold = place(archive, addresses=["ann@corp.example"])
    type(hold).objects.filter(id=hold.id).update(released_at=hold.placed_at)
    arrive(archive, mail("1"))
    assert covered(hold) == set()


def test_after_a_rebuild_every_hold_covers_what_it_did(archive):
    arrive(archive, mail("1", body="quay"), mail("2", sender="eve@corp.example"), mail("3"))
    arrive(archive, mail("1", body="quay"))
    made = [
        place(archive, HoldKind.QUERY, query="quay", about=matter(reference="1")),
        place(archive, addresses=["eve@corp.example"], about=matter(reference="2")),
        place(archive, HoldKind.MESSAGES, message_ids=[max(sightings())], about=matter(reference="3")),
    ]
    before = [covered(hold) for hold in made]
    rebuild_catalogue(archive)
    waiting = is_held(set.union(*before)) == set.union(*before)
    rebuild_index(archive)
    drain(archive, PlainExtractor())
    assert waiting
    assert [covered(hold) for hold in made] == before


def test_a_rebuild_covers_what_the_catalogue_had_never_seen(archive):
    arrive(archive, mail("1", body="quay"))
    made = [
        place(archive, HoldKind.QUERY, query="quay"),
        place(archive, addresses=["ann@corp.example"], about=matter(reference="2")),
    ]
    seal(archive, mail("2", body="quay"))
    rebuild_catalogue(archive)
    rebuild_index(archive)
    assert [covered(hold) for hold in made] == [sightings(), sightings()]
    assert len(sightings()) == 2


def test_a_copy_of_held_mail_that_was_destroyed_before_is_passed_over(archive):
    segment = arrive(archive, mail("1"), mail("2"))
    gone = min(sightings(message__rfc_message_id="1@corp.example"))
    bury(gone)
    hold = place(archive, addresses=["ann@corp.example"])
    copy = seal(archive, mail("1"))
    catalogue_segment(copy, vault=archive.vault)
    assert covered(hold) == sightings() - {gone}
    assert hold.too_late_for == [str(gone)]
    assert in_store(archive, segment)


def test_without_a_hold_on_a_query_nothing_is_left_to_do(archive):
    arrive(archive, mail("1"))
    assert holds.complete(archive) == holds.Completed()
    assert not_evaluated().count() == 0
