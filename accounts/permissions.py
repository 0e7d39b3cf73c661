"""Who sees what: the one place where a role becomes a scope."""

from accounts.models import Role, User
from muniment.engines.port import Scope

SEES_EVERYTHING = frozenset({Role.COMPLIANCE, Role.LEGAL, Role.DPO})


def scope_of(actor: User) -> Scope:
    """Return what `actor` may see.

    Compliance officers, lawyers and data-protection officers see all; an employee sees the mail that
    names the own address; auditors and administrators see no mail at all.
    """
    if not actor.is_authenticated or not actor.is_active:
        return Scope()
    if actor.role in SEES_EVERYTHING:
        return Scope(everything=True, blind=True)
    if actor.role == Role.EMPLOYEE:
        return Scope(addresses=frozenset({actor.email.lower()}))
    return Scope()


def may_see_bcc(actor: User) -> bool:
    """Return whether blind copies are shown to `actor`."""
    return actor.role in SEES_EVERYTHING
