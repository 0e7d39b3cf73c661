"""Tell what a file is by its first bytes, and by its name where these leave it open."""

import re
from enum import StrEnum

from muniment.mail.mailboxes.from_line import LINE_BYTES, is_from_line

HEAD_BYTES = 64 * 1024
_HEADER_LINES = 200  # a known field later than this makes no message
_TAR_MAGIC_AT = 257  # POSIX.1-1988 ustar header
_MAIL_SUFFIXES = (b".eml", b".email")
_ONE_MESSAGE_SUFFIXES = (b".txt", b".msg")
# ":2,S"; "!2,S" and ";2,S" where the file system has no colon.
_MAILDIR_FLAGS = re.compile(rb"[:!;]2,[^/]{0,64}\Z")
_NUMBERED = re.compile(rb"\d{1,9}\.?\Z")  # an MH message, or one of the Enron set
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"(?:from|to|cc|bcc|subject|date|sender|reply-to|message-id|in-reply-to|references|received|return-path|"
    rb"mime-version|content-(?:type|transfer-encoding|disposition|length|id|language|description)|delivered-to|"
    rb"x-[!-9;-~]+|resent-[a-z-]+|list-[a-z-]+|arc-[a-z-]+|authentication-results|dkim-signature|"
    rb"domainkey-signature|received-spf|envelope-to|delivery-date|status|lines|newsgroups|path|xref|errors-to|"
    rb"precedence|user-agent|importance|priority|thread-[a-z]+|keywords|comments|organi[sz]ation|apparently-to|"
    rb"disposition-notification-to|auto-submitted|autocrypt|feedback-id|original-[a-z-]+)\Z",
    re.IGNORECASE,
)
_NOT_MAIL_STARTS = (b"BEGIN:VCARD", b"BEGIN:VCALENDAR", b"<?xml", b"<!DOCTYPE", b"%PDF")
_ZIP_BUT_DOCUMENT = (
    *(b".docx .xlsx .pptx .docm .xlsm .odt .ods .odp .odg .ott .jar .war .apk .epub .xpi .whl .olm".split()),
)


class Kind(StrEnum):
    """What a file is."""

    EMPTY = "empty"
    MESSAGE = "message"
    MBOX = "mbox"
    MBOX_OR_MESSAGE = "mbox or message"  # starts with a From_ line but is named as one message
    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"
    NOT_READ = "not read"
    OTHER = "other"


PACKED = frozenset({Kind.ZIP, Kind.TAR, Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.ZSTD})
_MAGIC = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\x1f\x8b\x08", Kind.GZIP),
    (b"BZh", Kind.BZIP2),
    (b"\xfd7zXZ\x00", Kind.XZ),
    (b"\x28\xb5\x2f\xfd", Kind.ZSTD),
)
_NOT_READ = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Outlook .msg files and other compound documents are"),
    (b"!BDN", "Outlook .pst and .ost files are"),
    (b"Rar!\x1a\x07", "RAR archives are"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archives are"),
    (b"\x01\x01\x01\x01\n", "MMDF mailboxes are"),
    (b"BABYL OPTIONS", "Babyl mailboxes are"),
)


def kind_of(head: bytes, *, name: bytes, expected: bool) -> Kind:
    """Tell what a file is from its first HEAD_BYTES and its name; `expected`: its folder holds only messages."""
    if not head:
        return Kind.EMPTY
    lower = without_flags(name).lower()
    if lower.endswith(_MAIL_SUFFIXES):
        return Kind.MESSAGE
    packed = _packed_kind(head, lower)
    if packed is not None:
        return packed
    if head.startswith(tuple(magic for magic, _ in _NOT_READ)):
        return Kind.NOT_READ
    if starts_with_from_line(head) and not expected:
        one = lower.endswith(_ONE_MESSAGE_SUFFIXES) or is_numbered(lower)
        return Kind.MBOX_OR_MESSAGE if one else Kind.MBOX
    if expected or is_numbered(lower) or starts_like_mail(head):
        return Kind.MESSAGE
    return Kind.OTHER


def why_not_read(head: bytes) -> str:
    """Return the sentence for a Kind.NOT_READ file."""
    what = next(what for magic, what in _NOT_READ if head.startswith(magic))
    return f"{what} not read by this version of Muniment; convert it to EML or mbox."


def without_flags(name: bytes) -> bytes:
    """Return a file's name without the flags that Maildir adds to it."""
    return _MAILDIR_FLAGS.sub(b"", name)


def is_numbered(name: bytes) -> bool:
    return _NUMBERED.match(name) is not None


def starts_with_from_line(head: bytes) -> bool:
    start = len(head) - len(head.lstrip(b"\r\n"))
    return is_from_line(head[start : start + LINE_BYTES + 2].split(b"\n", 1)[0])


def starts_like_mail(head: bytes) -> bool:
    """Say whether the start parses as header fields, at least one of a known name."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(_NOT_MAIL_STARTS):
        return False
    lines = text.split(b"\n", _HEADER_LINES)[:_HEADER_LINES]
    if not lines[0].startswith((b"From ", b">From ")) and _FIELD.match(lines[0]) is None:
        return False
    for line in lines:
        if not line.strip(b"\r"):
            return False
        field = _FIELD.match(line)
        if field is not None and _KNOWN_FIELD.match(field[1]):
            return True
    return False


def _packed_kind(head: bytes, lower_name: bytes) -> Kind | None:
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if kind is Kind.ZIP and lower_name.endswith(_ZIP_BUT_DOCUMENT):
        return Kind.OTHER
    if kind is None and head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return Kind.TAR
    return kind
