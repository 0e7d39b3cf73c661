"""The verifier refuses what does not prove."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from muniment.log import checkpoint as checkpoints
from muniment.log import merkle, verify
from tests.unit.log.builders import SIGNER, naive_consistency, naive_inclusion, naive_root

ROWS = [b"%d" % number for number in range(40)]
HASHES = [merkle.leaf_hash(row) for row in ROWS]


def at(size):
    return checkpoints.sign(SIGNER, size=size, root=naive_root(HASHES[:size]))


@given(st.integers(1, 40), st.data())
def test_every_consistency_proof_of_the_definition_holds(size, data):
    old = data.draw(st.integers(1, size))
    verify.check_consistency(at(old), at(size), naive_consistency(old, HASHES[:size]))


@given(st.integers(0, 40))
def test_every_log_continues_the_empty_one(size):
    verify.check_consistency(at(0), at(size), [])


@given(st.integers(1, 39), st.data())
def test_a_log_that_was_rewritten_does_not_continue_the_old_one(old, data):
    size = data.draw(st.integers(old + 1, 40))
    changed = data.draw(st.integers(0, old - 1))
    forged = [*HASHES[:changed], merkle.leaf_hash(b"forged"), *HASHES[changed + 1 : size]]
    new = checkpoints.sign(SIGNER, size=size, root=naive_root(forged))
    with pytest.raises(verify.ProofWrong):
        verify.check_consistency(at(old), new, naive_consistency(old, forged))


@given(st.integers(1, 40), st.data())
def test_a_consistency_proof_that_was_tampered_with_is_wrong(size, data):
    old = data.draw(st.integers(1, size))
    good = naive_consistency(old, HASHES[:size])
    proof = data.draw(st.sampled_from([[*good, bytes(32)], good[:-1], [*good[1:], *good[:1]], [bytes(32), *good[1:]]]))
    assume(proof != good)
    with pytest.raises(verify.ProofWrong):
        verify.check_consistency(at(old), at(size), proof)


@given(st.integers(1, 40), st.data())
def test_an_inclusion_proof_holds_for_its_entry_and_place_alone(size, data):
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, 41))
    proof = naive_inclusion(index, HASHES[:size])
    verify.check_inclusion(ROWS[index], index=index, checkpoint=at(size), proof=proof)
    assume(other != index)
    with pytest.raises(verify.ProofWrong):
        verify.check_inclusion(ROWS[index], index=other, checkpoint=at(size), proof=proof)


def test_an_older_checkpoint_does_not_continue_a_newer_one():
    with pytest.raises(verify.ProofWrong, match="not an earlier state"):
        verify.check_consistency(at(7), at(5), [])


def test_two_roots_of_one_size_are_a_fork():
    with pytest.raises(verify.ProofWrong, match="differ"):
        verify.check_consistency(at(7), checkpoints.sign(SIGNER, size=7, root=bytes(32)), [])


def test_the_empty_log_has_one_root():
    with pytest.raises(verify.ProofWrong):
        verify.check_consistency(checkpoints.sign(SIGNER, size=0, root=bytes(32)), at(5), [])
