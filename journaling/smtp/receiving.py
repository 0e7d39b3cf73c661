"""Data that are coming in: one DATA, or one chunk of BDAT, with the room it takes."""

from journaling.smtp import replies
from journaling.smtp.content import ChunkContent, DotContent
from journaling.smtp.transaction import Transaction


class Receiving:
    """Feeds a content while there is room; from then on the data are read away and `refusal` is the answer."""

    __slots__ = ("_most_bytes", "_transaction", "content", "refusal")

    def __init__(
        self,
        content: DotContent | ChunkContent,
        transaction: Transaction | None,
        *,
        message_bytes: int,
        refusal: bytes = b"",
    ) -> None:
        self._transaction = transaction
        # On the wire a message can be 4/3 of its size: a line of one dot, 3 bytes, is sent as 4.
        self._most_bytes = message_bytes * 4 // 3
        self.content = content
        self.refusal = refusal
        if refusal:
            content.discard()

    def feed(self, data: bytes, start: int) -> int:
        """Take from `data[start:]` what belongs to the content and return where the rest begins."""
        content = self.content
        position = content.feed(data, start)
        if not self.refusal and self._transaction is not None:
            if content.size_bytes > self._most_bytes:
                self._refuse(self._transaction, replies.TOO_LARGE)
            elif not self._transaction.hold(content.size_bytes):
                self._refuse(self._transaction, replies.NO_ROOM)
        return position

    def _refuse(self, transaction: Transaction, refusal: bytes) -> None:
        self.refusal = refusal
        self.content.discard()
        transaction.drop()
