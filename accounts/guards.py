"""The triggers that keep history append-only in the database, and which of them are gone or switched off.

Each app registers its own when it is ready; `manage.py verify` names what is missing. The owner of a database can drop
a trigger, and a restore can leave them off (`pg_restore --disable-triggers`): nothing else would tell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

_STANDING: Final = {
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """The triggers that must stand, by vendor, and the tables that they stand on."""

    tables: frozenset[str]
    triggers: Mapping[str, frozenset[str]]


_GUARDS: Final[dict[str, Guards]] = {}


def register(protects: str, guards: Guards) -> None:
    """Say which triggers must stand for `protects`, such as "holds and tombstones"."""
    _GUARDS[protects] = guards


def registered() -> Mapping[str, Guards]:
    """Return all guards by what they protect."""
    return _GUARDS


def missing() -> Iterator[tuple[str, str]]:
    """Yield what is no longer guarded, and the name of the trigger that is missing or disabled."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING[connection.vendor])
        standing = {(table, name) for name, table in cursor.fetchall()}
    for protects, guards in sorted(_GUARDS.items()):
        found = {name for table, name in standing if table in guards.tables}
        for name in sorted(guards.triggers[connection.vendor] - found):
            yield protects, name
