"""What a pack says, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muniment.policy.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Everything about a pack but its messages: fixed when it was released."""

    number: str
    name: str
    language: Language
    received_on: str
    sealed_at: datetime
    terms: tuple[str, ...]  # by which the person was looked for
    information: tuple[tuple[str, str], ...]  # (heading, text) of Article 15(1) and (2)
    coverage: Mapping[str, int]  # of the search


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A message that is handed over."""

    id: UUID  # of its first sighting: what the archive calls the message for ever
    raw: bytes
    message_id: str
    date: str
    from_: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]  # only of what the person sent
    subject: str
    concern: str  # in words
    left_out: int  # header fields that name other blind recipients, of messages inside it too


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A message that is not handed over, and why."""

    date: str
    concern: str
    ground: str
    reason: str
