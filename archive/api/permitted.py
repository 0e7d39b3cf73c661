"""For whom the routes of retention and of the evidence log are."""

from accounts.models import User
from accounts.permissions import APPROVES_DESTRUCTION, MANAGES_RETENTION, READS_AUDIT, READS_RETENTION, may


def reads_retention(actor: User) -> bool:
    """Return whether retention is shown to `actor`."""
    return may(actor, READS_RETENTION)


def manages_retention(actor: User) -> bool:
    """Return whether `actor` changes retention."""
    return may(actor, MANAGES_RETENTION)


def executes(actor: User) -> bool:
    """Return whether `actor` carries out what was approved."""
    return may(actor, MANAGES_RETENTION | APPROVES_DESTRUCTION)


def reads_log(actor: User) -> bool:
    """Return whether the evidence log is shown to `actor`: its length tells how much mail comes."""
    return may(actor, READS_AUDIT | READS_RETENTION)
