"""Faults under live capture on the whole production system, few messages: the long run is `python -m benchmarks.stack`."""

import random

import pytest

from benchmarks.stack.faults import FAULTS
from benchmarks.stack.judging import check, compare, endure
from benchmarks.stack.loss import lose_all
from benchmarks.stack.mail import mail
from benchmarks.stack.servers import servers
from benchmarks.stack.site import site

MESSAGES = 150
SEED = 20261125
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """Give the servers and one archive on them, all of its processes running."""
    folder = tmp_path_factory.mktemp("stack")
    with servers(folder, search_nodes=1) as running, site(folder / "archive", running.settings()) as made:
        yield running, made


@pytest.fixture(scope="module")
def rows(system):
    """Give what became of mail under each fault."""
    messages, chooser = mail(SEED), random.Random(SEED)
    found = [
        endure(FAULTS[name], *system, messages, count=MESSAGES, chooser=chooser)
        for name in ("redis", "minio", "postgresql")
    ]
    compare(found, system[1], chooser)
    print(*(row.text() for row in found), sep="\n")  # noqa: T201 - shown where a test fails
    return found


def test_what_was_answered_is_there_once_and_found(system, rows):
    found = check(system[1])

    assert [(len(row.answered), row.lost, row.doubled, row.faults) for row in rows] == [(MESSAGES, 0, 0, [])] * 3
    assert found == []


def test_database_index_and_queue_are_lost_together_and_all_is_made_again(system, rows):
    mails = [one for row in rows for one in row.made]
    loss = lose_all(*system, mails=mails, chooser=random.Random(SEED))

    assert loss.messages >= 3 * MESSAGES
    assert loss.faults == []
