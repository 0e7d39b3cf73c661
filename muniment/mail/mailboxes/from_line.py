"""The From_ line that separates the messages of an mbox: `From sender date`.

No standard fixes it (RFC 4155 appendix A describes a default that few writers keep), so this takes what mailers, list
archives and exports really write, and nothing that merely begins a sentence:

    From ann@example.org Fri Jul  8 12:08:34 2011         From - Tue Apr 23 09:00:00 2024          (Thunderbird)
    From ann at example.org  Fri Jul  8 12:08:34 2011     From 1771@xxx Fri Jul 08 12:08:34 +0000 2011   (Google)
    From ann@example.org Fri, 8 Jul 2011 12:08:34 +0200   From ann Fri Jul  8 12:08 EST 2011 remote from x
"""

import re

LINE_BYTES = 1000  # RFC 5322 section 2.1.1: 998 and the line end; a longer line is no From_ line

_MONTH = rb"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_CLOCK = rb"\d{1,2}:\d\d(?::\d\d)?"
_DAY_AND_TIME = (
    rb"(?:" + _MONTH + rb"[ \t]{1,4}\d{1,2}|\d{1,2}[ \t-]{1,4}" + _MONTH + rb"),?"
    rb"[ \t-]{1,4}(?:\d{2,4},?[ \t]{1,4})?" + _CLOCK
)
_WITH_WEEKDAY = re.compile(rb"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?[ \t]{1,4}" + _DAY_AND_TIME, re.IGNORECASE)
_WITHOUT_WEEKDAY = re.compile(rb"(?:" + _DAY_AND_TIME + rb"|\d{4}-\d\d-\d\d[T \t]" + _CLOCK + rb")", re.IGNORECASE)
_GIT = re.compile(rb"From (?:[0-9a-f]{40}|[0-9a-f]{64}) Mon Sep 17 00:00:00 2001")
_WORDS = 3  # "ann at example.org"; spam has "ann@[192.0.2.1] [xyz]"


def is_from_line(line: bytes) -> bool:
    """Say whether a line, with or without its line end, is a From_ line."""
    if not line.startswith(b"From ") or len(line) > LINE_BYTES:
        return False
    rest = line[5:]
    date = _WITH_WEEKDAY.search(rest)
    if date is not None:
        return _is_sender(rest[: date.start()].split())
    date = _WITHOUT_WEEKDAY.search(rest)
    return date is not None and _is_plain_sender(rest[: date.start()].split())


def is_git_line(line: bytes) -> bool:
    """Say whether a line starts a patch as `git format-patch` writes it: in the body of a mail it separates nothing."""
    return _GIT.match(line) is not None


def _is_sender(words: list[bytes]) -> bool:
    if len(words) <= 1 or words[0].startswith(b'"'):
        return True
    if len(words) <= _WORDS and (b"@" in words[0] or words[1] == b"at"):
        return True
    return words[-1].startswith(b"<") and words[-1].endswith(b">") and b"@" in words[-1]


def _is_plain_sender(words: list[bytes]) -> bool:
    """Ask more of the sender where the date has no weekday."""
    return len(words) == 1 and (b"@" in words[0] or words[0] == b"-")
