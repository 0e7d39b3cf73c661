"""`manage.py list_people`: who may sign in, and what they may see."""

from typing import Any

from django.utils import timezone

from accounts.management.base import DONE
from accounts.management.people import PeopleCommand, grant_line, shown
from accounts.models import User
from accounts.permissions import standing


class Command(PeopleCommand):
    help = "List the people with role, state and the grants that hold now."

    def run(self, options: dict[str, Any]) -> int:
        now = timezone.now()
        people = [(person, list(standing(person, now=now).order_by("id"))) for person in User.objects.order_by("email")]
        if options["json"]:
            self.write_json({"people": [shown(person, rows) for person, rows in people]})
            return DONE
        for person, rows in people:
            state = "" if person.is_active else "  (closed)"
            seen = "; ".join(grant_line(row) for row in rows)
            self.stdout.write(f"{person.email:40}  {person.role:13}  {seen}{state}".rstrip())
        return DONE
