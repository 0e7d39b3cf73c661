"""Signed notes and checkpoints, against the examples of their specifications."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.log import checkpoint as checkpoints
from muniment.log import merkle
from muniment.log.note import BadNoteKey, NoteCorrupt, NoteSigner, NoteVerifier, open_note
from tests.unit.log.builders import SIGNER, VERIFIERS

# golang.org/x/mod/sumdb/note: its documented example
PETER = NoteVerifier.decode("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
OTHER = NoteSigner("other.example/log", seed=b"\x01" * 32)
ROOT = base64.b64encode(merkle.EMPTY_ROOT).decode()


def test_a_note_of_another_implementation_opens():
    assert open_note(PETERS_NOTE, [PETER]).startswith("If you think cryptography")


def test_a_signature_has_one_spelling():
    with pytest.raises(NoteCorrupt, match="malformed"):
        open_note(PETERS_NOTE.replace(b"nAM=", b"nAN="), [PETER])


def test_a_key_survives_its_text():
    assert NoteVerifier.decode(SIGNER.verifier.encode()) == SIGNER.verifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10",
        "PeterNeumann+c74f20a3+!!!!",
    ],
)
def test_a_text_that_holds_no_key_is_refused(text):
    with pytest.raises(BadNoteKey):
        NoteVerifier.decode(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b", "a\x01"])
def test_a_name_that_no_key_may_have_is_refused(name):
    with pytest.raises(BadNoteKey):
        NoteSigner(name, seed=bytes(32))


def test_a_seed_of_the_wrong_length_is_refused():
    with pytest.raises(BadNoteKey):
        NoteSigner("a", seed=bytes(31))


@given(st.lists(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20), max_size=5))
def test_every_text_comes_back_from_its_note(lines):
    text = "".join(f"{line}\n" for line in [*lines, "end"])
    assert open_note(SIGNER.sign(text), VERIFIERS) == text


@given(st.binary(max_size=300))
def test_bytes_that_are_no_note_are_never_opened(data):
    with pytest.raises(NoteCorrupt):
        open_note(data, VERIFIERS)


@given(st.integers(0))
def test_no_bit_of_a_note_can_be_flipped(bit):
    note = bytearray(SIGNER.sign("text\n"))
    at = bit % (8 * len(note))
    note[at // 8] ^= 1 << at % 8
    with pytest.raises(NoteCorrupt):
        open_note(bytes(note), VERIFIERS)


def test_signatures_of_unknown_keys_are_passed_over():
    mine, theirs = SIGNER.sign("text\n"), OTHER.sign("text\n").rpartition(b"\n\n")[2]
    assert open_note(mine + theirs, VERIFIERS) == "text\n"


def test_a_note_of_unknown_keys_alone_is_not_opened():
    with pytest.raises(NoteCorrupt, match="no trusted key"):
        open_note(OTHER.sign("text\n"), VERIFIERS)


def test_one_bad_signature_of_a_known_key_condemns_the_note():
    mine, wrong = SIGNER.sign("text\n"), OTHER.sign("other\n").rpartition(b"\n\n")[2]
    with pytest.raises(NoteCorrupt, match="does not match"):
        open_note(mine + wrong, [*VERIFIERS, OTHER.verifier])


@given(st.integers(0, checkpoints.MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_comes_back_from_its_note(size, root):
    signed = checkpoints.sign(SIGNER, size=size, root=root)
    assert checkpoints.open_checkpoint(signed.note, VERIFIERS) == signed


def test_a_checkpoint_is_exactly_three_lines_and_a_signature():
    text, _, signature = checkpoints.sign(SIGNER, size=0, root=merkle.EMPTY_ROOT).note.decode().partition("\n\n")
    assert (text, signature[:23]) == (f"muniment.example/log\n0\n{ROOT}", "— muniment.example/log ")


def test_lines_after_the_root_are_passed_over():
    note = SIGNER.sign(f"muniment.example/log\n7\n{ROOT}\nextension\n")
    assert checkpoints.open_checkpoint(note, VERIFIERS).size == 7


@pytest.mark.parametrize(
    "text",
    [
        "muniment.example/log\n",
        "muniment.example/log\n1\n",
        f"muniment.example/log\n01\n{ROOT}\n",
        f"muniment.example/log\n-1\n{ROOT}\n",
        f"muniment.example/log\n\n{ROOT}\n",
        f"muniment.example/log\n٣\n{ROOT}\n",
        f"muniment.example/log\n9223372036854775808\n{ROOT}\n",
        f"muniment.example/log\n{'9' * 5000}\n{ROOT}\n",
        "muniment.example/log\n1\nAAAA\n",
        "muniment.example/log\n1\n!\n",
        f"muniment.example/log\n1\n{ROOT[:-2]}V=\n",
        f"other.example/log\n1\n{ROOT}\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteCorrupt):
        checkpoints.open_checkpoint(SIGNER.sign(text), VERIFIERS)


def test_a_trusted_key_signs_for_its_own_log_alone():
    note = OTHER.sign(f"muniment.example/log\n7\n{ROOT}\n")
    with pytest.raises(NoteCorrupt):
        checkpoints.open_checkpoint(note, [*VERIFIERS, OTHER.verifier])
