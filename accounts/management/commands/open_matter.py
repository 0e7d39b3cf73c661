"""`manage.py open_matter REFERENCE NAME`: a legal case, who works on it, and whose mail it opens to them."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from accounts.actors import operator
from accounts.management.base import DONE
from accounts.management.people import PeopleCommand, person_of
from accounts.services import matters


class Command(PeopleCommand):
    help = (
        "Open a matter. On the pages a custodian needs a second person; whoever runs commands on the archive's machine"
        " adds one alone, and the audit trail says so."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="what others cite, such as 2026-014")
        parser.add_argument("name")
        parser.add_argument("--description", default="", metavar="TEXT")
        parser.add_argument(
            "--member",
            action="append",
            default=[],
            metavar="EMAIL",
            help="legal, compliance or auditor; may be repeated",
        )
        parser.add_argument(
            "--custodian",
            action="append",
            default=[],
            metavar="ADDRESS",
            help="whose mail it is about; may be repeated",
        )

    def run(self, options: dict[str, Any]) -> int:
        actor = operator()
        members = [person_of(address) for address in options["member"]]
        with transaction.atomic():
            matter = matters.open_matter(
                actor=actor,
                reference=options["reference"],
                name=options["name"],
                description=options["description"],
            )
            for person in members:
                matters.add_member(actor=actor, matter=matter, person=person)
            for address in options["custodian"]:
                matters.add_custodian_by_command(actor=actor, matter=matter, address=address)
        if options["json"]:
            self.write_json({"id": str(matter.pk), "reference": matter.reference})
        else:
            self.stdout.write(f"{matter.reference} is open: {len(members)} members, id {matter.pk}")
        return DONE
