"""The triggers that keep the history of requests append-only (migration 0002), which `verify` looks for."""

from typing import Final

from accounts.guards import Guards

_EVERYWHERE: Final = frozenset({"request_events_stay", "request_events_stay_unchanged"})
PROTECTS: Final = "the history of requests"
GUARDS: Final = Guards(
    tables=frozenset({"gdpr_requestevent"}),
    triggers={
        "sqlite": _EVERYWHERE | {"request_events_stay_in_place"},
        "postgresql": _EVERYWHERE | {"request_events_stay_whole"},
    },
)
