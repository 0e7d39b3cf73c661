"""What a judge says of a candidate: which part of it is an identifier, and how sure it is alone."""

from dataclasses import dataclass

from muniment.pii.model import Confidence, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The identifier is `candidate[start:end]`.

    `alone` is its confidence without a context word; `None` means that it is a finding beside a context word only.
    """

    start: int
    end: int
    alone: Confidence | None
    why: tuple[Evidence, ...]


def whole(candidate: bytes, alone: Confidence | None, *why: Evidence) -> Judged:
    """Take the whole candidate for the identifier."""
    return Judged(start=0, end=len(candidate), alone=alone, why=why)
