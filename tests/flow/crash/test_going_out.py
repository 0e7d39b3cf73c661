"""Few rounds of what `python -m benchmarks.faults` does in many to mail that goes: killed, raced, and judged alike."""

import pytest

from benchmarks.faults.scenarios import judge

pytestmark = pytest.mark.timeout(1_200)  # none takes long; a machine may have much else to do


@pytest.mark.parametrize("scenario", ["disposal", "erasure", "export"])
def test_what_is_killed_and_gone_on_with_ends_as_if_nothing_had_happened(scenario):
    verdict = judge(scenario, rounds=3, seed=20260302, messages=200)
    assert verdict.faults == []


def test_of_a_hold_and_a_disposal_one_wins_and_the_other_is_told():
    verdict = judge("race", rounds=2, seed=20260302, messages=400)
    assert verdict.faults == []
    assert verdict.figures["held and whole"] + verdict.figures["gone"] == 2 * 200
