"""The Merkle tree hash of RFC 9162, against a naive recursive oracle."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.log import merkle

ENTRIES = st.lists(st.binary(max_size=40), min_size=1, max_size=70)


def naive_root(entries):
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + naive_root(entries[:split]) + naive_root(entries[split:])).digest()


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_the_root_is_that_of_the_definition(entries):
    assert merkle.root(entries) == naive_root(entries)


@given(ENTRIES, st.data())
def test_an_inclusion_proof_leads_to_the_root(entries, data):
    index = data.draw(st.integers(0, len(entries) - 1))
    proof = merkle.inclusion_proof(entries, index)
    assert merkle.root_from_proof(entries[index], index, len(entries), proof) == naive_root(entries)


@given(ENTRIES, st.data())
def test_a_proof_of_another_entry_does_not_lead_to_the_root(entries, data):
    index = data.draw(st.integers(0, len(entries) - 1))
    proof = merkle.inclusion_proof(entries, index)
    other = entries[index] + b"!"
    assert merkle.root_from_proof(other, index, len(entries), proof) != naive_root(entries)


@given(ENTRIES, st.data())
def test_a_proof_of_the_wrong_length_is_refused(entries, data):
    index = data.draw(st.integers(0, len(entries) - 1))
    proof = merkle.inclusion_proof(entries, index)
    with pytest.raises(ValueError, match="too long"):
        merkle.root_from_proof(entries[index], index, len(entries), [*proof, bytes(32)])


def test_rfc_6962_root_of_an_empty_tree_is_the_hash_of_nothing():
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
