"""One mail transaction: the envelope while it grows, and what is taken from the intake for it.

Invariants: each `begin` is followed by exactly one of `accept` and `abandon`; all bytes reserved are given back.
"""

from typing import TYPE_CHECKING

from archive.intake.port import Captured, Intake
from journaling.smtp.commands import Declared, Path
from muniment.seal.sighting import Envelope, Recipient

if TYPE_CHECKING:
    from journaling.smtp.content import ChunkContent

_RECIPIENT_OVERHEAD = 200  # bytes of a Recipient beside its address (sys.getsizeof of its parts)


class Transaction:
    """From MAIL to the answer about the message."""

    __slots__ = (
        "_content_bytes",
        "_intake",
        "_reserved",
        "begun",
        "chunks",
        "declared",
        "recipients",
        "refusal",
        "sender",
    )

    def __init__(self, intake: Intake, sender: Path, declared: Declared) -> None:
        self._intake = intake
        self.begun = False  # data came, or were asked for
        self.chunks: ChunkContent | None = None  # what BDAT brought so far
        self._reserved = 0
        self._content_bytes = 0  # the part of it that is for the content
        self.sender = sender
        self.declared = declared
        self.recipients: list[Recipient] = []
        self.refusal = b""  # the answer of a BDAT that was refused: it holds for the rest of the message

    def add(self, path: Path) -> bool:
        """Add a recipient; False when there is no room."""
        if not self._reserve(_RECIPIENT_OVERHEAD + len(path.address)):
            return False
        self.recipients.append(Recipient(address=path.address, parameters=path.parameters))
        return True

    def begin(self) -> None:
        """Data are coming."""
        if not self.begun:
            self.begun = True
            self._intake.begin()

    def hold(self, content_bytes: int) -> bool:
        """Have room for so many bytes of content in all; False when the budget is spent."""
        missing = content_bytes - self._content_bytes
        if missing <= 0:
            return True
        if not self._reserve(missing):
            return False
        self._content_bytes = content_bytes
        return True

    def _reserve(self, size_bytes: int) -> bool:
        if not self._intake.reserve(size_bytes):
            return False
        self._reserved += size_bytes
        return True

    def drop(self) -> None:
        """Give everything back: the message will not be accepted."""
        if self.begun:
            self.begun = False
            self._intake.abandon()
        self._release()

    async def accept(self, raw: bytes, envelope: Envelope, source: str) -> None:
        """Return once the message is durable."""
        self.begun = False
        try:
            await self._intake.accept(Captured(raw=raw, envelope=envelope, source=source))
        finally:
            self._release()

    def _release(self) -> None:
        if self._reserved:
            self._intake.release(self._reserved)
            self._reserved = self._content_bytes = 0
