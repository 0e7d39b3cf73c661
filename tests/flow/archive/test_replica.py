"""A replica is read where it follows closely, and only then; the primary alone decides what is shown."""

import pytest
from django.db import OperationalError

from archive.queries.replica import CHECK_SECONDS, REST_SECONDS, Following, read


class Pair:
    """A primary and a replica of which a test says how far they are, and a clock that it moves."""

    def __init__(self):
        self.now, self.written, self.replayed, self.asked = 0.0, 100, 100, 0
        self.following = Following(
            written=lambda: self.written, replayed=self.position, most_seconds=5.0, clock=lambda: self.now
        )

    def position(self):
        self.asked += 1
        if isinstance(self.replayed, Exception):
            raise self.replayed
        return self.replayed

    def after(self, seconds, **changed):
        self.now += seconds
        for name, value in changed.items():
            setattr(self, name, value)
        return self.following.closely()


@pytest.fixture
def pair():
    return Pair()


def test_one_that_has_replayed_all_is_read(pair):
    assert pair.after(0)


def test_one_that_is_behind_at_the_first_look_is_not(pair):
    assert not pair.after(0, replayed=99)


def test_one_that_has_what_was_written_some_seconds_ago_is_read(pair):
    pair.after(0)
    assert [pair.after(1, written=written) for written in (200, 300, 400)] == [True, True, True]


def test_one_that_stands_still_while_the_primary_writes_is_left_in_time(pair):
    pair.after(0)
    found = [pair.after(1, written=100 * second) for second in range(2, 9)]
    assert found == [True, True, True, True, False, False, False]


def test_a_pause_without_readers_is_no_excuse_for_being_behind(pair):
    pair.after(0)
    assert not pair.after(3_600, written=200)


def test_a_primary_that_rests_has_a_replica_that_is_not_behind(pair):
    assert [pair.after(30) for _ in range(3)] == [True, True, True]


def test_a_promoted_server_is_no_replica(pair):
    pair.after(0)
    assert not pair.after(1, replayed=None)


def test_one_that_does_not_answer_is_left_alone_for_a_while(pair):
    found = [pair.after(0, replayed=OperationalError("gone")), pair.after(1), pair.after(1)]
    assert (found, pair.asked) == ([False, False, False], 1)
    assert pair.after(REST_SECONDS, replayed=100)


def test_an_answer_holds_for_a_moment(pair):
    pair.after(0)
    assert (pair.after(CHECK_SECONDS / 2), pair.asked) == (True, 1)


def test_without_a_replica_everything_is_read_from_the_database():
    assert read(lambda alias: alias) == "default"
