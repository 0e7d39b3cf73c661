"""Write the audit trail: one entry for each act, inside the transaction of the act.

Entries are numbered without gaps and chained by their hashes (`accounts.chain`). Whoever writes one holds the lock of
the head row until the transaction ends, so a service records last. On SQLite the whole database has one writer, and
transactions are IMMEDIATE.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import chain
from accounts.actors import Operator
from accounts.models import Action, AuditEntry, AuditHead, AuditText, Outcome, Role, TextKind, User
from muniment.engines.port import Scope
from muniment.errors import Refused

MAX_TEXT_CHARS: Final = 10_000  # the longest query that the search page takes


def record(
    *,
    actor: User | Operator | None,
    action: Action,
    outcome: Outcome = Outcome.DONE,
    purpose: str = "",
    matter_id: UUID | None = None,
    scope: Scope | None = None,
    objects: Iterable[str] = (),
    details: Mapping[str, int | bool | str] | None = None,
    texts: Mapping[TextKind, str] | None = None,
    now: datetime | None = None,
) -> AuditEntry:
    """Append one entry and return it; it stands when the caller's transaction does.

    `objects` are "kind:id"; `details` counts and codes. Neither may hold content, subjects or file names. What a
    person typed goes to `purpose` or `texts`, which can be erased. `actor` is None where nobody is known.
    """
    written = {kind: _storable(text) for kind, text in {TextKind.PURPOSE: purpose, **(texts or {})}.items() if text}
    salts = {kind: secrets.token_bytes(chain.SALT_BYTES) for kind in written}
    with transaction.atomic():
        head, _ = AuditHead.objects.select_for_update().get_or_create(
            id=1, defaults={"number": 0, "hash": chain.GENESIS}
        )
        entry = AuditEntry(
            number=head.number + 1,
            at=now or timezone.now(),
            person_id=actor.pk if isinstance(actor, User) else None,
            actor=_storable(_address(actor))[:320],
            action=action.value,
            outcome=outcome.value,
            matter_id=matter_id,
            scope=scope_summary(scope) if scope else {},
            objects_named=[_storable(one) for one in objects],
            details={
                name: _storable(value) if isinstance(value, str) else value
                for name, value in {**(details or {}), **_means(actor)}.items()
            },
            text_digests={kind.value: chain.text_digest(salts[kind], text) for kind, text in written.items()},
            previous=head.hash,
        )
        entry.hash = chain.entry_hash(entry)
        entry.save(force_insert=True)
        AuditText.objects.bulk_create(
            AuditText(entry=entry, kind=kind.value, salt=salts[kind], text=text) for kind, text in written.items()
        )
        AuditHead.objects.filter(id=1).update(number=entry.number, hash=entry.hash)
    return entry


def erase_texts(*, actor: User | Operator, numbers: Iterable[int], reason: str, now: datetime | None = None) -> int:
    """Erase the free texts of those entries with their salts; return how many texts. The chain stays whole.

    Raises `Refused` for whoever is neither the data-protection officer nor an operator, and without a reason.
    """
    if isinstance(actor, User) and actor.role != Role.DPO:
        raise Refused("Texts of the audit trail are erased by the data-protection officer.")
    if not reason.strip():
        raise Refused("Say why the texts are erased: the entry that replaces them carries the reason.")
    chosen = sorted(set(numbers))
    with transaction.atomic():
        count, _ = AuditText.objects.filter(entry__in=chosen).delete()
        record(
            actor=actor,
            action=Action.TEXTS_ERASED,
            objects=[f"entry:{number}" for number in chosen],
            details={"texts": count},
            texts={TextKind.REASON: reason},
            now=now,
        )
    return count


def scope_summary(scope: Scope) -> dict[str, int | bool]:
    """Return a scope as counts: whose mail it was stands with the grants."""
    return {
        "everything": scope.everything,
        "blind": scope.blind,
        "addresses": len(scope.addresses),
        "domains": len(scope.domains),
    }


def _means(actor: User | Operator | None) -> dict[str, str]:
    """Return through which access token the actor acts: every act of a program says so."""
    token_id = actor.through_token if isinstance(actor, User) else None
    return {"token": str(token_id)} if token_id else {}


def _address(actor: User | Operator | None) -> str:
    match actor:
        case User():
            return actor.email
        case Operator():
            return actor.label
        case None:
            return ""


def _storable(text: str) -> str:
    """Return a text that every database takes: no NUL (PostgreSQL refuses it), no lone surrogate, not too long."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:MAX_TEXT_CHARS]
