"""Save a search under a name, rename it, delete it; a matter's searches are shared by its members."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, Matter, TextKind, User
from accounts.queries.matters import worked_on
from accounts.services import audit
from discovery.kept import is_theirs
from discovery.models import MAX_NAME_CHARS, SavedSearch
from muniment.errors import Refused
from muniment.ids import UuidSequence

NOT_SAVED: Final = frozenset({"page", "purpose", "matter"})  # these belong to a single run
_IDS: Final = UuidSequence()


class SearchRefused(Refused):
    """The search is not kept or changed; the message says why."""


def save(
    *,
    actor: User,
    name: str,
    parameters: Mapping[str, str],
    matter: Matter | None = None,
    now: datetime | None = None,
) -> SavedSearch:
    """Keep a search, for its owner or for a matter that the actor works on. Raises `SearchRefused`."""
    at = now or timezone.now()
    if matter is not None and not worked_on(actor).filter(pk=matter.pk).exists():
        raise SearchRefused(_("Only members save searches in a matter."))
    kept = {key: str(value) for key, value in parameters.items() if key not in NOT_SAVED}
    try:
        with transaction.atomic():
            row = SavedSearch.objects.create(
                id=_IDS.next(), matter=matter, owner=actor, name=_checked(name), parameters=kept, created_at=at
            )
            _record(actor, row, "saved", at)
    except IntegrityError as error:
        raise SearchRefused(_taken()) from error
    return row


def rename(*, actor: User, search: SavedSearch, name: str, now: datetime | None = None) -> SavedSearch:
    """Give a search another name. Raises `SearchRefused`."""
    try:
        with transaction.atomic():
            row = _theirs(actor, search)
            row.name = _checked(name)
            row.save(update_fields=["name"])
            _record(actor, row, "renamed", now or timezone.now())
    except IntegrityError as error:
        raise SearchRefused(_taken()) from error
    return row


def delete(*, actor: User, search: SavedSearch, now: datetime | None = None) -> None:
    """Forget a search; what was found or exported by it stays. Raises `SearchRefused`."""
    with transaction.atomic():
        row = _theirs(actor, search)
        identifier, matter_id = row.pk, row.matter_id
        row.delete()
        audit.record(
            actor=actor,
            action=Action.SEARCH_SAVED,
            matter_id=matter_id,
            objects=[f"search:{identifier}"],
            details={"what": "deleted"},
            now=now,
        )


def note_run(search: SavedSearch, *, total: int, now: datetime | None = None) -> None:
    """Note that a search was run, and how much whoever ran it found."""
    SavedSearch.objects.filter(pk=search.pk).update(last_run_at=now or timezone.now(), last_total=total)


def _theirs(actor: User, search: SavedSearch) -> SavedSearch:
    row = SavedSearch.objects.select_for_update().get(pk=search.pk)
    if not is_theirs(actor, row):
        raise SearchRefused(_("This search belongs to somebody else."))
    return row


def _checked(name: str) -> str:
    if not name.strip() or len(name.strip()) > MAX_NAME_CHARS:
        raise SearchRefused(_("Give the search a name of at most %(count)s characters.") % {"count": MAX_NAME_CHARS})
    return name.strip()


def _taken() -> str:
    return _("There is a search of this name already: choose another name.")


def _record(actor: User, row: SavedSearch, what: str, at: datetime) -> None:
    query = row.parameters.get("q", "")
    filters = "&".join(f"{name}={value}" for name, value in row.parameters.items() if name != "q")
    audit.record(
        actor=actor,
        action=Action.SEARCH_SAVED,
        matter_id=row.matter_id,
        objects=[f"search:{row.pk}"],
        details={"what": what},
        texts={TextKind.QUERY: " ".join(part for part in (query, filters) if part)},
        now=at,
    )
