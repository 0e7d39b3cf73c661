"""Read every mail message of a path, whatever it is: the door of this package.

The messages come one at a time, so memory holds one message and one buffer. Nothing is written but unlinked temporary
files, no name found in an archive is used as a path, and what is not read comes back as a refusal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from muniment.mail.mailboxes.folders import Company, FoundFile, is_maildir, member_place, unreadable, walk
from muniment.mail.mailboxes.mbox import Window, first_from_line, read_mbox, spans, too_large
from muniment.mail.mailboxes.model import MBOX_FORMATS, Found, Limits, MailFormat, Place, Refusal, place
from muniment.mail.mailboxes.sniff import HEAD_BYTES, PACKED, Kind, is_numbered, kind_of, why_not_read
from muniment.mail.mailboxes.streams import (
    DAMAGED,
    Bounded,
    Budget,
    Readable,
    TooMuch,
    inner_name,
    read_up_to,
    spool,
    unpacked,
)
from muniment.mail.mailboxes.tar import TarDamaged, tar_members
from muniment.mail.mailboxes.zip import ZIP_DAMAGED, ZipMember, zip_members

_NOT_MAIL = (
    "It is not a mail message: it does not begin with header fields. "
    "If it is one all the same, import it with --format eml."
)
_EMPTY = "It is empty."
_DEFAULT_LIMITS = Limits()
_ZIP_OR_TAR = frozenset({MailFormat.ZIP, MailFormat.TAR})


def read_mail(
    path: Path,
    *,
    label: bytes | None = None,
    mail_format: MailFormat = MailFormat.AUTO,
    limits: Limits = _DEFAULT_LIMITS,
    spool_folder: Path | None = None,
) -> Iterator[Found]:
    """Yield an Item for each message of a file or folder and a Refusal for everything else in it.

    `label` begins every item's name; a file's own name where it is None. Never raises for what is in the
    files; an OSError (an unreadable file, no space for a temporary one) is a refusal of the file being read.
    """
    reader = _Reader(mail_format=mail_format, limits=limits, spool_folder=spool_folder, company=Company())
    top = place(label if label is not None else (b"" if path.is_dir() else _bytes(path.name)))
    yield from reader.path(path, top)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    mail_format: MailFormat
    limits: Limits
    spool_folder: Path | None
    company: Company

    def path(self, path: Path, top: Place) -> Iterator[Found]:
        if not path.is_dir():
            yield from self._top_file(FoundFile(path=_bytes(path), place=top))
            return
        refused = self._wrong_for_folder(path)
        if refused:
            yield top.refusal(refused)
            return
        for found in walk(_bytes(path), top, mail_format=self.mail_format):
            if isinstance(found, Refusal):
                yield found
            else:
                yield from self._top_file(found)

    def _wrong_for_folder(self, path: Path) -> str:
        if self.mail_format is MailFormat.MAILDIR and not is_maildir(_bytes(path)):
            return "It is not a Maildir: it has no cur and new folders."
        if self.mail_format in _ZIP_OR_TAR:
            return f"It is a folder, not a {self.mail_format} file."
        return ""

    def _top_file(self, found: FoundFile) -> Iterator[Found]:
        try:
            with open(found.path, "rb") as file:  # noqa: PTH123 - a bytes path
                size = file.seek(0, 2)
                file.seek(0)
                budget = Budget(packed_bytes=size, limits=self.limits)
                expected = found.expected or self._in_company(found, file)
                yield from self._opened(found.place, file, size, budget=budget, expected=expected, depth=0)
        except TooMuch as error:
            yield found.place.refusal(f"{error} What came before is imported, nothing after it.")
        except OSError as error:
            yield found.place.refusal(unreadable(error))

    def _in_company(self, found: FoundFile, file: BinaryIO) -> bool:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        kind = kind_of(head, name=found.place.base, expected=False)
        return kind is Kind.OTHER and self.mail_format is MailFormat.AUTO and self.company.is_mail(found.path, head)

    def _opened(
        self, here: Place, file: BinaryIO, size: int, *, budget: Budget, expected: bool, depth: int
    ) -> Iterator[Found]:
        """Read one open file: a message, an mbox or an archive."""
        head = file.read(HEAD_BYTES)
        file.seek(0)
        kind = self._kind(head, here, expected=expected)
        refused = self._refused(kind, head, depth)
        if refused:
            yield here.refusal(refused)
        elif kind is Kind.MESSAGE:
            yield self._message(here, file, size)
        elif kind in {Kind.MBOX, Kind.MBOX_OR_MESSAGE}:
            yield from self._mbox(here, file, size, kind)
        else:
            yield from self._packed(here, file, size, kind, budget=budget, expected=expected, depth=depth)

    def _kind(self, head: bytes, here: Place, *, expected: bool) -> Kind:
        kind = kind_of(head, name=here.base, expected=expected)
        if kind is Kind.EMPTY or (kind in PACKED and self.mail_format is not MailFormat.EML):
            return kind
        if self.mail_format is MailFormat.EML:
            return Kind.MESSAGE
        if self.mail_format in MBOX_FORMATS:
            return Kind.MBOX
        if self.mail_format is MailFormat.MH and not is_numbered(here.base):
            return Kind.OTHER
        return kind

    def _refused(self, kind: Kind, head: bytes, depth: int) -> str:
        if kind is Kind.EMPTY:
            return _EMPTY
        if kind is Kind.NOT_READ:
            return why_not_read(head)
        if kind is Kind.OTHER:
            return _NOT_MAIL
        if kind in PACKED and depth >= self.limits.nesting:
            return f"It is an archive inside {depth} others; at most {self.limits.nesting} are opened."
        if depth == 0 and self.mail_format in _ZIP_OR_TAR and kind not in PACKED:
            return f"It is not a {self.mail_format} file."
        return ""

    def _message(self, here: Place, file: Readable, size: int) -> Found:
        if size > self.limits.message_bytes:
            return here.refusal(too_large(size, self.limits))
        return here.item(read_up_to(file, size))

    def _mbox(self, here: Place, file: BinaryIO, size: int, kind: Kind) -> Iterator[Found]:
        dialect = self.mail_format if self.mail_format in MBOX_FORMATS else MailFormat.AUTO
        if kind is Kind.MBOX_OR_MESSAGE:
            # A single message saved with its From_ line: what follows that line is the message, to the last byte.
            window = Window(file, size=size)
            if len(list(islice(spans(window, dialect=dialect), 2))) == 1:
                start = window.find(b"\n", first_from_line(window)) + 1
                file.seek(start)
                yield self._message(here, file, size - start) if 0 < start < size else here.refusal(_EMPTY)
                return
        yield from read_mbox(here, file, size=size, dialect=dialect, limits=self.limits)

    def _packed(
        self, here: Place, file: BinaryIO, size: int, kind: Kind, *, budget: Budget, expected: bool, depth: int
    ) -> Iterator[Found]:
        try:
            if kind is Kind.ZIP:
                yield from self._zip(here, file, size, budget=budget, depth=depth + 1)
            elif kind is Kind.TAR:
                yield from self._tar(here, cast("Readable", file), budget=budget, depth=depth + 1)
            else:
                stream = Bounded(unpacked(file, kind), budget)
                yield from self._compressed(here, stream, kind, budget=budget, expected=expected, depth=depth + 1)
        except ZIP_DAMAGED as error:
            yield here.refusal(f"The ZIP file cannot be read: {_sentence(error)}")
        except TarDamaged as error:
            yield here.refusal(f"The tar file cannot be read further: {_sentence(error)}")
        except DAMAGED as error:
            yield here.refusal(f"It is cut short or damaged; nothing after that place can be read: {_sentence(error)}")

    def _compressed(
        self, here: Place, stream: Readable, kind: Kind, *, budget: Budget, expected: bool, depth: int
    ) -> Iterator[Found]:
        """Read a compressed tar as a stream, any other compressed file as one member."""
        head = read_up_to(stream, HEAD_BYTES)
        if kind_of(head, name=b"", expected=False) is Kind.TAR:
            yield from self._tar(here, _Rejoined(head, stream), budget=budget, depth=depth)
            return
        inner = inner_name(here.base, kind)
        yield from self._member(here.child(inner), head, stream, budget=budget, expected=expected, depth=depth)

    def _tar(self, here: Place, stream: Readable, *, budget: Budget, depth: int) -> Iterator[Found]:
        for member in tar_members(stream, budget):
            there = member_place(here, member.name)
            if member.refused:
                yield there.refusal(member.refused)
                continue
            head = read_up_to(member.stream, HEAD_BYTES)
            yield from self._member(
                there, head, member.stream, budget=budget, expected=False, depth=depth, size=member.size
            )

    def _zip(self, here: Place, file: BinaryIO, size: int, *, budget: Budget, depth: int) -> Iterator[Found]:
        for member in zip_members(file, budget, size=size, limits=self.limits):
            there = member_place(here, member.name)
            if member.encrypted:
                yield there.refusal("It is encrypted; unpack the ZIP file with its password and import the folder.")
            else:
                yield from self._zip_member(there, member, budget=budget, depth=depth)

    def _zip_member(self, there: Place, member: ZipMember, *, budget: Budget, depth: int) -> Iterator[Found]:
        """Read one member; damage in it ends this member only, as each stands alone in a ZIP file."""
        try:
            stream = Bounded(member.open(), budget)
            head = read_up_to(stream, HEAD_BYTES)
            yield from self._member(there, head, stream, budget=budget, expected=False, depth=depth, size=member.size)
        except (*ZIP_DAMAGED, *DAMAGED) as error:
            yield there.refusal(f"It is damaged, or packed in a way that is not read: {_sentence(error)}")

    def _member(
        self,
        there: Place,
        head: bytes,
        stream: Readable,
        *,
        budget: Budget,
        expected: bool,
        depth: int,
        size: int | None = None,
    ) -> Iterator[Found]:
        """Read one member of an archive. It is copied only if it is something to read."""
        kind = self._kind(head, there, expected=expected)
        refused = self._refused(kind, head, depth)
        if not refused and kind is Kind.MESSAGE and size is not None and size > self.limits.message_bytes:
            refused = too_large(size, self.limits)
        if refused:
            yield there.refusal(refused)
            return
        file, spooled = spool(head, stream, limits=self.limits, folder=self.spool_folder)
        with file:
            yield from self._opened(
                there, cast("BinaryIO", file), spooled, budget=budget, expected=expected, depth=depth
            )


class _Rejoined:
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        if self._head:
            data, self._head = self._head[:size], self._head[size:]
            return data
        return self._rest.read(size)


def _bytes(path: Path | str) -> bytes:
    return str(path).encode("utf-8", "surrogateescape")


def _sentence(error: BaseException) -> str:
    """Return the first line of what a library said, as the end of a sentence; it names no content."""
    text = str(error).split("\n", 1)[0][:200] or type(error).__name__
    return text if text.endswith(".") else text + "."
