"""The accounts file: what is wrong in it is told by its line, never by its text."""

import asyncio

import pytest

from journaling.smtp.accounts import account_line, read_accounts, read_plain
from muniment.errors import Refused


def test_a_line_that_was_made_lets_its_password_in_and_no_other(tmp_path):
    path = tmp_path / "users"
    path.write_text(account_line("é x", b"pass", salt=b"0123456789abcdef"))
    accounts = read_accounts(path)

    async def checks():
        pairs = [("é x", b"pass"), ("é x", b"Pass"), ("e x", b"pass"), ("é x", b"")]
        return [await accounts.check(name.encode(), password) for name, password in pairs]

    assert asyncio.run(checks()) == [True, False, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nobody\n",
        "name",
        "name:",
        "name:plain-password",
        "name:$scrypt$ln=99,r=8,p=1$c2FsdHNhbHQ=$" + "A" * 43 + "=",
        "name:$scrypt$ln=15,r=0,p=1$c2FsdHNhbHQ=$" + "A" * 43 + "=",
        "name:$scrypt$ln=15,r=8,p=1$c2FsdHNhbHQ=$AAAAAAAA",
        ":$scrypt$ln=15,r=8,p=1$c2FsdHNhbHQ=$" + "A" * 43 + "=",
    ],
)
def test_a_file_that_is_wrong_is_refused_without_its_text(tmp_path, text):
    path = tmp_path / "users"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        read_accounts(path)
    assert "plain-password" not in str(refused.value)


def test_a_file_that_is_missing_is_refused(tmp_path):
    with pytest.raises(Refused):
        read_accounts(tmp_path / "none")


@pytest.mark.parametrize("name", ["", "a:b", " a", "#a", "a\nb"])
def test_a_name_that_the_file_could_not_hold_is_refused(name):
    with pytest.raises(Refused):
        account_line(name, b"x", salt=bytes(16))


@pytest.mark.parametrize(
    ("response", "pair"),
    [
        (b"\0name\0pass", (b"name", b"pass")),
        (b"name\0name\0pass", (b"name", b"pass")),
        (b"other\0name\0pass", None),
        (b"\0\0pass", None),
        (b"name\0pass", None),
        (b"", None),
    ],
)
def test_a_plain_response_speaks_for_nobody_else(response, pair):
    assert read_plain(response) == pair
