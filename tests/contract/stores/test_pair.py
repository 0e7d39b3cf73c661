"""The contract of PairWriter, run by every implementation, and how two directory stores keep their order."""

import errno
import os
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from muniment.stores.filesystem import FilesystemStore, Together
from muniment.stores.filesystem.draft import Draft
from muniment.stores.filesystem.together import keeps_order
from muniment.stores.memory import MemoryStore
from muniment.stores.pair import InTurn, NewObject
from muniment.stores.port import ObjectExists, StoreUnavailable

FIRST = NewObject(key="a/first", data=b"1")
SECOND = NewObject(key="b/second", data=[b"2", b"", b"3"], lock_until=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(params=["in turn, memory", "in turn, directories", "together, directories"])
def rig(request, tmp_path):
    how, kind = request.param.split(", ")
    first, second = (
        (MemoryStore(), MemoryStore())
        if kind == "memory"
        else (FilesystemStore(tmp_path / "1"), FilesystemStore(tmp_path / "2"))
    )
    return first, second, (InTurn if how == "in turn" else Together)(first, second)


def test_both_objects_are_there_as_they_were_given(rig):
    first, second, writer = rig
    writer.create(FIRST, SECOND)
    assert (first.get(FIRST.key), second.get(SECOND.key), second.info(SECOND.key).locked_until) == (
        b"1",
        b"23",
        SECOND.lock_until,
    )


def test_a_first_name_that_is_taken_stays_and_there_is_no_second(rig):
    first, second, writer = rig
    first.create(FIRST.key, b"before")
    with pytest.raises(ObjectExists):
        writer.create(FIRST, SECOND)
    assert (first.get(FIRST.key), list(second.keys(""))) == (b"before", [])


def test_a_second_name_that_is_taken_stays(rig):
    _, second, writer = rig
    second.create(SECOND.key, b"before")
    with pytest.raises(ObjectExists):
        writer.create(FIRST, SECOND)
    assert second.get(SECOND.key) == b"before"


def test_many_pairs_at_once_are_all_there(rig):
    first, second, writer = rig
    for number in range(20):
        writer.create(NewObject(key=f"a/{number:02}", data=b"1"), NewObject(key=f"b/{number:02}", data=b"2"))
    assert len(list(first.keys("a/"))) == len(list(second.keys("b/"))) == 20


class NotedDraft(Draft):
    """Writes down its steps; a step in `fails` meets a full disk."""

    __slots__ = ()
    steps: ClassVar[list[str]]
    fails: ClassVar[set[str]]

    def _note(self, step):
        step = f"{step} {self.info.key}"
        self.steps.append(step)
        if step in self.fails:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def sync(self):
        super().sync()
        self._note("sync")

    def link(self):
        self._note("link")
        super().link()

    def settle(self):
        super().settle()
        self._note("settle")


class NotedStore(FilesystemStore):
    """A directory store whose drafts write down their steps."""

    def __init__(self, root, draft_class, *, device=None):
        super().__init__(root, draft_class=draft_class)
        self._device = device

    @property
    def device(self):
        return super().device if self._device is None else self._device


def noted(tmp_path, *, fails=(), apart=False):
    steps = []
    kind = type("Noted", (NotedDraft,), {"__slots__": (), "steps": steps, "fails": set(fails)})
    first = NotedStore(tmp_path / "1", kind, device=os.makedev(255, 255) if apart else None)
    return steps, first, NotedStore(tmp_path / "2", kind)


def test_on_two_filesystems_the_first_is_durable_before_the_second_has_its_name(tmp_path):
    steps, first, second = noted(tmp_path, apart=True)
    Together(first, second).create(FIRST, SECOND)
    assert steps[2:] == ["link a/first", "settle a/first", "link b/second", "settle b/second"]


@pytest.mark.parametrize("apart", [True, False])
def test_nothing_has_a_name_before_both_are_synced(tmp_path, apart):
    steps, first, second = noted(tmp_path, apart=apart)
    Together(first, second).create(FIRST, SECOND)
    assert (sorted(steps[:2]), steps[2]) == (["sync a/first", "sync b/second"], "link a/first")


@pytest.mark.parametrize("step", ["sync a/first", "sync b/second", "link a/first"])
@pytest.mark.parametrize("apart", [True, False])
def test_where_a_step_before_the_names_fails_nothing_is_there_and_nothing_is_left(tmp_path, step, apart):
    _, first, second = noted(tmp_path, fails=[step], apart=apart)
    with pytest.raises(StoreUnavailable):
        Together(first, second).create(FIRST, SECOND)
    assert [*first.keys(""), *second.keys(""), *tmp_path.glob("*/tmp/*")] == []


@pytest.mark.parametrize("step", ["settle a/first", "settle b/second"])
def test_a_name_that_cannot_be_made_durable_is_no_success(tmp_path, step):
    _, first, second = noted(tmp_path, fails=[step])
    with pytest.raises(StoreUnavailable):
        Together(first, second).create(FIRST, SECOND)


MOUNTS = """\
22 28 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 28 0:40 / /data rw - btrfs /dev/vdb rw
24 28 254:16 / /other rw,nosuid - xfs /dev/vdb rw
"""


@pytest.mark.parametrize(
    ("device", "expected"), [((254, 0), True), ((254, 16), True), ((0, 40), False), ((9, 9), False)]
)
def test_order_is_believed_only_of_filesystems_known_for_it(tmp_path, device, expected):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert keeps_order(os.makedev(*device), mounts=mounts) is expected


def test_no_list_of_mounts_means_no_order(tmp_path):
    assert keeps_order(0, mounts=tmp_path / "missing") is False
