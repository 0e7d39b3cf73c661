import os

import pytest

from journaling.imports.request import WrongUsage, make_request


def ask(*paths, source="s", custodian="", mail_format="auto"):
    return make_request([str(path) for path in paths], source=source, custodian=custodian, mail_format=mail_format)


def labels(*paths):
    return [root.label for root in ask(*paths).roots]


def test_a_path_is_labelled_by_its_name(tmp_path):
    (tmp_path / "ann").mkdir()

    assert labels(tmp_path / "ann") == [b"ann"]


def test_paths_of_one_name_are_labelled_by_what_tells_them_apart(tmp_path):
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Inbox").write_bytes(b"")

    assert labels(tmp_path / "ann/Inbox", tmp_path / "bob/Inbox") == [b"ann/Inbox", b"bob/Inbox"]


def test_a_path_inside_another_or_named_twice_is_read_once(tmp_path):
    (tmp_path / "mail/inbox").mkdir(parents=True)

    assert labels(tmp_path / "mail/inbox", tmp_path / "mail", tmp_path / "mail/../mail") == [b"mail"]


def test_a_custodian_is_one_address_in_small_letters(tmp_path):
    assert ask(tmp_path, custodian="Ann@Example.org").custodian == "ann@example.org"


@pytest.mark.parametrize(
    "changes",
    [
        {"source": ""},
        {"source": " "},
        {"source": "x" * 201},
        {"source": "a\nb"},
        {"custodian": "ann"},
        {"custodian": "a@b, c@d"},
        {"custodian": "Ann <ann@example.org>"},
    ],
)
def test_a_wrong_name_is_refused(tmp_path, changes):
    with pytest.raises(WrongUsage):
        ask(tmp_path, **changes)


def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(WrongUsage, match="neither a file nor a folder"):
        ask(tmp_path / "pipe")


def test_a_path_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WrongUsage, match="there is no such file"):
        ask(tmp_path / "none")
