"""What a destruction decides about while holds stand or are being placed: nothing in doubt goes, nothing free stays."""

from dataclasses import replace

import pytest
from django.utils import timezone

from archive.models import HoldKind, ItemOutcome, Message, Sighting
from archive.services import disposal, holds, store_holds
from archive.services.disposal import HoldBeingPlaced, execute
from archive.services.index import out_of_date
from muniment.engines.memory import MemoryEngine
from muniment.engines.port import IndexUnavailable
from tests.flow.archive.builders import mail, reply, seal
from tests.flow.archive.holding import place
from tests.flow.erasure.conftest import NOW, approved, filled, hold, proposed, rule, settle

pytestmark = pytest.mark.django_db


class DownEngine(MemoryEngine):
    """An index that takes nothing."""

    def put(self, documents):
        raise IndexUnavailable("down")


def run(people, archive, listed):
    return execute(actor=people["records"], disposal_id=listed.id, archive=archive, now=NOW)


def test_a_thread_larger_than_a_batch_goes_whole_although_a_hold_on_a_query_stands(archive, people):
    rule()
    answers = (reply(f"{number}", "0") for number in range(1, disposal.BATCH_MESSAGES + 5))
    seal(archive, mail("0"), *answers)
    settle(archive)
    listed = approved(people, proposed(people, Message.objects.values_list("id", flat=True)))
    place(archive, HoldKind.QUERY, query="nowhere")

    done = run(people, archive, listed)

    assert set(done.items.values_list("outcome", "why")) == {(ItemOutcome.DESTROYED, "")}


def test_a_message_that_waits_for_the_index_is_told_to_be_held_where_a_hold_covers_it(archive, people):
    rule()
    (found,) = filled(archive, 1)
    listed = approved(people, proposed(people, [found]))
    hold([found])
    place(archive, HoldKind.QUERY, query="nowhere")
    Message.objects.update(revision=9)

    done = run(people, replace(archive, engine=DownEngine()), listed)

    assert set(done.items.values_list("why", flat=True)) == {"held:2026-1"}


def test_a_hold_that_the_store_knows_and_whose_row_is_on_its_way_makes_a_destruction_wait(archive, people):
    rule()
    ids = filled(archive, 1)
    listed = approved(people, proposed(people, ids))
    segments = list(Sighting.objects.values_list("segment_id", flat=True))
    store_holds.intend(listed.id, segments, at=timezone.now())
    store_holds.protect(archive.vault.segments, segments)

    with pytest.raises(HoldBeingPlaced):
        run(people, archive, listed)
    store_holds.let_go(listed.id, store=archive.vault.segments)
    done = run(people, archive, listed)

    assert set(done.items.values_list("outcome", flat=True)) == {ItemOutcome.DESTROYED}
    assert (holds.unfinished(), out_of_date().exists()) == (False, False)
