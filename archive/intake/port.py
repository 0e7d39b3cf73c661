"""What a listener asks of the intake: durable acceptance, by group commit (DESIGN.md section 4)."""

from dataclasses import dataclass
from typing import Protocol

from muniment.errors import Transient
from muniment.seal.sighting import Envelope


class IntakeUnavailable(Transient):
    """The store did not take the batch: answer 451. Nothing of it may be taken as kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """One message as a listener received it. `raw` is kept as it is, byte for byte."""

    raw: bytes
    envelope: Envelope
    source: str
    verdicts: tuple[tuple[str, str], ...] = ()


class Intake(Protocol):
    """Accept messages durably. All methods are called from one event loop and return at once, but for `accept`.

    A transaction is open from `begin` until `accept` returns or raises, or `abandon`. When every open transaction
    waits in `accept` the batch is flushed; so call `begin` at DATA or BDAT, not at connect: an idle session must
    delay nobody.
    """

    @property
    def failing(self) -> bool:
        """Whether the store did not take what it was given last, a moment ago: another node may do better."""
        ...

    def begin(self) -> None:
        """Open a transaction."""
        ...

    def abandon(self) -> None:
        """Close a transaction that will not be accepted: the connection was lost, RSET, or a refusal."""
        ...

    def reserve(self, size_bytes: int) -> bool:
        """Take `size_bytes` from the budget of bytes in flight; False when it is spent: answer 452."""
        ...

    def release(self, size_bytes: int) -> None:
        """Give bytes back to the budget, after `accept` or `abandon`."""
        ...

    async def accept(self, captured: Captured) -> None:
        """Return once the message is durable in the object store; raise `IntakeUnavailable` if it is not."""
        ...
