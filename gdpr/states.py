"""The states of a request and the moves between them: a closed table (what is not in it is refused).

received ─▶ qualified ─▶ scoping ─▶ searching ─▶ review ─▶ legal check ─▶ approval ─▶ executing ─▶ replying ─▶ closed

To the side: two waits that pause the clock (identity, clarification), an execution that failed and is tried again, a
refusal, a withdrawal, and a closed request that is opened again.
"""

from enum import StrEnum
from typing import Final

from muniment.errors import Refused


class State(StrEnum):
    """Where a request is."""

    RECEIVED = "received"
    IDENTITY_AWAITED = "identity-awaited"
    QUALIFIED = "qualified"
    CLARIFICATION_AWAITED = "clarification-awaited"
    SCOPING = "scoping"
    SEARCHING = "searching"
    REVIEW = "review"
    LEGAL_CHECK = "legal-check"
    APPROVAL = "approval"
    EXECUTING = "executing"
    EXECUTION_FAILED = "execution-failed"
    REPLYING = "replying"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REOPENED = "reopened"


class NotAllowed(Refused):
    """The request cannot be moved so, or not yet; the message says why."""


MOVES: Final[dict[State, frozenset[State]]] = {
    State.RECEIVED: frozenset({State.IDENTITY_AWAITED, State.QUALIFIED, State.WITHDRAWN}),
    State.IDENTITY_AWAITED: frozenset({State.QUALIFIED, State.REFUSED, State.WITHDRAWN}),
    State.QUALIFIED: frozenset({State.CLARIFICATION_AWAITED, State.SCOPING, State.REFUSED, State.WITHDRAWN}),
    State.CLARIFICATION_AWAITED: frozenset({State.SCOPING, State.WITHDRAWN}),
    State.SCOPING: frozenset({State.SEARCHING, State.REFUSED, State.WITHDRAWN}),
    State.SEARCHING: frozenset({State.REVIEW, State.SCOPING, State.WITHDRAWN}),
    State.REVIEW: frozenset({State.LEGAL_CHECK, State.SCOPING, State.WITHDRAWN}),
    State.LEGAL_CHECK: frozenset({State.APPROVAL, State.REVIEW, State.REFUSED, State.WITHDRAWN}),
    State.APPROVAL: frozenset({State.EXECUTING, State.REVIEW, State.WITHDRAWN}),
    State.EXECUTING: frozenset({State.EXECUTION_FAILED, State.REPLYING}),
    State.EXECUTION_FAILED: frozenset({State.EXECUTING, State.REVIEW}),  # back only while nothing is destroyed
    State.REPLYING: frozenset({State.CLOSED}),
    State.REFUSED: frozenset({State.CLOSED}),
    State.WITHDRAWN: frozenset({State.CLOSED}),
    State.CLOSED: frozenset({State.REOPENED}),
    State.REOPENED: frozenset({State.SCOPING, State.LEGAL_CHECK}),
}
WAITS: Final = frozenset({State.IDENTITY_AWAITED, State.CLARIFICATION_AWAITED})  # only in these a clock pauses


def check_move(at: State, to: State) -> None:
    """Raise `NotAllowed` for a move that the table does not have."""
    if to not in MOVES[at]:
        following = ", ".join(sorted(MOVES[at]))
        raise NotAllowed(f"A request that is “{at}” cannot become “{to}”. What may follow: {following}.")
