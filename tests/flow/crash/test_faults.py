"""Few rounds of what `python -m benchmarks.faults` does in many: kill -9, a full disk, a flipped bit. Nothing is lost."""

import pytest

from benchmarks.faults.scenarios import run

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("scenario", ["capture", "import", "worker", "web", "full", "flipped"])
def test_nothing_acknowledged_is_lost_or_twice(scenario):
    outcome = run(scenario, rounds=2, seed=20260302)
    if outcome.skipped:
        pytest.skip(outcome.note)
    assert (outcome.lost, outcome.twice, outcome.damaged, outcome.differences) == (0, 0, 0, {})
