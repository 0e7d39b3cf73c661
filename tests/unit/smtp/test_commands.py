"""Command lines are read as they are: nothing is decoded, folded or lost, and nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journaling.smtp.commands import (
    Chunk,
    Declared,
    Path,
    Wrong,
    check_mail_parameters,
    check_recipient_parameters,
    read_chunk,
    read_path,
    split,
)


@pytest.mark.parametrize(
    ("argument", "path"),
    [
        (b"FROM:<>", Path(address=b"")),
        (b"from:<a@b>", Path(address=b"a@b")),
        (b"FROM: <a@b>  SIZE=1   BODY=7BIT ", Path(address=b"a@b", parameters=(b"SIZE=1", b"BODY=7BIT"))),
        (b"FROM:a@b", Path(address=b"a@b")),
        (b'FROM:<"a > \\" b"@c> X', Path(address=b'"a > \\" b"@c', parameters=(b"X",))),
        (b"FROM:<@r1,@r2:a@b>", Path(address=b"@r1,@r2:a@b")),
        (b"FROM:<a b@c>", Path(address=b"a b@c")),
        (b'FROM:<"a@b> SIZE=1', Path(address=b'"a@b', parameters=(b"SIZE=1",))),
        (b"FROM:<\xe9@b>", Path(address=b"\xe9@b")),
        (b"FROM:<" + b"x" * 1_900 + b">", Path(address=b"x" * 1_900)),
    ],
)
def test_a_path_is_kept_as_received(argument, path):
    assert read_path(argument, b"FROM:") == path


@pytest.mark.parametrize(
    "argument", [b"", b"FROM", b"FROM:", b"TO:<a@b>", b"FROM:<a<b>>", b"FROM:<a@b", b"FROM:<a@b>x"]
)
def test_what_is_no_path_is_a_value(argument):
    assert read_path(argument, b"FROM:") is Wrong.SYNTAX


@given(st.binary(max_size=300))
def test_no_line_raises(line):
    _, argument = split(line)
    path = read_path(b"TO:" + argument, b"TO:")
    read_chunk(argument)
    if isinstance(path, Path):
        check_mail_parameters(path.parameters)
        check_recipient_parameters(path.parameters)


@pytest.mark.parametrize(
    ("parameters", "declared"),
    [
        ((), Declared()),
        ((b"size=12", b"SMTPUTF8"), Declared(size_bytes=12, utf8=True)),
        ((b"BODY=binarymime", b"AUTH=<>", b"RET=FULL", b"ENVID=x"), Declared(binary=True)),
        ((b"SMTPUTF8=yes",), Wrong.VALUE),
        ((b"SIZE=",), Wrong.VALUE),
        ((b"SIZE=" + b"9" * 21,), Wrong.VALUE),
        ((b"HOLDFOR=10",), Wrong.UNKNOWN),
    ],
)
def test_mail_parameters_declare_the_message(parameters, declared):
    assert check_mail_parameters(parameters) == declared


@pytest.mark.parametrize(
    ("argument", "chunk"),
    [
        (b"0", Chunk(size_bytes=0, last=False)),
        (b"12 last", Chunk(size_bytes=12, last=True)),
        (b"012  LAST ", Chunk(size_bytes=12, last=True)),
        (b"12LAST", None),
        (b"+1", None),
        (b"1 LAST now", None),
    ],
)
def test_a_chunk_says_how_much_follows(argument, chunk):
    assert read_chunk(argument) == chunk
