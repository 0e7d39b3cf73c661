"""What an attachment really is: signatures first, then libmagic, then what the sender says of it.

A declared type never outranks the content: malware and careless senders both lie.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import PurePosixPath
from typing import Final

from muniment.extract.plain import wide_codec
from muniment.extract.reading import Item
from muniment.mail.embedded import looks_like_mail
from muniment.mail.realtype import UNKNOWN, real_type

_SAMPLE: Final = 64 * 1024
_PDF_HEADER_WITHIN: Final = 1024  # ISO 32000-1 annex H.3.4.1: readers accept the header there
_TAR_MAGIC_AT: Final = 257  # POSIX.1-1988 ustar
_MAX_NULS: Final = 0.05
_MAX_CONTROLS: Final = 0.02  # share of control characters that a text may have


class Kind(Enum):
    """How an attachment is read."""

    PDF = auto()
    ZIP = auto()  # office documents too: the archive's directory says which
    TAR = auto()
    GZIP = auto()
    BZIP2 = auto()
    XZ = auto()
    RTF = auto()
    HTML = auto()
    XML = auto()
    CALENDAR = auto()
    CARD = auto()
    MAIL = auto()
    SIGNED = auto()
    TEXT = auto()
    ENCRYPTED = auto()
    UNSUPPORTED = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A kind, and for those that are not read the reason as a sentence."""

    kind: Kind
    detail: str = ""


_SIGNATURES: Final = (
    (b"PK\x03\x04", Found(kind=Kind.ZIP)),
    (b"PK\x05\x06", Found(kind=Kind.ZIP)),
    (b"PK00PK\x03\x04", Found(kind=Kind.ZIP)),
    (b"{\\rtf", Found(kind=Kind.RTF)),
    (b"\x1f\x8b\x08", Found(kind=Kind.GZIP)),
    (b"BZh", Found(kind=Kind.BZIP2)),
    (b"\xfd7zXZ\x00", Found(kind=Kind.XZ)),
    (b"\x78\x9f\x3e\x22", Found(kind=Kind.UNSUPPORTED, detail="Outlook's winmail.dat (TNEF).")),
    (b"7z\xbc\xaf\x27\x1c", Found(kind=Kind.UNSUPPORTED, detail="7-Zip archive.")),
    (b"Rar!\x1a\x07", Found(kind=Kind.UNSUPPORTED, detail="RAR archive.")),
    (b"-----BEGIN PGP MESSAGE-----", Found(kind=Kind.ENCRYPTED, detail="PGP message.")),
    (b"-----BEGIN PGP SIGNATURE-----", Found(kind=Kind.UNSUPPORTED, detail="PGP signature.")),
    (b"-----BEGIN PGP PUBLIC KEY BLOCK-----", Found(kind=Kind.UNSUPPORTED, detail="PGP public key.")),
    (b"!BDN", Found(kind=Kind.UNSUPPORTED, detail="Outlook mailbox (.pst, .ost).")),
)
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # MS-CFB section 2.2
# Streams by which a compound file shows what it is; an Outlook message may hold any of the others.
_COMPOUND_STREAMS: Final = (
    ("__properties_version1.0", Found(kind=Kind.UNSUPPORTED, detail="Outlook message (.msg).")),
    ("EncryptedPackage", Found(kind=Kind.ENCRYPTED, detail="Office document with a password.")),
    ("WordDocument", Found(kind=Kind.UNSUPPORTED, detail="Word 97-2003 document (.doc).")),
    ("PowerPoint Document", Found(kind=Kind.UNSUPPORTED, detail="PowerPoint 97-2003 presentation (.ppt).")),
    ("Workbook", Found(kind=Kind.UNSUPPORTED, detail="Excel 97-2003 workbook (.xls).")),
    ("Book", Found(kind=Kind.UNSUPPORTED, detail="Excel 5 workbook (.xls).")),
    ("VisioDocument", Found(kind=Kind.UNSUPPORTED, detail="Visio 2003 drawing (.vsd).")),
    ("Ole10Native", Found(kind=Kind.UNSUPPORTED, detail="Embedded OLE object.")),
)
# DER object identifiers of CMS content types (RFC 5652, RFC 5083).
_CMS: Final = (
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", Found(kind=Kind.ENCRYPTED, detail="S/MIME encrypted message.")),
    (
        b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
        Found(kind=Kind.ENCRYPTED, detail="S/MIME encrypted message."),
    ),
    (
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
        Found(kind=Kind.SIGNED),
    ),
)
_CMS_WITHIN: Final = 40  # the identifier stands in the first bytes of the outer sequence
_BINARY_FAMILIES: Final = ("image/", "audio/", "video/", "font/", "model/")
_TEXT_TYPES: Final = {
    "text/html": Kind.HTML, "application/xhtml+xml": Kind.HTML, "text/xml": Kind.XML, "application/xml": Kind.XML,
    "image/svg+xml": Kind.XML, "text/calendar": Kind.CALENDAR, "application/ics": Kind.CALENDAR,
    "text/vcard": Kind.CARD, "text/x-vcard": Kind.CARD, "text/directory": Kind.CARD, "message/rfc822": Kind.MAIL,
    "message/global": Kind.MAIL, "text/rtf": Kind.RTF, "application/rtf": Kind.RTF,
}  # fmt: skip
_TEXT_SUFFIXES: Final = {
    ".html": Kind.HTML, ".htm": Kind.HTML, ".xhtml": Kind.HTML, ".xml": Kind.XML, ".svg": Kind.XML, ".fodt": Kind.XML,
    ".fods": Kind.XML, ".ics": Kind.CALENDAR, ".vcs": Kind.CALENDAR, ".vcf": Kind.CARD, ".eml": Kind.MAIL,
    ".mht": Kind.MAIL, ".mhtml": Kind.MAIL,
}  # fmt: skip
_HTML_START: Final = re.compile(
    rb"(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body|meta)\b", re.IGNORECASE | re.DOTALL
)
_CONTROLS: Final = bytes(range(1, 7)) + bytes(range(14, 27)) + bytes(range(28, 32))


def kind_of(item: Item) -> Found:
    """Tell how an attachment is read, from its content, then its declared type, then its name. Never raises."""
    content = item.content
    if not content.strip(b" \t\r\n\0"):
        return Found(kind=Kind.EMPTY)
    start = content[:_SAMPLE].lstrip(b" \t\r\n")
    found = _by_signature(content, start)
    if found is not None:
        return found
    if wide_codec(content) or _is_text(content[:_SAMPLE]):
        return _text_kind(start, item)
    return _binary(content, item)


def _by_signature(content: bytes, start: bytes) -> Found | None:
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        return Found(kind=Kind.PDF)
    if content.startswith(_COMPOUND):
        return _compound(content)
    if content[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return Found(kind=Kind.TAR)
    found = next((found for signature, found in _SIGNATURES if start.startswith(signature)), None)
    if found is not None or content[:1] != b"\x30":
        return found
    return next((found for identifier, found in _CMS if identifier in content[:_CMS_WITHIN]), None)


def _compound(content: bytes) -> Found:
    for name, found in _COMPOUND_STREAMS:
        if name.encode("utf-16-le") + b"\0\0" in content:
            return found
    return Found(kind=Kind.UNSUPPORTED, detail="OLE compound file of an unknown kind.")


def _is_text(sample: bytes) -> bool:
    if b"\0" in sample:
        return False
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls <= len(sample) * _MAX_CONTROLS


def _is_stained(sample: bytes) -> bool:
    """Return whether it is text with a few NUL bytes in it."""
    return sample.count(0) <= len(sample) * _MAX_NULS and _is_text(sample.replace(b"\0", b""))


def _text_kind(start: bytes, item: Item) -> Found:
    if start.startswith(b"%!PS"):
        return Found(kind=Kind.UNSUPPORTED, detail="PostScript.")
    start = start.removeprefix(b"\xef\xbb\xbf")
    upper = start[:32].upper()
    if upper.startswith(b"BEGIN:VCALENDAR"):
        return Found(kind=Kind.CALENDAR)
    if upper.startswith(b"BEGIN:VCARD"):
        return Found(kind=Kind.CARD)
    if _HTML_START.match(start):
        return Found(kind=Kind.HTML)
    if start.startswith(b"<?xml"):
        return Found(kind=Kind.HTML if b"<html" in start[:2048] else Kind.XML)
    if looks_like_mail(start):
        return Found(kind=Kind.MAIL)
    return _claimed(item, start)


def _claimed(item: Item, start: bytes) -> Found:
    """Believe the sender on which text it is; on anything else, text stays text."""
    declared = item.content_type.partition(";")[0].strip().lower()
    if declared == "application/pgp-encrypted":
        return Found(kind=Kind.ENCRYPTED, detail="PGP message.")
    kind = _TEXT_TYPES.get(declared) or _TEXT_SUFFIXES.get(_suffix(item.filename))
    if kind is Kind.RTF or (kind in {Kind.CALENDAR, Kind.CARD} and b":" not in start):
        return Found(kind=Kind.TEXT)
    return Found(kind=kind or Kind.TEXT)


def _suffix(filename: str) -> str:
    return PurePosixPath(filename.replace("\0", "")[-255:]).suffix.lower()


def _binary(content: bytes, item: Item) -> Found:
    real = real_type(content)
    declared = item.content_type.partition(";")[0].strip().lower()
    if real in {"application/pgp-encrypted", "application/encrypted"} or _suffix(item.filename) in {".gpg", ".pgp"}:
        return Found(kind=Kind.ENCRYPTED, detail="Encrypted file.")
    if "pkcs7-mime" in declared and "signed" not in item.content_type:
        return Found(kind=Kind.ENCRYPTED, detail="S/MIME encrypted message.")
    if real == "application/x-tar":
        return Found(kind=Kind.TAR)
    if real.startswith("text/") or (declared.startswith("text/") and _is_stained(content[:_SAMPLE])):
        return _text_kind(content[:_SAMPLE].lstrip(), item)
    if real.startswith(_BINARY_FAMILIES):
        return Found(kind=Kind.UNSUPPORTED, detail=f"No text is read from {real}.")
    named = "" if real == UNKNOWN else f" ({real})"
    return Found(kind=Kind.UNSUPPORTED, detail=f"Binary file of a type that is not read{named}.")
