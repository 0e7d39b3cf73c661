"""The triggers of holds, covers, tombstones and rule versions (migrations 0007 and after), which `verify` looks for."""

from typing import Final

from accounts.guards import Guards

_TABLES: Final = frozenset({"archive_hold", "archive_heldsighting", "archive_destroyedsighting", "archive_ruleversion"})
_EVERYWHERE: Final = frozenset(
    {
        "held_mail_stays",
        "destroyed_mail_is_not_held",
        "covers_stay",
        "covers_stay_unchanged",
        "holds_stay",
        "terms_of_holds_stay",
        "tombstones_stay",
        "tombstones_stay_unchanged",
        "rule_versions_stay",
        "rule_versions_stay_unchanged",
    }
)
_SQLITE: Final = frozenset(
    {
        "covers_stay_in_place",
        "covers_stay_with_their_hold",
        "holds_stay_in_place",
        "holds_are_released_once",
        "rule_versions_stay_in_place",
    }
)
_POSTGRESQL: Final = frozenset(
    {"covers_stay_whole", "holds_stay_whole", "tombstones_stay_whole", "rule_versions_stay_whole"}
)
PROTECTS: Final = "holds, tombstones and rules"
GUARDS: Final = Guards(
    tables=_TABLES, triggers={"sqlite": _EVERYWHERE | _SQLITE, "postgresql": _EVERYWHERE | _POSTGRESQL}
)
