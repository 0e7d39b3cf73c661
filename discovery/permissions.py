"""What of the web is whose."""

from accounts.models import Role, User


def may_see_status(actor: User) -> bool:
    """Return whether counts of the whole archive are shown: to all who run it or answer for it."""
    return actor.role != Role.EMPLOYEE
