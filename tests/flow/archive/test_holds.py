"""Placing a hold: what it covers of the mail that was there, in which order, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Action, AuditEntry, GrantKind, MatterState, Role
from archive.models import HeldSighting, Hold, HoldKind, LogNote, Message
from archive.queries.holds import covered_messages, covered_sightings, holds_of, is_held, not_evaluated, standing_holds
from archive.queries.messages import NotFound
from archive.services import covering, hold_terms, holds, restrictions, store_holds, sweep
from archive.services.catalogue import catalogue_segment
from archive.services.hold_terms import HoldRefused
from archive.services.stages import drain
from muniment.engines.memory import MemoryEngine
from muniment.engines.port import IndexUnavailable, Scope
from muniment.query.refusals import QueryError
from muniment.seal.vault import Vault
from muniment.stores.memory import MemoryStore
from muniment.stores.port import StoreUnavailable
from tests.flow.archive.builders import WITH_ATTACHMENT, PlainExtractor, mail, memory_archive, seal
from tests.flow.archive.holding import (
    NOW,
    OPERATOR,
    arrive,
    bury,
    covered,
    in_store,
    lawyer,
    matter,
    person,
    place,
    sightings,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def of(key):
    """Return the sightings of a message."""
    return sightings(message__rfc_message_id=f"{key}@corp.example")


def id_of(key):
    return Message.objects.get(rfc_message_id=f"{key}@corp.example").id


def test_a_hold_on_custodians_covers_their_mailboxes_and_what_names_them(archive):
    arrive(archive, mail("from", sender="eve@corp.example"), mail("to", to="EVE@corp.example"), mail("other"))
    arrive(archive, mail("box"), custodian="Eve@corp.example")
    hold = place(archive, addresses=[" Eve@Corp.example "])
    assert covered(hold) == of("from") | of("to") | of("box")
    assert hold.addresses == ["eve@corp.example"]
    assert hold.covered_at is not None


def test_a_hold_on_a_query_covers_what_a_search_finds_and_blind_copies_too(archive):
    arrive(archive, mail("1", body="the quay"), mail("2", body="the pier"), WITH_ATTACHMENT)
    arrive(archive, mail("3", extra="Bcc: eve@corp.example\n"))
    hold = place(archive, HoldKind.QUERY, query="quay OR attachment:zanzibar OR bcc:eve@corp.example")
    assert covered(hold) == of("1") | of("3") | of("plan")


def test_ages_in_a_query_count_from_the_day_of_the_placing(archive):
    arrive(archive, mail("old"))
    hold = place(archive, HoldKind.QUERY, query="older_than:3m")
    younger = place(
        archive, HoldKind.QUERY, query="older_than:3m", now=NOW.replace(month=3), about=matter(reference="2")
    )
    assert (covered(hold), covered(younger)) == (of("old"), set())


def test_a_hold_on_messages_covers_every_sighting_of_them(archive):
    arrive(archive, mail("1"), mail("2"))
    arrive(archive, mail("1"), custodian="bob@corp.example")
    hold = place(archive, HoldKind.MESSAGES, message_ids=[max(of("1"))])
    assert covered(hold) == of("1")
    assert len(covered(hold)) == 2
    assert hold.covered_at == hold.placed_at


def test_the_store_keeps_the_segments_of_what_is_held_and_no_others(archive):
    held, free = arrive(archive, mail("1", sender="eve@corp.example")), arrive(archive, mail("2"))
    place(archive, addresses=["eve@corp.example"])
    assert (in_store(archive, held), in_store(archive, free)) == (True, False)


class WatchingStore(MemoryStore):
    """Tells how many covers were written when a legal hold was set."""

    seen = ()

    def set_legal_hold(self, key, *, on):
        self.seen = (*self.seen, (on, HeldSighting.objects.count()))
        super().set_legal_hold(key, on=on)


class DownStore(MemoryStore):
    """A store whose legal holds stop answering after so many."""

    left = 0

    def set_legal_hold(self, key, *, on):
        if self.left <= 0:
            raise StoreUnavailable("down")
        self.left -= 1
        super().set_legal_hold(key, on=on)


def on_store(archive, store):
    vault = archive.vault
    made = Vault(segments=store, keyrings=vault.keyrings, keys=vault.keys, now=vault._now, ids=vault._ids)
    return replace(archive, vault=made)


def test_the_store_holds_before_anything_is_covered(archive):
    watched = on_store(archive, WatchingStore())
    arrive(watched, mail("1"))
    place(watched, HoldKind.MESSAGES, message_ids=[id_of("1")])
    assert watched.vault.segments.seen == ((True, 0),)


@pytest.mark.parametrize("kind", HoldKind)
def test_a_store_that_is_down_leaves_nothing_placed_and_placing_again_succeeds(archive, kind):
    store = DownStore()
    down = on_store(archive, store)
    arrive(down, mail("1", body="quay"))
    terms = {"addresses": ["ann@corp.example"], "query": "quay", "message_ids": [id_of("1")], "about": matter()}
    with pytest.raises(StoreUnavailable):
        place(down, kind, **terms)
    left = (Hold.objects.count(), HeldSighting.objects.count(), LogNote.objects.count(), AuditEntry.objects.count())
    store.left = 100
    hold = place(down, kind, **terms)
    assert left == (0, 0, 0, 0)
    assert covered(hold) == of("1")


def test_a_store_that_stops_half_way_leaves_a_hold_that_binds_and_is_completed_later(archive):
    store = DownStore()
    down = on_store(archive, store)
    arrive(down, *(mail(str(number)) for number in range(covering.BATCH_MESSAGES)))
    arrive(down, mail("last"))
    store.left = 1
    hold = place(down, addresses=["ann@corp.example"])
    half = (hold.covered_at, len(covered(hold)), is_held(of("last")) == of("last"))
    store.left = 1
    done = holds.complete(down)
    assert half == (None, covering.BATCH_MESSAGES, True)
    assert (done.covered, done.left, covered(hold)) == (1, 0, sightings())
    assert Hold.objects.get().covered_at is not None


def test_a_hold_whose_completion_was_cut_short_goes_on_where_it_stopped(archive):
    arrive(archive, mail("1"))
    hold = place(archive, addresses=["ann@corp.example"], complete=False)
    before = (covered(hold), is_held(of("1")), holds.unfinished())
    stopped = holds.complete(archive, seconds=-1)
    assert before == (set(), of("1"), True)
    assert (stopped.covered, stopped.left) == (0, 1)
    assert (holds.complete(archive).covered, covered(hold)) == (1, of("1"))
    assert (holds.complete(archive), holds.unfinished()) == (holds.Completed(), False)


def test_what_the_store_keeps_for_a_hold_that_was_never_written_is_let_go(archive):
    segment = arrive(archive, mail("1"))
    store_holds.intend(uuid4(), [segment], at=timezone.now())
    store_holds.protect(archive.vault.segments, [segment])
    holds.complete(archive)
    early = (holds.unfinished(), in_store(archive, segment))
    holds.complete(archive, abandoned_after=timedelta(0))
    assert early == (True, True)
    assert (holds.unfinished(), in_store(archive, segment)) == (False, False)


class RacingStore(MemoryStore):
    """Lets something happen between the store's legal hold and the row of the hold that is being placed."""

    meanwhile = None

    def set_legal_hold(self, key, *, on):
        super().set_legal_hold(key, on=on)
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()


@pytest.mark.parametrize("kind", HoldKind)
@pytest.mark.parametrize("left", ["rows", "nothing"])
def test_what_is_destroyed_while_the_hold_is_placed_is_told_and_the_store_lets_it_go(archive, kind, left):
    store = RacingStore()
    racing = on_store(archive, store)
    lost, kept = arrive(racing, mail("1", body="quay")), arrive(racing, mail("2", body="quay"))
    gone = min(of("1"))
    terms = {"addresses": ["ann@corp.example"], "query": "quay", "message_ids": [id_of("1"), id_of("2")]}

    def destroy():
        bury(gone)
        if left == "nothing":
            Message.objects.filter(id=gone).delete()

    store.meanwhile = destroy
    hold = place(racing, kind, **terms)

    assert (hold.too_late_for, covered(hold)) == ([str(gone)], of("2"))
    assert (in_store(racing, lost), in_store(racing, kept)) == (False, True)
    assert not holds.unfinished()


def test_what_the_store_keeps_beyond_the_covers_of_a_hold_that_was_killed_is_let_go(archive):
    lost, kept = arrive(archive, mail("1", sender="eve@corp.example", to="x@y.example")), arrive(archive, mail("2"))
    hold = place(archive, addresses=["ann@corp.example"])
    store_holds.intend(hold.id, [lost, kept], at=timezone.now())
    store_holds.protect(archive.vault.segments, [lost, kept])
    holds.complete(archive, abandoned_after=timedelta(0))
    assert (in_store(archive, lost), in_store(archive, kept), holds.unfinished()) == (False, True, False)


class DownEngine(MemoryEngine):
    """An index that answers nothing."""

    def search(self, request):
        raise IndexUnavailable("down")


class EmptiedEngine(MemoryEngine):
    """An index that lost its documents and does not know."""

    def count(self):
        return 0


@pytest.mark.parametrize("engine", [DownEngine, EmptiedEngine])
def test_an_index_that_cannot_tell_what_matches_places_no_hold_on_a_query(archive, engine):
    arrive(archive, mail("1", body="quay"))
    with pytest.raises(IndexUnavailable):
        place(replace(archive, engine=engine()), HoldKind.QUERY, query="quay")
    assert not Hold.objects.exists()


def test_who_places_a_hold_is_told_what_had_been_destroyed_before(archive):
    arrive(archive, mail("1"), mail("2"), mail("3"))
    gone = min(of("2"))
    bury(gone)
    for kind, terms in (
        (HoldKind.CUSTODIANS, {"addresses": ["ann@corp.example"]}),
        (HoldKind.QUERY, {"query": "hello"}),
        (HoldKind.MESSAGES, {"message_ids": [id_of("1"), id_of("2"), id_of("3")]}),
    ):
        hold = place(archive, kind, about=matter(reference=kind), **terms)
        assert (hold.too_late_for, covered(hold)) == ([str(gone)], of("1") | of("3"))


def test_a_destruction_that_is_under_way_does_not_keep_a_query_from_being_held(archive):
    arrive(archive, mail("1"), mail("2"))
    bury(min(of("2")))
    archive.engine.expunge([id_of("2")])
    hold = place(archive, HoldKind.QUERY, query="hello")
    assert covered(hold) == of("1")


def test_who_chooses_messages_whose_rows_are_gone_is_told_so_too(archive):
    arrive(archive, mail("1"))
    gone = uuid4()
    bury(gone, message_id=UUID(int=9))
    hold = place(archive, HoldKind.MESSAGES, message_ids=[id_of("1"), UUID(int=9)])
    assert hold.too_late_for == [str(gone)]
    with pytest.raises(HoldRefused, match="destroyed already"):
        place(archive, HoldKind.MESSAGES, message_ids=[UUID(int=9)], about=matter(reference="2"))


def test_a_hold_is_said_in_the_log_and_in_the_audit_trail(archive):
    actor = lawyer()
    arrive(archive, mail("1"))
    hold = place(archive, actor=actor, about=matter(actor), addresses=["ann@corp.example"])
    note, entry = LogNote.objects.get(), AuditEntry.objects.get()
    assert note.subject == f"hold:{hold.id}"
    assert '"addresses":["ann@corp.example"]' in note.document
    assert (entry.action, entry.matter_id) == (Action.HOLD_PLACED, hold.matter_id)
    assert "ann@" not in f"{entry.objects_named} {entry.details}"


def test_a_hold_covers_mail_that_whoever_places_it_does_not_see_and_shows_none_of_it(archive):
    arrive(archive, mail("seen", sender="eve@corp.example", body="quay"), mail("hidden", body="quay"))
    actor = person("lea", Role.LEGAL, (GrantKind.ADDRESS, "eve@corp.example"))
    hold = place(archive, HoldKind.QUERY, actor=actor, about=matter(actor), query="quay")
    assert covered(hold) == of("seen") | of("hidden")
    assert [message.id for message in covered_messages(actor, hold)] == [id_of("seen")]
    assert {sighting.id for sighting in covered_sightings(actor, hold)} == of("seen")


def test_restricted_mail_is_held_like_any_other(archive):
    arrive(archive, mail("1", body="quay"), mail("2", body="quay"))
    restrictions.place(actor=OPERATOR, request_id=uuid4(), sighting_ids=of("1"), archive=archive, now=NOW)
    drain(archive, PlainExtractor())
    hold = place(archive, HoldKind.QUERY, query="quay")
    assert covered(hold) == sightings()


def test_a_query_may_not_ask_what_whoever_places_the_hold_may_not_ask(archive):
    arrive(archive, mail("1", body="FR76 3000 6000 0112 3456 7890 189"))
    terms = {"name": "n", "reason": "r", "kind": HoldKind.QUERY, "addresses": (), "at": NOW, "engine": archive.engine}
    with pytest.raises(QueryError):
        hold_terms.checked(query="pii:iban", scope=Scope(everything=True, blind=True), **terms)
    assert hold_terms.checked(query="pii:iban", scope=covering.ALL_MAIL, **terms).query == "pii:iban"


def test_messages_that_the_actor_does_not_see_are_not_there(archive):
    arrive(archive, mail("1"))
    actor = person("lea")
    for identifier in (id_of("1"), uuid4()):
        with pytest.raises(NotFound):
            place(
                archive,
                HoldKind.MESSAGES,
                actor=actor,
                about=matter(actor, reference=str(identifier)),
                message_ids=[identifier],
            )


def test_holds_are_placed_by_members_and_the_compliance_officer(archive):
    member, stranger, dpo = person("lea"), person("max"), person("dora", Role.DPO)
    about = matter(member, dpo)
    terms = {"about": about, "addresses": ["ann@corp.example"]}
    for actor in (stranger, dpo):
        with pytest.raises(HoldRefused):
            place(archive, actor=actor, **terms)
    for actor in (member, person("carl", Role.COMPLIANCE)):
        place(archive, actor=actor, **terms)
    assert standing_holds().count() == 2


def test_no_hold_is_placed_in_a_closed_matter(archive):
    about = matter()
    about.state, about.closed_at = MatterState.CLOSED, NOW
    about.save()
    with pytest.raises(HoldRefused, match="closed"):
        place(archive, about=about, addresses=["ann@corp.example"])


@pytest.mark.parametrize(
    ("kind", "terms", "error"),
    [
        (HoldKind.CUSTODIANS, {"addresses": []}, HoldRefused),
        (HoldKind.CUSTODIANS, {"addresses": ["corp.example"]}, HoldRefused),
        (HoldKind.CUSTODIANS, {"addresses": [f"{n}@corp.example" for n in range(501)]}, HoldRefused),
        (HoldKind.CUSTODIANS, {"addresses": ["ann@corp.example"], "name": " "}, HoldRefused),
        (HoldKind.CUSTODIANS, {"addresses": ["ann@corp.example"], "reason": ""}, HoldRefused),
        (HoldKind.QUERY, {"query": " "}, HoldRefused),
        (HoldKind.QUERY, {"query": "(quay"}, QueryError),
        (HoldKind.MESSAGES, {"message_ids": []}, HoldRefused),
    ],
)
def test_terms_that_say_nothing_are_refused(archive, kind, terms, error):
    with pytest.raises(error):
        place(archive, kind, **terms)
    assert not Hold.objects.exists()


def test_holds_of_tells_each_hold_of_each_sighting(archive):
    arrive(archive, mail("1"), mail("2", sender="eve@corp.example"))
    first = place(archive, addresses=["ann@corp.example"])
    second = place(archive, HoldKind.QUERY, query="hello", about=matter(reference="2"))
    found = holds_of([*of("1"), *of("2"), uuid4()])
    assert found == {min(of("1")): [first, second], min(of("2")): [second]}


def test_mail_that_waits_for_the_index_or_its_text_is_not_evaluated_while_a_query_hold_stands(archive):
    arrive(archive, mail("1"))
    catalogue_segment(seal(archive, WITH_ATTACHMENT), vault=archive.vault)
    before = not_evaluated().count()
    place(archive, HoldKind.QUERY, query="hello")
    assert (before, set(not_evaluated())) == (0, {Message.objects.get(id=id_of("plan"))})


def test_no_mail_is_evaluated_before_a_query_hold_has_looked_through_all(archive):
    arrive(archive, mail("1"))
    place(archive, HoldKind.QUERY, query="hello", complete=False)
    assert not_evaluated().count() == 1
    holds.complete(archive)
    assert not_evaluated().count() == 0


def test_without_holds_the_catalogue_asks_once_a_batch(archive):
    seal(archive, *(mail(str(number)) for number in range(20)))
    with CaptureQueriesContext(connection) as queries:
        sweep.catalogue_missing(vault=archive.vault)
    about_holds = [one["sql"] for one in queries if "archive_h" in one["sql"]]
    assert len(about_holds) == 1
