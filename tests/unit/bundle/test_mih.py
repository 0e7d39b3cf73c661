"""EDRM Message Identification Hash 1.0: the vectors, and the field that is hashed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.bundle.mih import Mih, message_id_of, mih_in, mih_of

VECTOR = Mih(bracketed="7E40B4341B9501F9156894D667C8E4DE", bare="AC623C094F3922F9FD85936E0003043A")


@pytest.mark.parametrize("written", [b"<abc123@example.com>", b"abc123@example.com", b"  <abc123@example.com>  "])
def test_the_vectors(written):
    assert mih_of(written) == VECTOR


@pytest.mark.parametrize(
    "header",
    [
        b"Message-ID: <abc123@example.com>\r\n\r\n",
        b"Subject: x\nmessage-id:<abc123@example.com>\n\nMessage-ID: <other@example.com>\n",
        b"Message-Id :\r\n\t<abc123@example.com>\r\n",
        b"MESSAGE-ID: <abc123@example.com> (comment) <other@example.com>\r\n\r\n",
        b"Message-ID: <abc123@example.com>\r\nMessage-ID: <other@example.com>\r\n\r\n",
        b"Message-ID: words <abc123@example.com>\r\n\r\n",
    ],
)
def test_the_first_field_up_to_its_first_bracket_is_hashed(header):
    assert mih_in(header) == VECTOR


@pytest.mark.parametrize(
    "header", [b"", b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n", b"Message-ID:\r\n\r\n", b"Message-ID: <>\n"]
)
def test_without_message_id_there_is_none(header):
    assert mih_in(header) is None


@given(st.binary(max_size=300))
def test_any_bytes_have_one_or_none(data):
    mih_in(b"Message-ID:" + data)
    message_id_of(data)
