"""Who may do the acts of retention: said once, for every service."""

from django.utils.translation import gettext as _

from accounts.actors import Operator
from accounts.models import User
from accounts.permissions import MANAGES_RETENTION, may
from muniment.errors import Refused

Actor = User | Operator


def require_retention(actor: Actor) -> None:
    """Raise `Refused` for whoever does not manage retention."""
    if not may(actor, MANAGES_RETENTION):
        raise Refused(_("Retention is managed by the compliance officer: your role may read it at most."))


def person(actor: Actor) -> User | None:
    """Return the person of the actor; None for a command."""
    return actor if isinstance(actor, User) else None
