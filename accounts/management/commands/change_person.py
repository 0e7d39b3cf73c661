"""`manage.py change_person EMAIL`: role, grants, password, closing and opening of an account."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.actors import operator
from accounts.management.base import DONE, WRONG_USAGE
from accounts.management.people import PeopleCommand, add_until, end_of_day, grant_line, person_of, shown
from accounts.models import Role, User
from accounts.permissions import standing
from accounts.services import grants, people
from accounts.services.grants import Opening
from muniment.errors import Refused

_CHANGES = ("role", "grant", "end_grant", "deactivate", "activate", "new_password", "password_stdin")


class Command(PeopleCommand):
    stealth_options = ("stdin",)  # as Django's createsuperuser takes it
    help = "Change a person. A new role, and the closing of an account, end the grants that held before."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", choices=[role.value for role in Role])
        parser.add_argument("--grant", action="append", default=[], metavar="WHAT", help="as add_person takes it")
        parser.add_argument("--end-grant", action="append", default=[], metavar="WHAT", help="end a grant now")
        add_until(parser)
        state = parser.add_mutually_exclusive_group()
        state.add_argument("--deactivate", action="store_true", help="close the account: sessions and grants end now")
        state.add_argument("--activate", action="store_true", help="open a closed account; grants are given anew")
        secret = parser.add_mutually_exclusive_group()
        secret.add_argument("--new-password", action="store_true", help="print a random password, once")
        secret.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def run(self, options: dict[str, Any]) -> int:
        if not any(options[name] for name in _CHANGES):
            raise CommandError("Say what to change: --help lists it.", returncode=WRONG_USAGE)
        password = people.random_password() if options["new_password"] else None
        if options["password_stdin"]:
            password = options.get("stdin", sys.stdin).readline().rstrip("\r\n")
        with transaction.atomic():
            person = _change(person_of(options["email"]), options, password)
        rows = list(standing(person, now=timezone.now()).order_by("id"))
        told = password if options["new_password"] else None
        if options["json"]:
            self.write_json(shown(person, rows) | ({"password": told} if told else {}))
            return DONE
        self.stdout.write(f"{person.email}: {person.role}, {'open' if person.is_active else 'closed'}")
        for row in rows:
            self.stdout.write(f"  sees {grant_line(row)}")
        if told:
            self.stdout.write(f"Password, shown only now: {told}")
        return DONE


def _change(person: User, options: dict[str, Any], password: str | None) -> User:
    actor, reason, until = operator(), options["reason"], end_of_day(options["until"])
    if options["role"]:
        person = people.change_role(actor=actor, person=person, role=Role(options["role"]), reason=reason)
    if options["activate"] or options["deactivate"]:
        person = people.set_active(actor=actor, person=person, active=options["activate"], reason=reason)
    for text in options["end_grant"]:
        _end(person, Opening.read(text), reason)
    for text in options["grant"]:
        grants.give(actor=actor, person=person, opening=Opening.read(text), reason=reason, valid_until=until)
    if password is not None:
        person = people.set_password(actor=actor, person=person, password=password)
    return person


def _end(person: User, opening: Opening, reason: str) -> None:
    found = standing(person, now=timezone.now()).filter(kind=opening.kind, value=opening.value).first()
    if found is None:
        raise Refused(f"{person.email} has no grant {opening}.")
    grants.end(actor=operator(), grant=found, reason=reason)
