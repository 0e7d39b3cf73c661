"""What somebody may see of what is kept: saved searches and exports, their own and those of their matters."""

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Matter, MatterState, User
from accounts.permissions import EXPORTS, covers, matter_scope, may, scope_of
from accounts.queries.matters import worked_on
from discovery.models import ExportJob, ExportState, SavedSearch
from muniment.engines.port import Scope
from muniment.errors import Refused


class NotKept(Refused):
    """There is no such search or export, or it is not the actor's."""

    def __init__(self) -> None:
        super().__init__("There is nothing of this id here.")


def searches(actor: User, *, matter: Matter | None = None) -> QuerySet[SavedSearch]:
    """Return the searches that are the actor's to run: the own ones, or those of a matter that they work on."""
    rows = SavedSearch.objects.select_related("matter", "owner").order_by("name", "id")
    if matter is None:
        return rows.filter(matter__isnull=True, owner=actor)
    return rows.filter(matter__in=worked_on(actor).filter(pk=matter.pk).values("id"))


def is_theirs(actor: User, search: SavedSearch) -> bool:
    """Return whether the actor may run and change a search."""
    if search.matter_id is None:
        return search.owner_id == actor.pk
    return worked_on(actor).filter(pk=search.matter_id).exists()


def find_search(actor: User, identifier: UUID) -> SavedSearch:
    """Return a search that is the actor's; raise `NotKept`."""
    row = SavedSearch.objects.select_related("matter", "owner").filter(pk=identifier).first()
    if row is None or not is_theirs(actor, row):
        raise NotKept
    return row


def exports(actor: User, *, matter: Matter | None = None) -> QuerySet[ExportJob]:
    """Return the exports whose state the actor may see, newest first: the own ones, and those of the own matters."""
    rows = ExportJob.objects.select_related("matter", "asked_by").order_by("-asked_at", "-id")
    if not may(actor, EXPORTS):
        return rows.none()
    theirs = Q(matter__in=worked_on(actor).values("id"))
    if matter is not None:
        return rows.filter(theirs, matter=matter)
    return rows.filter(theirs | Q(asked_by=actor))


def find_export(actor: User, identifier: UUID) -> ExportJob:
    """Return an export whose state the actor may see; raise `NotKept`."""
    row = exports(actor).filter(pk=identifier).first()
    if row is None:
        raise NotKept
    return row


def may_fetch(actor: User, job: ExportJob) -> bool:
    """Return whether the bundle of an export is the actor's to have now: all that it was made within is theirs to see.

    Whoever asked for it and lost a grant since does not get it, nor does anybody once its matter is closed.
    """
    if job.state != ExportState.DONE or not exports(actor).filter(pk=job.pk).exists():
        return False
    if job.matter is None:
        seen = scope_of(actor)
    elif job.matter.state != MatterState.OPEN or not worked_on(actor).filter(pk=job.matter_id).exists():
        return False
    else:
        seen = matter_scope(actor, job.matter)
    return covers(seen, scope_from(job.scope))


def scope_as_saved(scope: Scope) -> dict[str, object]:
    """Return a scope as the row of an export keeps it."""
    return {
        "everything": scope.everything,
        "blind": scope.blind,
        "personal": scope.personal,
        "restricted": scope.restricted,
        "addresses": sorted(scope.addresses),
        "domains": sorted(scope.domains),
    }


def scope_from(saved: dict[str, object]) -> Scope:
    """Return the scope that a row keeps."""
    return Scope(
        **saved | {"addresses": frozenset(saved["addresses"]), "domains": frozenset(saved["domains"])}  # type: ignore[dict-item, arg-type]
    )
