"""Reading command lines: verb and argument, paths, parameters. Bytes in, bytes out; nothing is decoded or folded."""

import re
from dataclasses import dataclass
from enum import Enum

# A path in angle brackets: a quoted local part may hold any character (RFC 5321 section 4.1.2). Some clients leave the
# brackets out, put a space before the path or into it, or forget to quote; where the path ends is clear all the same,
# so their mail is not lost for it. The possessive quantifiers keep the search linear.
_PATH = re.compile(
    rb"[ \t]*+(?:<(?P<path>(?:\"(?:[^\"\\]|\\.)*+\")?+[^<>]*+)>|(?P<bare>[^\s<>]++))(?:[ \t]++(?P<parameters>.*+))?",
    re.DOTALL,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_CHUNK = re.compile(rb"(?P<size>[0-9]{1,20})(?P<last> +LAST)?[ \t]*", re.IGNORECASE)  # RFC 3030 section 2: 20DIGIT
_SIZE = re.compile(rb"[0-9]{1,20}")  # RFC 1870 section 3
_VALUE = re.compile(rb"[^\x00-\x20\x7f]+")  # esmtp-value (RFC 5321 section 4.1.2), 8-bit by RFC 6531; = is let pass
_BODIES = frozenset((b"7BIT", b"8BITMIME", b"BINARYMIME"))

# Recorded though DSN (RFC 3461) and AUTH= (RFC 4954) are not announced to all: what a source says is evidence, and a
# journal message must not be lost for a parameter that only asks for notifications.
_MAIL_VALUES = frozenset((b"SIZE", b"BODY", b"RET", b"ENVID", b"AUTH"))
_RECIPIENT_VALUES = frozenset((b"NOTIFY", b"ORCPT"))


class Wrong(Enum):
    """What is wrong with an argument."""

    SYNTAX = "syntax"
    VALUE = "value"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The argument of MAIL or RCPT as received: the path without its brackets, and the parameters in order."""

    address: bytes
    parameters: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What MAIL's parameters declare of the message to come."""

    size_bytes: int = 0
    binary: bool = False
    utf8: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The argument of BDAT (RFC 3030 section 2)."""

    size_bytes: int
    last: bool


def split(line: bytes) -> tuple[bytes, bytes]:
    """Return the verb in capitals and the argument of a command line without its CRLF."""
    verb, _, argument = line.partition(b" ")
    return verb.upper(), argument.strip(b" \t")


def is_clean(text: bytes) -> bool:
    """Say whether a command line, without its CRLF, is free of control characters but for tabs."""
    return _CONTROL.search(text) is None


def read_path(argument: bytes, keyword: bytes) -> Path | Wrong:
    """Read `FROM:<path> parameters` or `TO:<path> parameters`; `keyword` is b"FROM:" or b"TO:"."""
    if argument[: len(keyword)].upper() != keyword:
        return Wrong.SYNTAX
    match = _PATH.fullmatch(argument, len(keyword))
    if match is None:
        return Wrong.SYNTAX
    address = match["bare"] if match["path"] is None else match["path"]
    return Path(address=address, parameters=tuple((match["parameters"] or b"").split()))


def check_mail_parameters(parameters: tuple[bytes, ...]) -> Declared | Wrong:
    """Read MAIL's parameters: SIZE, BODY, SMTPUTF8, RET, ENVID and AUTH are known, each at most once."""
    size_bytes, binary, utf8 = 0, False, False
    seen = set()
    for parameter in parameters:
        name, equals, value = parameter.partition(b"=")
        name = name.upper()
        if name in seen:
            return Wrong.VALUE
        seen.add(name)
        if name == b"SMTPUTF8":
            utf8 = True
            if equals:
                return Wrong.VALUE
        elif name not in _MAIL_VALUES:
            return Wrong.UNKNOWN
        elif not _mail_value_is_valid(name, value):
            return Wrong.VALUE
        elif name == b"SIZE":
            size_bytes = int(value)
        elif name == b"BODY":
            binary = value.upper() == b"BINARYMIME"
    return Declared(size_bytes=size_bytes, binary=binary, utf8=utf8)


def _mail_value_is_valid(name: bytes, value: bytes) -> bool:
    if name == b"SIZE":
        return _SIZE.fullmatch(value) is not None
    if name == b"BODY":
        return value.upper() in _BODIES
    return _VALUE.fullmatch(value) is not None


def check_recipient_parameters(parameters: tuple[bytes, ...]) -> Wrong | None:
    """Check RCPT's parameters: NOTIFY and ORCPT are known, each at most once."""
    seen = set()
    for parameter in parameters:
        name, _, value = parameter.partition(b"=")
        name = name.upper()
        if name not in _RECIPIENT_VALUES:
            return Wrong.UNKNOWN
        if name in seen or not _VALUE.fullmatch(value):
            return Wrong.VALUE
        seen.add(name)
    return None


def read_chunk(argument: bytes) -> Chunk | None:
    """Read `size [LAST]`; None if it cannot be told how many octets follow."""
    match = _CHUNK.fullmatch(argument)
    if match is None:
        return None
    return Chunk(size_bytes=int(match["size"]), last=match["last"] is not None)
