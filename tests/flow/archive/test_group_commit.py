"""Group commit: 250 means durable, and messages that wait together share one segment."""

import asyncio
import threading

import pytest

from archive.intake.group_commit import MAX_BATCH_BYTES, GroupCommit
from archive.intake.port import Captured, IntakeUnavailable
from muniment.stores.memory import MemoryStore
from muniment.stores.port import StoreUnavailable
from tests.unit.seal.builders import envelope, memory_vault


def captured(raw=b"Subject: x\r\n\r\n"):
    return Captured(raw=raw, envelope=envelope(), source="smtp")


class GatedStore(MemoryStore):
    """A store whose PUTs wait until they are let through."""

    def __init__(self):
        super().__init__()
        self.gate = threading.Event()
        self.puts = 0

    def create(self, key, data, *, lock_until=None):
        self.puts += 1
        self.gate.wait(10)
        return super().create(key, data, lock_until=lock_until)


class BrokenStore(MemoryStore):
    """A store that is down."""

    def create(self, key, data, *, lock_until=None):
        raise StoreUnavailable("down")


def raws_of(vault):
    found = []
    for segment_id in vault.segment_ids():
        opened = vault.open(segment_id)
        found.append([opened.open(entry).raw for entry in opened.footer.frames])
    return found


async def take(intake, *messages):
    for _ in messages:
        intake.begin()
    answers = await asyncio.gather(*(intake.accept(one) for one in messages), return_exceptions=True)
    await intake.close()
    return answers


def test_an_accepted_message_is_in_the_store_with_its_envelope():
    vault = memory_vault()

    async def story():
        await take(GroupCommit(vault, budget_bytes=100), captured(b"one"))

    asyncio.run(story())
    (segment_id,) = vault.segment_ids()
    opened = vault.open(segment_id)
    sighting = opened.open(opened.footer.frames[0])
    assert (sighting.raw, sighting.envelope, sighting.source) == (b"one", envelope(), "smtp")


def test_messages_that_wait_together_share_one_segment():
    vault = memory_vault()

    async def story():
        await take(GroupCommit(vault, budget_bytes=100), captured(b"1"), captured(b"2"), captured(b"3"))

    asyncio.run(story())
    assert raws_of(vault) == [[b"1", b"2", b"3"]]


def test_a_message_is_not_answered_before_its_put_is_done_and_the_next_batch_gathers_meanwhile():
    vault = memory_vault()
    vault.segments = store = GatedStore()
    order = []

    async def send(intake, name):
        intake.begin()
        await intake.accept(captured(name))
        order.append(name)

    async def story():
        intake = GroupCommit(vault, budget_bytes=100)
        first = asyncio.create_task(send(intake, b"1"))
        await asyncio.sleep(0.1)
        others = [asyncio.create_task(send(intake, name)) for name in (b"2", b"3")]
        await asyncio.sleep(0.4)
        assert (order, store.puts) == ([], 1)
        store.gate.set()
        await asyncio.gather(first, *others)
        await intake.close()

    asyncio.run(story())
    assert raws_of(vault) == [[b"1"], [b"2", b"3"]]


def test_an_open_transaction_delays_a_batch_by_the_longest_wait_at_most():
    vault = memory_vault()

    async def story():
        intake = GroupCommit(vault, budget_bytes=100)
        intake.begin()
        intake.begin()
        await asyncio.wait_for(intake.accept(captured(b"1")), 5)
        intake.abandon()
        await intake.close()

    asyncio.run(story())
    assert raws_of(vault) == [[b"1"]]


def test_a_store_that_is_down_is_told_to_each_waiting_session():
    vault = memory_vault()
    vault.segments = BrokenStore()

    async def story():
        return await take(GroupCommit(vault, budget_bytes=100), captured(b"1"), captured(b"2"))

    assert [type(answer) for answer in asyncio.run(story())] == [IntakeUnavailable, IntakeUnavailable]


def test_after_a_failure_the_next_message_is_tried_afresh():
    vault = memory_vault()
    good, vault.segments = vault.segments, BrokenStore()

    async def story():
        intake = GroupCommit(vault, budget_bytes=100)
        intake.begin()
        with pytest.raises(IntakeUnavailable):
            await intake.accept(captured(b"1"))
        vault.segments = good
        intake.begin()
        await intake.accept(captured(b"2"))
        await intake.close()

    asyncio.run(story())
    assert raws_of(vault) == [[b"2"]]


def test_a_batch_is_cut_at_its_size():
    vault = memory_vault()
    half = bytes(MAX_BATCH_BYTES // 2)

    async def story():
        await take(GroupCommit(vault, budget_bytes=100), *(captured(half) for _ in range(5)))

    asyncio.run(story())
    assert [len(batch) for batch in raws_of(vault)] == [2, 2, 1]


def test_the_budget_of_bytes_in_flight_is_spent_and_given_back():
    async def story():
        intake = GroupCommit(memory_vault(), budget_bytes=100)
        taken = [intake.reserve(60), intake.reserve(60)]
        intake.release(60)
        return [*taken, intake.reserve(60)]

    assert asyncio.run(story()) == [True, False, True]


def test_a_client_that_leaves_does_not_stop_the_others():
    vault = memory_vault()

    async def story():
        intake = GroupCommit(vault, budget_bytes=100)
        intake.begin()
        intake.begin()
        gone = asyncio.create_task(intake.accept(captured(b"1")))
        await asyncio.sleep(0)
        gone.cancel()
        await intake.accept(captured(b"2"))
        intake.begin()
        await asyncio.wait_for(intake.accept(captured(b"3")), 0.15)
        await intake.close()

    asyncio.run(story())
    assert [raw for batch in raws_of(vault) for raw in batch] == [b"1", b"2", b"3"]


def test_each_durable_segment_is_told_and_a_failure_to_tell_harms_nothing():
    vault = memory_vault()
    told = []

    def tell(segment_ids):
        told.extend(segment_ids)
        raise RuntimeError("the queue is down")

    async def story():
        await take(GroupCommit(vault, budget_bytes=100, sealed=tell), captured(b"1"))

    asyncio.run(story())
    assert told == list(vault.segment_ids())


def test_an_intake_whose_store_fails_says_so_until_the_store_takes_something():
    vault = memory_vault()
    good, vault.segments = vault.segments, BrokenStore()

    async def story():
        intake = GroupCommit(vault, budget_bytes=100)
        states = [intake.failing]
        intake.begin()
        with pytest.raises(IntakeUnavailable):
            await intake.accept(captured(b"1"))
        states.append(intake.failing)
        vault.segments = good
        intake.begin()
        await intake.accept(captured(b"2"))
        states.append(intake.failing)
        await intake.close()
        return states

    assert asyncio.run(story()) == [False, True, False]
