"""Who sees what: the one place where role and grants become a scope. What is not granted is denied."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actors import Operator
from accounts.models import Grant, GrantKind, Matter, MatterCustodian, MatterState, Role, User
from muniment.engines.port import Scope

SEES_BLIND: Final = frozenset({Role.COMPLIANCE, Role.LEGAL, Role.DPO})
# Which personal data a message was found to hold is itself sensitive (docs/decisions/0015).
SEES_PERSONAL_DATA: Final = frozenset({Role.COMPLIANCE, Role.LEGAL, Role.DPO})
READS_PERSONAL_FIGURES: Final = frozenset({Role.COMPLIANCE, Role.DPO})  # counts of it over a whole scope
SEES_RESTRICTED: Final = frozenset({Role.DPO})  # mail whose processing is restricted (GDPR Article 18)
READS_AUDIT: Final = frozenset({Role.AUDITOR, Role.DPO, Role.ADMINISTRATOR, Role.COMPLIANCE})
_EVERY_KIND: Final = frozenset(GrantKind)
# The kinds of grant that count for a role. Those of an employee are other addresses of the same person.
GRANTABLE: Final = {
    Role.EMPLOYEE: frozenset({GrantKind.ADDRESS, GrantKind.CUSTODIAN}),
    Role.COMPLIANCE: _EVERY_KIND,
    Role.LEGAL: _EVERY_KIND,
    Role.DPO: _EVERY_KIND,
    Role.AUDITOR: _EVERY_KIND,
    Role.ADMINISTRATOR: frozenset(),
}
# Roles that work on matters: an open one opens its custodians' mail to them.
OPENED_BY_MATTERS: Final = frozenset({Role.LEGAL, Role.COMPLIANCE, Role.AUDITOR})


def scope_of(actor: User, *, now: datetime | None = None) -> Scope:
    """Return what `actor` may see at `now`: read anew at each call, so that an ended grant ends at once.

    Compliance officers, lawyers, data-protection officers and auditors see what is granted to them; an employee sees
    the mail of the own address and of granted ones; the administrator of the system sees no mail, whatever is
    granted. Members of an open matter see the mail of its custodians as well. A custodian is granted by an address:
    the custodian of a sighting is among the addresses that the catalogue and the index compare with, so a grant of a
    custodian opens what a grant of that address opens.
    """
    if not actor.is_authenticated or not actor.is_active:
        return Scope()
    kinds = GRANTABLE.get(actor.role, frozenset())
    if not kinds:
        return Scope()
    granted = set(standing(actor, now=now or timezone.now()).filter(kind__in=kinds).values_list("kind", "value"))
    own = {actor.email.lower()} if actor.role == Role.EMPLOYEE else set()
    return Scope(
        everything=any(kind == GrantKind.EVERYTHING for kind, _ in granted),
        blind=may_see_bcc(actor),
        personal=may_see_personal_data(actor),
        restricted=actor.role in SEES_RESTRICTED,
        addresses=frozenset(
            own | {value for kind, value in granted if kind in _NAMES_AN_ADDRESS} | _opened_by_matters(actor)
        ),
        domains=frozenset(value for kind, value in granted if kind == GrantKind.DOMAIN),
    )


_NAMES_AN_ADDRESS: Final = frozenset({GrantKind.ADDRESS, GrantKind.CUSTODIAN})


def matter_scope(actor: User, matter: Matter, *, now: datetime | None = None) -> Scope:
    """Return what `actor` may see, narrowed to the mail of the matter's custodians."""
    seen = scope_of(actor, now=now)
    custodians = MatterCustodian.objects.filter(matter=matter, removed_at__isnull=True)
    addresses = frozenset(custodians.values_list("address", flat=True))
    if not seen.everything:
        addresses = frozenset(one for one in addresses if _covers_address(seen, one))
    return replace(seen, everything=False, addresses=addresses, domains=frozenset())


def covers(seen: Scope, asked: Scope) -> bool:
    """Return whether whoever sees `seen` may see all that `asked` takes in."""
    if any(getattr(asked, flag) and not getattr(seen, flag) for flag in ("blind", "personal", "restricted")):
        return False
    if seen.everything:
        return True
    return (
        not asked.everything
        and asked.domains <= seen.domains
        and all(_covers_address(seen, address) for address in asked.addresses)
    )


def _covers_address(seen: Scope, address: str) -> bool:
    return address in seen.addresses or address.rpartition("@")[2] in seen.domains


def _opened_by_matters(actor: User) -> set[str]:
    """Return the addresses of the standing custodians of the open matters that `actor` is a standing member of."""
    if actor.role not in OPENED_BY_MATTERS:
        return set()
    worked_on = Matter.objects.filter(
        state=MatterState.OPEN, members__user=actor, members__removed_at__isnull=True
    ).values("id")
    rows = MatterCustodian.objects.filter(matter__in=worked_on, removed_at__isnull=True)
    return set(rows.values_list("address", flat=True))


def own_addresses(actor: User, *, now: datetime | None = None) -> frozenset[str]:
    """Return the actor's own addresses: those granted to an employee are aliases of the same person."""
    own = frozenset({actor.email.lower()})
    return own | scope_of(actor, now=now).addresses if actor.role == Role.EMPLOYEE else own


def standing(user: User, *, now: datetime) -> QuerySet[Grant]:
    """Return the grants of `user` that hold at `now`, whatever the role makes of them."""
    in_time = Q(valid_from__lte=now) & (Q(valid_until__isnull=True) | Q(valid_until__gt=now))
    return Grant.objects.filter(in_time, user=user)


def may_see_bcc(actor: User) -> bool:
    """Return whether blind copies are shown to `actor`."""
    return actor.role in SEES_BLIND


def may_see_personal_data(actor: User) -> bool:
    """Return whether `actor` learns what personal data was found in messages."""
    return bool(actor.is_authenticated and actor.is_active and actor.role in SEES_PERSONAL_DATA)


def may_read_personal_figures(actor: User) -> bool:
    """Return whether the page of figures about personal data is for `actor`."""
    return bool(actor.is_authenticated and actor.is_active and actor.role in READS_PERSONAL_FIGURES)


def may_read_audit(actor: User) -> bool:
    """Return whether `actor` may read the audit trail."""
    return bool(actor.is_authenticated and actor.is_active and actor.role in READS_AUDIT)


def may_read_audit_texts(actor: User) -> bool:
    """Return whether `actor` may read what others looked for and why: texts that name people and repeat their mail."""
    return may_read_audit(actor) and actor.role != Role.ADMINISTRATOR


def may_manage_people(actor: User | Operator) -> bool:
    """Return whether `actor` may add people and give grants."""
    return isinstance(actor, Operator) or bool(actor.is_active and actor.role == Role.ADMINISTRATOR)


MANAGES_MATTERS: Final = frozenset({Role.LEGAL, Role.COMPLIANCE})
MANAGES_RETENTION: Final = frozenset({Role.COMPLIANCE})
READS_RETENTION: Final = frozenset({Role.COMPLIANCE, Role.LEGAL, Role.DPO, Role.AUDITOR})
# Who may agree to a destruction: never the data-protection officer, who advises and watches (GDPR Article 38(6)).
APPROVES_DESTRUCTION: Final = frozenset({Role.COMPLIANCE, Role.LEGAL})
# Who takes many messages out of the archive at once. An employee downloads the own ones, each by itself.
EXPORTS: Final = frozenset({Role.COMPLIANCE, Role.LEGAL, Role.DPO, Role.AUDITOR})
APPROVES_IN_MATTERS: Final = frozenset({Role.LEGAL, Role.COMPLIANCE})  # release of a hold, mail opened to a matter
HANDLES_REQUESTS: Final = frozenset({Role.DPO})
READS_REQUESTS: Final = frozenset({Role.DPO, Role.AUDITOR})


def may(actor: User | Operator, roles: frozenset[Role]) -> bool:
    """Return whether `actor` has one of the roles and may sign in. An operator at the command line may all."""
    return isinstance(actor, Operator) or bool(actor.is_authenticated and actor.is_active and actor.role in roles)
