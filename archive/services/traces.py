"""Erase what people typed about somebody from the audit trail, so that no backup of the database brings it back.

The entries stay, and the chain of their hashes holds: only texts and salts go (`accounts.services.audit.erase_texts`).
The ledger names the entries by their hashes, because after a restore their numbers may be those of others.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.actors import Operator
from accounts.models import Action, AuditEntry, AuditText, TextKind, User
from accounts.services import audit
from archive.wiring import Archive
from muniment.seal import ledger

_REPLAY: Final = Operator(name="erasure ledger")
_ASKING: Final = (Action.SEARCH, Action.SEARCH_SAVED, Action.EXPORT)
_CHUNK: Final = 500


def entries_naming(terms: Collection[str]) -> set[int]:
    """Return the searches and exports of the audit trail in which somebody typed one of these terms, in any case.

    Acts that name a person because they are about the person, such as a hold or the request itself, keep their texts.
    """
    asked = Q(kind__in=(TextKind.QUERY, TextKind.PURPOSE), entry__action__in=_ASKING)
    found: set[int] = set()
    for term in terms:
        typed = AuditText.objects.filter(asked, text__icontains=term)
        found.update(typed.values_list("entry_id", flat=True))
    return found


def erase_texts(
    *,
    actor: User | Operator,
    numbers: Iterable[int],
    reason: str,
    disposal_id: UUID,
    archive: Archive,
    now: datetime | None = None,
) -> int:
    """Erase the texts of these audit entries for good; return how many texts. Safe to repeat.

    The ledger learns of it first. `disposal_id` is of the erasure that this belongs to, or another UUIDv7.
    """
    at = now or timezone.now()
    with_texts = AuditEntry.objects.filter(number__in=set(numbers), texts__isnull=False).distinct()
    hashes = dict(with_texts.order_by("number").values_list("number", "hash"))
    for chunk in _batches(hashes.values()):
        named = frozenset(bytes.fromhex(one) for one in chunk)
        ledger.write(
            archive.vault.segments,
            ledger.Intent(disposal_id=disposal_id, cause=ledger.Cause.ERASURE, at=at, audit_entries=named),
        )
    return audit.erase_texts(actor=actor, numbers=hashes, reason=reason, now=at) if hashes else 0


def erase_again(hashes: Collection[bytes]) -> int:
    """Erase the texts of entries that the ledger names, where a restored database has them; return how many texts."""
    back: list[int] = []
    for chunk in _batches(one.hex() for one in hashes):
        entries = AuditEntry.objects.filter(hash__in=chunk, texts__isnull=False).distinct()
        back.extend(entries.values_list("number", flat=True))
    if not back:
        return 0
    return audit.erase_texts(actor=_REPLAY, numbers=back, reason="A database from before was put back.")


def _batches(hashes: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(hashes)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
