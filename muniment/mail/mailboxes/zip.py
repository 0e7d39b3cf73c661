"""Read the members of a ZIP file, after a look at its directory that bounds the memory it takes."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from muniment.mail.mailboxes.model import Limits
from muniment.mail.mailboxes.streams import Budget, Readable

_END = b"PK\x05\x06"  # APPNOTE.TXT 4.3.16: end of central directory record, at most 64 KiB before the end
_END64 = b"PK\x06\x06"  # 4.3.14
_END_BYTES = 22
_TAIL_BYTES = _END_BYTES + 0xFFFF + 20 + 56
_IN_ZIP64 = 0xFFFFFFFF
_ENCRYPTED = 0x1  # 4.4.4, bit 0
# What zipfile raises for a directory or a member that it cannot read.
ZIP_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipMember:
    """One member that is no folder; `info` opens it."""

    name: bytes
    size: int
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    @property
    def encrypted(self) -> bool:
        return bool(self.info.flag_bits & _ENCRYPTED)

    def open(self) -> Readable:
        """Open the content; this and every read may raise ZIP_DAMAGED or one of streams.DAMAGED."""
        return cast("Readable", self.archive.open(self.info))


def zip_members(file: BinaryIO, budget: Budget, *, size: int, limits: Limits) -> Iterator[ZipMember]:
    """Yield the members in the order of the directory. Raise ZIP_DAMAGED when there is no directory to read."""
    directory = _directory_bytes(file, size)
    if directory > limits.zip_directory_bytes:
        msg = f"its list of files has {directory:,} bytes, more than {limits.zip_directory_bytes:,}"
        raise zipfile.BadZipFile(msg)
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            budget.take_member()
            if not info.is_dir():
                name = info.filename.encode("utf-8", "surrogatepass")
                yield ZipMember(name=name, size=info.file_size, archive=archive, info=info)


def _directory_bytes(file: BinaryIO, size: int) -> int:
    """Return the size that the file states for its directory, before zipfile reads that much into memory."""
    start = max(size - _TAIL_BYTES, 0)
    file.seek(start)
    tail = file.read(_TAIL_BYTES)
    end = tail.rfind(_END)
    if end < 0 or end + _END_BYTES > len(tail):
        msg = "it has no list of files at its end: it is cut short or damaged"
        raise zipfile.BadZipFile(msg)
    stated = int.from_bytes(tail[end + 12 : end + 16], "little")
    end64 = tail.rfind(_END64, 0, end)
    if end64 >= 0:
        stated = max(stated if stated != _IN_ZIP64 else 0, int.from_bytes(tail[end64 + 40 : end64 + 48], "little"))
    return stated
