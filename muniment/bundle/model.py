"""What a bundle says, as values. The names of the fields are the keys of its JSON (`docs/bundle.md`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from muniment.bundle import layout
from muniment.seal.sighting import Sighting


class Copies(StrEnum):
    """Which bytes of a message that was seen several times are put into the bundle."""

    FIRST = "first"  # those of its first sighting that opens
    ALL = "all"  # every sighting's, each different copy once


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The query as typed, and what it was taken to mean."""

    typed: str
    explained_en: str
    explained_fr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRecord:
    """Whose mail was searched."""

    everything: bool
    blind: bool
    addresses: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was found, how much of it was taken, in which order, and a hash of it."""

    found: int
    limit: int | None
    taken: int
    order: str
    sha256: str  # of the ids of the messages taken, in order, each with a line end


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """The evidence log at the checkpoint that the bundle's proofs lead to."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Everything about an export but its messages: fixed when it is asked for."""

    generated_at: datetime  # aware
    tool: str
    asked_by: str
    purpose: str
    matter: str
    query: Query
    scope: ScopeRecord
    selection: Selection
    copies: Copies
    coverage: Mapping[str, int | bool]  # of the search, at that time
    holds_known: bool  # False: the archive that wrote this keeps no record of holds
    log: LogState | None = None
    checkpoint: bytes = b""  # the signed note; b"" when the bundle has no log proofs
    log_key: str = ""


@dataclass(slots=True, kw_only=True)
class Counts:
    """How much is in the bundle."""

    messages: int = 0
    files: int = 0
    sightings: int = 0
    bytes: int = 0
    exceptions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """That the segment's entry is in the evidence log: hex, nearest hash first."""

    index: int
    entry: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That bytes were sealed in a segment: hex, nearest hash first."""

    salt: str
    commitment: str
    segment: str
    place: int
    frames: int
    path: tuple[str, ...]
    root: str
    log: LogProof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A sighting that was opened, as its reader may see it, and its proof."""

    sighting: Sighting
    proof: Proof
    recipients_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A sighting, or (without id) a whole message, that is not in the bundle, and why."""

    sighting_id: UUID | None = None
    code: layout.ExceptionCode = layout.ExceptionCode.GONE
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the archive knows of a message beside its bytes."""

    number: int  # in the bundle, from 1
    message_id: UUID
    subject: str = ""
    sender: str = ""
    date: datetime | None = None
    custodians: tuple[str, ...] = ()
    holds: tuple[str, ...] | None = None  # None: not known
    sightings: int = 1  # how many there are in all
