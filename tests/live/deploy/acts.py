"""What people did in the archive whose backup is tried, as a process of its own.

python -m tests.live.deploy.acts people|destroy      with MUNIMENT_DATA set
"""

import sys
from datetime import timedelta

import django
from django.utils import timezone


def people():
    """Add a compliance officer and a lawyer, and a rule that lets all mail go after a month."""
    from accounts.models import Grant, GrantKind, Role, User
    from tests.flow.erasure.conftest import rule

    for name, role in (("records", Role.COMPLIANCE), ("counsel", Role.LEGAL)):
        user = User.objects.create(email=f"{name}@corp.example", username=name, role=role)
        since = timezone.now() - timedelta(days=1)
        Grant.objects.create(user=user, kind=GrantKind.EVERYTHING, valid_from=since)
    rule()


def destroy():
    """Destroy the message with the subject "Secret", as two people agree to."""
    from accounts.models import User
    from archive.models import Message
    from archive.wiring import archive
    from tests.flow.erasure.conftest import destroyed

    team = {name: User.objects.get(username=name) for name in ("records", "counsel")}
    message = Message.objects.get(subject="Secret")
    done = destroyed(team, archive(), [message.id], now=timezone.now())
    if done.items.filter(outcome="destroyed").count() != 1:
        sys.exit(f"not destroyed: {list(done.items.values())}")


if __name__ == "__main__":
    django.setup()
    {"people": people, "destroy": destroy}[sys.argv[1]]()
