"""Give and end grants: who may see which mail, and for how long."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.db import transaction
from django.utils import timezone

from accounts.actors import Operator
from accounts.models import Action, Grant, GrantKind, Role, TextKind, User
from accounts.permissions import GRANTABLE, may_manage_people, standing
from accounts.services import audit
from muniment.errors import Refused

MAX_REASON_CHARS: Final = 500
_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")  # RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.2
_DOMAIN: Final = re.compile(r"[^\s@]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a grant opens, as people write it: `everything`, `domain:corp.example`, `address:ann@corp.example`."""

    kind: GrantKind
    value: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the written form; raise `Refused`."""
        name, _, value = text.strip().lower().partition(":")
        if name not in GrantKind:
            kinds = ", ".join(kind.value if kind is GrantKind.EVERYTHING else f"{kind.value}:…" for kind in GrantKind)
            raise Refused(f"{text!r} is no grant: write one of {kinds}.")
        kind, value = GrantKind(name), value.strip().removeprefix("@" if name == GrantKind.DOMAIN else "")
        pattern = _DOMAIN if kind is GrantKind.DOMAIN else _ADDRESS
        if kind is GrantKind.EVERYTHING and value:
            raise Refused(f"{text!r} is no grant: “everything” stands alone.")
        if kind is not GrantKind.EVERYTHING and not pattern.fullmatch(value):
            what = "a domain, such as domain:corp.example" if kind is GrantKind.DOMAIN else "an address"
            raise Refused(f"{text!r} is no grant: after “{kind.value}:” comes {what}.")
        return cls(kind=kind, value=value)

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.value}" if self.value else self.kind.value


def give(
    *,
    actor: User | Operator,
    person: User,
    opening: Opening,
    reason: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    now: datetime | None = None,
) -> Grant:
    """Let `person` see what `opening` names, from `valid_from` (now) until `valid_until` (for good).

    Raises `Refused` when the actor may not, when the role of the person takes no such grant, for an end that lies
    before the beginning, and for a grant that stands already.
    """
    at = now or timezone.now()
    begins = valid_from or at
    if not may_manage_people(actor):
        raise Refused("Grants are given by an administrator.")
    if isinstance(actor, User) and actor.pk == person.pk:
        raise Refused("Nobody gives a grant to themselves.")
    if opening.kind not in GRANTABLE.get(Role(person.role), frozenset()):
        raise Refused(_why_not(person, opening))
    if valid_until is not None and valid_until <= begins:
        raise Refused("A grant must end after it begins.")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if standing(person, now=begins).filter(kind=opening.kind, value=opening.value).exists():
            raise Refused(f"{person.email} has the grant {opening} already.")
        grant = Grant.objects.create(
            user=person,
            kind=opening.kind,
            value=opening.value,
            valid_from=begins,
            valid_until=valid_until,
            granted_by=actor if isinstance(actor, User) else None,
            reason=reason[:MAX_REASON_CHARS],
        )
        audit.record(
            actor=actor,
            action=Action.GRANT_GIVEN,
            objects=[f"person:{person.pk}", f"grant:{grant.pk}"],
            details={"kind": opening.kind.value, "for_good": valid_until is None},
            texts={TextKind.REASON: reason},
            now=at,
        )
    return grant


def end(*, actor: User | Operator, grant: Grant, reason: str = "", now: datetime | None = None) -> Grant:
    """End a grant at once; the row stays, so that it can be told who saw what. Raises `Refused`."""
    at = now or timezone.now()
    if not may_manage_people(actor):
        raise Refused("Grants are ended by an administrator.")
    with transaction.atomic():
        row = Grant.objects.select_for_update().get(pk=grant.pk)
        if row.valid_until is not None and row.valid_until <= at:
            raise Refused("This grant has ended already.")
        row.valid_until = max(at, row.valid_from)  # one that has not begun never will
        row.save(update_fields=["valid_until"])
        audit.record(
            actor=actor,
            action=Action.GRANT_ENDED,
            objects=[f"person:{row.user_id}", f"grant:{row.pk}"],
            details={"kind": row.kind},
            texts={TextKind.REASON: reason},
            now=at,
        )
    return row


def end_all(*, actor: User | Operator, person: User, reason: str = "", now: datetime | None = None) -> int:
    """End every grant of `person` that stands or is still to come; return how many."""
    at = now or timezone.now()
    rows = [row for row in Grant.objects.filter(user=person) if row.valid_until is None or row.valid_until > at]
    with transaction.atomic():
        for row in rows:
            end(actor=actor, grant=row, reason=reason, now=at)
    return len(rows)


def _why_not(person: User, opening: Opening) -> str:
    role = Role(person.role)
    if role is Role.ADMINISTRATOR:
        return f"{person.email} is an administrator: administrators see no mail, so nothing can be granted."
    return f"{person.email} is an employee, who sees the own mail: only other addresses can be granted, not {opening}."
