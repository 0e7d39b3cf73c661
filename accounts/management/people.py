"""What the commands about people share: the tables, people and moments by their written form."""

from datetime import date, datetime, time
from typing import Any

from django.core.management.base import CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.management.base import PlainCommand
from accounts.models import Grant, User
from muniment.errors import Refused


class PeopleCommand(PlainCommand):
    """A command about people."""

    def prepare(self) -> None:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise Refused("The tables of this archive are missing or older than the program: run `make up` first.")


def add_until(parser: CommandParser) -> None:
    """Add the options that say how long grants hold, and why."""
    parser.add_argument("--until", metavar="DAY", help="last day on which the grants given here hold, as 2026-12-31")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit trail")


def end_of_day(text: str | None) -> datetime | None:
    """Return the first moment after a day written as year-month-day; raise `Refused`."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{text!r} is no day: write year-month-day, such as 2026-12-31.") from error
    return timezone.make_aware(datetime.combine(day, time.max))


def person_of(address: str) -> User:
    """Return the person of that address; raise `Refused`."""
    person = User.objects.filter(email__iexact=address.strip()).first()
    if person is None:
        raise Refused(f"There is no account {address}: list_people lists them, add_person adds one.")
    return person


def grant_line(grant: Grant) -> str:
    """Write a grant as the commands take it."""
    opening = f"{grant.kind}:{grant.value}" if grant.value else grant.kind
    return f"{opening} until {grant.valid_until:%Y-%m-%d %H:%M} UTC" if grant.valid_until else opening


def shown(person: User, grants: list[Grant]) -> dict[str, Any]:
    """Return a person as JSON shows them."""
    return {
        "id": person.pk,
        "email": person.email,
        "role": person.role,
        "active": person.is_active,
        "last_sign_in": person.last_login.isoformat() if person.last_login else None,
        "grants": [
            {
                "id": grant.pk,
                "kind": grant.kind,
                "value": grant.value,
                "from": grant.valid_from.isoformat(),
                "until": grant.valid_until.isoformat() if grant.valid_until else None,
                "reason": grant.reason,
            }
            for grant in grants
        ],
    }
