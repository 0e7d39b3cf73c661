"""What the readers of mailbox files yield: items and refusals, and how an item is told from every other.

`docs/mailbox-formats.md` says for users what this package does.
"""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

MIB = 1024 * 1024
# Microsoft 365 lets an administrator raise the limit to 150 MB; nothing larger travels by mail.
MESSAGE_BYTES = 150 * MIB
_SHOWN_CHARACTERS = 4096  # PATH_MAX of Linux


class MailFormat(StrEnum):
    """How a path is to be read. AUTO looks at names and at the first bytes of each file."""

    AUTO = "auto"
    EML = "eml"
    MBOX = "mbox"
    MBOXRD = "mboxrd"
    MBOXO = "mboxo"
    MBOXCL = "mboxcl"
    MBOXCL2 = "mboxcl2"
    MAILDIR = "maildir"
    MH = "mh"
    ZIP = "zip"
    TAR = "tar"


MBOX_FORMATS = frozenset(
    {MailFormat.MBOX, MailFormat.MBOXRD, MailFormat.MBOXO, MailFormat.MBOXCL, MailFormat.MBOXCL2},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What bounds a reader. A file that passes one is refused with the figure; the rest goes on."""

    message_bytes: int = MESSAGE_BYTES
    nesting: int = 4  # archives inside archives; mail in real exports lies one or two deep
    # Mail text packs 3 to 20 times, a run of one byte 1,000 times with deflate (its format's bound is 1,032).
    unpack_ratio: int = 250
    unpack_floor_bytes: int = 64 * MIB  # the ratio is not asked below this
    unpack_bytes: int = 1024 * 1024 * MIB
    zip_directory_bytes: int = 32 * MIB  # some 300,000 entries; Python keeps about 600 bytes for each
    members: int = 5_000_000
    spool_memory_bytes: int = MIB  # an unpacked file above this goes to an unlinked temporary file


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One mail message found in a file. `raw` is its bytes without any mailbox quoting or separator."""

    name: str  # path within what was read: "inbox/12.eml", "all.mbox#345"
    identity: bytes  # path without Maildir flags and mbox ordinals
    occurrence: int  # how many times this same raw stood earlier in the same mbox
    raw: bytes = field(repr=False)
    sha256: bytes = field(repr=False)  # of raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that is not imported, and why, in a sentence for people. It holds no content of the file."""

    name: str
    reason: str


Found = Item | Refusal


def import_key(*, source: str, custodian: str, item: Item) -> str:
    """Return the hex SHA-256 that tells this item of this source and custodian from every other.

    It does not change when Maildir flags do, nor when messages are added to the front of an mbox; two equal messages in
    one mbox have two keys.
    """
    digest = hashlib.sha256()
    for value in (
        source.encode("utf-8", "surrogateescape"),
        custodian.encode("utf-8", "surrogateescape"),
        item.identity,
        item.sha256,
        str(item.occurrence).encode(),
    ):
        digest.update(len(value).to_bytes(8))  # lengths, so that no two different tuples run together
        digest.update(value)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file is within what is read: `path` as found, `identity` as it is known for ever."""

    path: bytes
    identity: bytes

    def child(self, name: bytes, *, identity: bytes | None = None) -> "Place":
        """Return the place of something inside; `identity` differs from `name` where names change, as in Maildir."""
        known = name if identity is None else identity
        return Place(path=_join(self.path, name), identity=_join(self.identity, known))

    @property
    def base(self) -> bytes:
        return self.path.rsplit(b"/", 1)[-1]

    @property
    def shown(self) -> str:
        """The path as text: valid Unicode without control characters, whatever the bytes are."""
        text = self.path.decode("utf-8", "backslashreplace")
        if not text.isprintable():
            text = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
        return text if len(text) <= _SHOWN_CHARACTERS else "…" + text[-_SHOWN_CHARACTERS:]

    def refusal(self, reason: str) -> Refusal:
        return Refusal(name=self.shown, reason=reason)

    def item(self, raw: bytes) -> Item:
        """Return the whole file as one item."""
        digest = hashlib.sha256(raw).digest()
        return Item(name=self.shown, identity=self.identity, occurrence=0, raw=raw, sha256=digest)


def place(label: bytes) -> Place:
    return Place(path=label, identity=label)


def _join(parent: bytes, name: bytes) -> bytes:
    return parent + b"/" + name if parent else name
