import pytest

from muniment.mail.mailboxes.from_line import is_from_line, is_git_line

REAL = """\
From ann@example.org Fri Jul  8 12:08:34 2011
From ann@example.org  Fri Jul 08 12:08:34 2011
From - Tue Apr 23 09:00:00 2024
From 1771234567890@xxx Fri Jul 08 12:08:34 +0000 2011
From mboxrd@z Thu Jan  1 00:00:00 1970
From ann at example.org  Fri Jul  8 12:08:34 2011
From MAILER_DAEMON Fri Jul  8 12:08:34 2011
From ann@example.org Fri Jul  8 12:08 2011
From ann@example.org Fri Jul  8 12:08:34 CEST 2011
From ann@example.org Fri Jul  8 12:08:34 2011 +0200
From ann@example.org Fri, 8 Jul 2011 12:08:34 +0200
From "Ann Other"@example.org Fri Jul  8 12:08:34 2011
From ???@??? Fri Jul 08 12:08:34 2011
From ann@[192.0.2.1] [xyz]  Fri Jul  8 12:08:34 2011
From ann Fri Jul  8 12:08:34 2011 remote from paris
From ann@example.org 2011-07-08 12:08:34
From ann@example.org Jul 8 12:08:34 2011
From  Fri Jul  8 12:08:34 2011
""".splitlines()
NOT_REAL = """\
From now on we meet at 12:30.
From Monday Jul 4 the office is closed.
From what I heard on Fri Jul  8 12:08:34 2011 it was late.
From
From: ann@example.org
From ann@example.org
From May 5 at 12:30 on, 2011
""".splitlines()


@pytest.mark.parametrize("line", REAL)
def test_a_line_that_mailers_write_is_a_from_line(line):
    assert is_from_line(line.encode())
    assert is_from_line(line.encode() + b"\r\n")


@pytest.mark.parametrize("line", NOT_REAL)
def test_a_sentence_is_not_a_from_line(line):
    assert not is_from_line(line.encode())


def test_a_very_long_line_is_not_a_from_line():
    assert not is_from_line(b"From " + b"a" * 2000 + b" Fri Jul  8 12:08:34 2011")


def test_the_start_of_a_git_patch_is_known():
    assert is_git_line(b"From " + b"0123456789" * 4 + b" Mon Sep 17 00:00:00 2001")
