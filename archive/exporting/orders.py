"""What somebody asks an export of, and the request that is fixed from it when the job is made."""

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

from archive.models import Message
from archive.queries.coverage import Coverage
from muniment.bundle import records
from muniment.bundle.model import Copies, LogProof, LogState, Query, Request, ScopeRecord, Selection
from muniment.engines.port import Scope, Sort
from muniment.ids import SegmentId
from muniment.query.explain import explain
from muniment.query.tree import Node
from muniment.seal.sighting import Sighting

TOOL: Final = "muniment 0.1.0"
ORDER: Final = Sort.DATE_ASC  # read like a file of letters; ties by message id


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for. The same order to the same file is the same job.

    With `chosen`, these messages are taken, as far as they are in the scope; then `query` finds nothing more.
    """

    typed: str
    query: Node
    scope: Scope
    asked_by: str
    destination: Path
    purpose: str = ""
    matter: str = ""
    limit: int | None = None
    copies: Copies = Copies.FIRST
    chosen: tuple[UUID, ...] = ()
    matter_id: UUID | None = None  # for the audit trail

    @property
    def key(self) -> str:
        """The name of the job's folder."""
        asked = {
            "typed": self.typed,
            "scope": asdict(scope_record(self.scope)),
            "asked_by": self.asked_by,
            "destination": str(self.destination),
            "purpose": self.purpose,
            "matter": self.matter,
            "limit": self.limit,
            "copies": self.copies.value,
        }
        if self.chosen:
            asked["chosen"] = [str(one) for one in self.chosen]
        return sha256(records.canonical(asked)).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A sighting as the reader of an export may see it."""

    sighting: Sighting
    recipients_hidden: bool = False


class Sight(Protocol):
    """Who may see what of a sighting."""

    def __call__(self, message: Message, sighting: Sighting, /) -> Shown | None:
        """Return what is shown of it, or None where its bytes name somebody whom the reader may not see."""
        ...


class Holds(Protocol):
    """Knows which holds cover a message."""

    def __call__(self, message: Message, /) -> tuple[str, ...]:
        """Return their names."""
        ...


class LogProofs(Protocol):
    """Proves segments in the evidence log at one checkpoint (`muniment.bundle.log_proofs.LogProver`)."""

    @property
    def checkpoint(self) -> bytes:
        """The signed note."""
        ...

    @property
    def state(self) -> LogState:
        """What it says."""
        ...

    def prove(self, segment_id: SegmentId) -> LogProof | None:
        """Return the proof of a segment, or None where it is not in the log."""
        ...


class LogAt(Protocol):
    """Opens the evidence log."""

    def __call__(self, checkpoint: bytes, /) -> LogProofs | None:
        """Return it at a signed checkpoint, or at the newest one for b""; None where nothing was logged yet."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What an export asks of others; None where the archive has no such thing.

    Without `sight` everything is shown: only to a scope that sees blind recipients.
    """

    sight: Sight | None = None
    holds: Holds | None = None
    log: LogAt | None = None
    log_key: str = ""


def scope_record(scope: Scope) -> ScopeRecord:
    """Return a scope as a bundle says it."""
    return ScopeRecord(
        everything=scope.everything,
        blind=scope.blind,
        addresses=tuple(sorted(scope.addresses)),
        domains=tuple(sorted(scope.domains)),
    )


def request_of(order: Order, selection: Selection, covered: Coverage, ports: Ports, now: datetime) -> Request:
    """Return what the bundle will say of the export, its proofs at the log's newest checkpoint."""
    log = ports.log(b"") if ports.log else None
    return Request(
        generated_at=now,
        tool=TOOL,
        asked_by=order.asked_by,
        purpose=order.purpose,
        matter=order.matter,
        query=_query_of(order),
        scope=scope_record(order.scope),
        selection=selection,
        copies=order.copies,
        coverage=asdict(covered) | {"complete": covered.complete},
        holds_known=ports.holds is not None,
        log=log.state if log else None,
        checkpoint=log.checkpoint if log else b"",
        log_key=ports.log_key if log else "",
    )


def _query_of(order: Order) -> Query:
    if order.chosen:
        count = len(order.chosen)
        return Query(
            typed=order.typed,
            explained_en=f"messages that were chosen one by one: {count}",
            explained_fr=f"messages choisis un par un\N{NO-BREAK SPACE}: {count}",
        )
    return Query(
        typed=order.typed,
        explained_en=explain(order.query, language="en"),
        explained_fr=explain(order.query, language="fr"),
    )


def request_from(saved: dict[str, Any], *, checkpoint: bytes, log_key: str) -> Request:
    """Return a request as it was saved, from its manifest."""
    scope, selection = saved["scope"], saved["selection"]
    return Request(
        generated_at=datetime.fromisoformat(saved["generated_at"]),
        tool=saved["tool"],
        asked_by=saved["asked_by"],
        purpose=saved["purpose"],
        matter=saved["matter"],
        query=Query(**saved["query"]),
        scope=ScopeRecord(**scope | {name: tuple(scope[name]) for name in ("addresses", "domains")}),
        selection=Selection(**selection),
        copies=Copies(saved["copies"]),
        coverage=saved["coverage"],
        holds_known=saved["holds_known"],
        log=None if saved["log"] is None else LogState(**saved["log"]),
        checkpoint=checkpoint,
        log_key=log_key,
    )
