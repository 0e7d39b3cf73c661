"""Add people and change them. A change of role, or the closing of an account, ends what was granted before."""

import re
import secrets
from datetime import datetime
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.actors import Operator
from accounts.models import Action, Role, TextKind, User
from accounts.permissions import may_manage_people
from accounts.services import audit, grants, matters, tokens
from muniment.errors import Refused

PASSWORD_BYTES: Final = 15  # 120 bits, 20 characters
_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,185}")  # Django's EmailField takes 254, its user name 150


def random_password() -> str:
    """Return a password that nobody guesses."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def add(*, actor: User | Operator, address: str, role: Role, password: str, now: datetime | None = None) -> User:
    """Add a person who may sign in; what they may see is granted apart. Raises `Refused`."""
    _check_actor(actor)
    email = address.strip().lower()
    if not _ADDRESS.fullmatch(email):
        raise Refused(f"{address!r} is no e-mail address.")
    _check_password(password)
    with transaction.atomic():
        if User.objects.filter(email__iexact=email).exists():
            raise Refused(f"{email} is there already: change_person changes the account.")
        person = User(username=email[:150], email=email, role=role)
        person.set_password(password)
        person.save(force_insert=True)
        audit.record(
            actor=actor,
            action=Action.PERSON_ADDED,
            objects=[f"person:{person.pk}"],
            details={"role": role.value},
            now=now,
        )
    return person


def change_role(
    *, actor: User | Operator, person: User, role: Role, reason: str = "", now: datetime | None = None
) -> User:
    """Give `person` another role. Grants and memberships belong to a role: those that stand end. Raises `Refused`."""
    _check_actor(actor)
    if isinstance(actor, User) and actor.pk == person.pk:
        raise Refused("Nobody changes their own role.")
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=person.pk)
        if row.role == role:
            raise Refused(f"{row.email} has the role {role.value} already.")
        details = {"role_before": row.role, "role": role.value}
        grants.end_all(actor=actor, person=row, reason=reason, now=now)
        matters.end_memberships(actor=actor, person=row, reason=reason, now=now)
        row.role = role
        row.save(update_fields=["role"])
        _record_change(actor, row, details, reason, now)
    return row


def set_active(
    *, actor: User | Operator, person: User, active: bool, reason: str = "", now: datetime | None = None
) -> User:
    """Close an account, which ends its sessions, grants and memberships at once, or open it again. Raises `Refused`."""
    _check_actor(actor)
    if isinstance(actor, User) and actor.pk == person.pk:
        raise Refused("Nobody closes or opens their own account.")
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=person.pk)
        if row.is_active == active:
            raise Refused(f"The account of {row.email} is {'open' if active else 'closed'} already.")
        if not active:
            grants.end_all(actor=actor, person=row, reason=reason, now=now)
            matters.end_memberships(actor=actor, person=row, reason=reason, now=now)
            tokens.end_all(actor=actor, person=row, now=now)
        row.is_active = active
        row.save(update_fields=["is_active"])
        _record_change(actor, row, {"active": active}, reason, now)
    return row


def set_password(*, actor: User | Operator, person: User, password: str, now: datetime | None = None) -> User:
    """Give `person` a new password, which ends their sessions. Raises `Refused`."""
    _check_actor(actor)
    _check_password(password)
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=person.pk)
        row.set_password(password)
        row.save(update_fields=["password"])
        _record_change(actor, row, {"password": True}, "", now)
    return row


def _record_change(
    actor: User | Operator, person: User, details: dict[str, int | bool | str], reason: str, now: datetime | None
) -> None:
    audit.record(
        actor=actor,
        action=Action.PERSON_CHANGED,
        objects=[f"person:{person.pk}"],
        details=details,
        texts={TextKind.REASON: reason},
        now=now,
    )


def _check_actor(actor: User | Operator) -> None:
    if not may_manage_people(actor):
        raise Refused("People are added and changed by an administrator.")


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
