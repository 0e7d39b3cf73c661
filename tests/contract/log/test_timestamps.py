"""Time-stamps of checkpoints, by an authority made with openssl for the test."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.log.checkpoint import text_of
from muniment.log.fsck import fsck
from muniment.log.reader import LogReader
from muniment.log.timestamps import (
    MAX_RESPONSE_BYTES,
    Rfc3161Stamper,
    StampRefused,
    StampVerifier,
    StampWrong,
    checkpoint_stamped_at,
    stamp_checkpoint,
)
from tests.contract.log.authority import Authority
from tests.unit.log.builders import VERIFIERS, filled

MESSAGE = b"muniment.example/log\n7\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return Authority(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory, authority):
    return Authority(tmp_path_factory.mktemp("tsa") / "other")


@pytest.fixture(scope="module")
def response(authority):
    return authority.stamper().stamp(MESSAGE)


def test_a_checkpoint_is_stamped_with_the_time_and_stays_so(authority):
    store = filled(300)
    checkpoint = LogReader.latest(store, VERIFIERS).checkpoint
    stamp_checkpoint(store, checkpoint, authority.stamper())
    at = checkpoint_stamped_at(store, checkpoint, StampVerifier([authority.root]))
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=2)
    assert fsck(store, VERIFIERS).unfinished == ()


def test_a_checkpoint_is_stamped_once(authority):
    store = filled(3)
    checkpoint = LogReader.latest(store, VERIFIERS).checkpoint
    first = stamp_checkpoint(store, checkpoint, authority.stamper())
    assert stamp_checkpoint(store, checkpoint, authority.stamper()) == first


def test_a_checkpoint_that_was_never_stamped_has_no_time(authority):
    store = filled(3)
    checkpoint = LogReader.latest(store, VERIFIERS).checkpoint
    assert checkpoint_stamped_at(store, checkpoint, StampVerifier([authority.root])) is None


def test_what_is_stamped_can_be_made_again_from_the_tiles():
    checkpoint = LogReader.latest(filled(300), VERIFIERS).checkpoint
    assert checkpoint.note.startswith(text_of(checkpoint).encode() + b"\n")


def test_openssl_accepts_the_stamp_that_is_kept(authority, response, tmp_path):
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "response").write_bytes(response)
    authority.openssl(f"ts -verify -data {tmp_path}/message -in {tmp_path}/response -CAfile root.pem")


def test_a_stamp_of_something_else_is_wrong(authority, response):
    with pytest.raises(StampWrong):
        StampVerifier([authority.root]).stamped_at(b"something else", response)


def test_a_stamp_of_an_authority_that_is_not_trusted_is_wrong(stranger, response):
    with pytest.raises(StampWrong):
        StampVerifier([stranger.root]).stamped_at(MESSAGE, response)


def test_an_answer_to_another_request_is_wrong(authority, response):
    replayed = Rfc3161Stamper(lambda _request: response, StampVerifier([authority.root]))
    with pytest.raises(StampWrong, match="another request"):
        replayed.stamp(MESSAGE)


def test_a_refusal_is_told(tmp_path, authority):
    strict = Authority(tmp_path / "strict", digests="sha512")
    with pytest.raises(StampRefused, match="rejection"):
        strict.stamper().stamp(MESSAGE)


def test_a_response_that_is_too_long_is_not_looked_at(authority):
    with pytest.raises(StampWrong, match="longer"):
        StampVerifier([authority.root]).stamped_at(MESSAGE, bytes(MAX_RESPONSE_BYTES + 1))


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_response_with_a_changed_byte_has_the_same_time_or_none(authority, response, data):
    at = data.draw(st.integers(0, len(response) - 1))
    changed = response[:at] + bytes((response[at] ^ data.draw(st.integers(1, 255)),)) + response[at + 1 :]
    verifier = StampVerifier([authority.root])
    try:
        found = verifier.stamped_at(MESSAGE, changed)
    except StampWrong:
        return
    assert found == verifier.stamped_at(MESSAGE, response)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_response_are_wrong(authority, data):
    with pytest.raises(StampWrong):
        StampVerifier([authority.root]).stamped_at(MESSAGE, data)
