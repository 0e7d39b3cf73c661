"""`manage.py add_person EMAIL --role ROLE`: an account, and what it may see."""

import sys
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.actors import operator
from accounts.management.base import DONE
from accounts.management.people import PeopleCommand, add_until, end_of_day, grant_line, shown
from accounts.models import Role
from accounts.permissions import standing
from accounts.services import grants, people
from accounts.services.grants import Opening


class Command(PeopleCommand):
    stealth_options = ("stdin",)  # as Django's createsuperuser takes it
    help = (
        "Add a person who may sign in. Without grants, an employee sees the mail of the own address and everybody else"
        " sees none. A random password is printed once, unless --password-stdin gives one."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the person signs in with")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument(
            "--grant",
            action="append",
            default=[],
            metavar="WHAT",
            help="mail to see: everything, domain:corp.example, address:ann@corp.example, custodian:…; may be repeated",
        )
        add_until(parser)
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def run(self, options: dict[str, Any]) -> int:
        actor, until = operator(), end_of_day(options["until"])
        openings = [Opening.read(text) for text in options["grant"]]
        given = options.get("stdin", sys.stdin).readline().rstrip("\r\n") if options["password_stdin"] else None
        password = people.random_password() if given is None else given
        with transaction.atomic():
            person = people.add(actor=actor, address=options["email"], role=Role(options["role"]), password=password)
            for opening in openings:
                grants.give(actor=actor, person=person, opening=opening, reason=options["reason"], valid_until=until)
        rows = list(standing(person, now=timezone.now()).order_by("id"))
        if options["json"]:
            self.write_json(shown(person, rows) | ({"password": password} if given is None else {}))
            return DONE
        self.stdout.write(f"{person.email} may sign in as {person.role}")
        for row in rows:
            self.stdout.write(f"  sees {grant_line(row)}")
        if given is None:
            self.stdout.write(f"Password, shown only now: {password}")
        return DONE
