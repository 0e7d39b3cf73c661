"""Faults under live capture on the whole production system, few messages: the long run is `python -m benchmarks.stack`."""

import random

import pytest

from benchmarks.stack.faults import FAULTS
from benchmarks.stack.judging import check, compare, endure
from benchmarks.stack.loss import lose_all
from benchmarks.stack.mail import mail
from benchmarks.stack.servers import servers
from benchmarks.stack.site import site

MESSAGES = 200
SEED = 20261125
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """Give the servers and one archive on them, all of its processes running."""
    folder = tmp_path_factory.mktemp("stack")
    with servers(folder, search_nodes=1) as running, site(folder / "archive", running.settings()) as made:
        yield running, made, mail(SEED), random.Random(SEED)


def test_what_was_answered_is_there_once_and_found(system, record_property):
    running, made, messages, chooser = system
    names = ("redis", "minio", "postgresql")
    rows = [endure(FAULTS[name], running, made, messages, count=MESSAGES, chooser=chooser) for name in names]
    compare(rows, made, chooser)
    for row in rows:
        record_property("row", row.text())

    assert [(len(row.answered), row.lost, row.doubled, row.faults) for row in rows] == [(MESSAGES, 0, 0, [])] * 3
    assert check(made) == []


def test_database_index_and_queue_are_lost_together_and_all_is_made_again(system):
    running, made, messages, chooser = system
    row = endure(FAULTS["none"], running, made, messages, count=MESSAGES, chooser=chooser)
    loss = lose_all(running, made, mails=row.made, chooser=chooser)

    assert loss.messages > 0
    assert loss.faults == []
