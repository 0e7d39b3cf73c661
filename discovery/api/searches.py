"""Saved searches: one's own, and those of a matter, which its members share."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from accounts.api.once import ONCE, once
from accounts.api.shapes import In
from accounts.queries.matters import get_worked_on
from discovery.api.search import Filters, Results, SearchIn, found_by
from discovery.forms import SearchForm
from discovery.kept import find_search, searches
from discovery.models import MAX_NAME_CHARS, SavedSearch
from discovery.services import saved_searches
from discovery.services.saved_searches import note_run

router = Router(tags=["searches"])


class OfMatter(In):
    matter: UUID | None = Field(None, description=gettext_noop("Those of a matter; your own, when left out."))


class SavedIn(Filters):
    """A search to keep under a name."""

    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)
    matter: UUID | None = Field(
        None, description=gettext_noop("For a matter that you work on; for yourself, when left out.")
    )


class NameIn(In):
    name: str = Field(min_length=1, max_length=MAX_NAME_CHARS)


class PageIn(In):
    per: int = Field(25, ge=1, le=100, description=gettext_noop("How many messages to a page, at most 100."))
    page: int = Field(1, ge=1, description=gettext_noop("Which page, from 1; any depth."))


class Saved(Schema):
    id: UUID
    name: str
    matter: UUID | None
    owner: str
    parameters: dict[str, str]
    created_at: datetime
    last_run_at: datetime | None
    last_total: int | None = Field(description=gettext_noop("How many whoever ran it last could see."))


class SavedList(Schema):
    items: list[Saved]


@router.get("/searches", response=SavedList, summary=gettext_noop("List saved searches"), operation_id="list_searches")
def list_searches(request: HttpRequest, wanted: Query[OfMatter]):
    matter = None if wanted.matter is None else get_worked_on(request.user, wanted.matter)
    return SavedList(items=[_out(row) for row in searches(request.user, matter=matter)])


@router.post(
    "/searches",
    response={201: Saved},
    summary=gettext_noop("Save a search"),
    operation_id="save_search",
    openapi_extra=ONCE,
)
def save_search(request: HttpRequest, body: SavedIn):
    """It is run within the scope of whoever runs it."""
    matter = None if body.matter is None else get_worked_on(request.user, body.matter)
    parameters = body.criteria().parameters()
    made = once(
        request,
        lambda: saved_searches.save(actor=request.user, name=body.name, parameters=parameters, matter=matter).pk,
    )
    return Status(201, _out(find_search(request.user, UUID(made))))


@router.get(
    "/searches/{uuid:search_id}", response=Saved, summary=gettext_noop("One saved search"), operation_id="get_search"
)
def get_search(request: HttpRequest, search_id: UUID):
    return _out(find_search(request.user, search_id))


@router.get(
    "/searches/{uuid:search_id}/results",
    response=Results,
    summary=gettext_noop("Run a saved search"),
    operation_id="run_search",
)
def run_search(request: HttpRequest, search_id: UUID, wanted: Query[PageIn]):
    """What you see of it now."""
    row = find_search(request.user, search_id)
    criteria = SearchForm(row.parameters).criteria()
    names = [name for name in Filters.model_fields if hasattr(criteria, name)]
    asked = SearchIn(
        **{name: getattr(criteria, name) for name in names}, per=wanted.per, page=wanted.page, matter=row.matter_id
    )
    found = found_by(request, asked)
    note_run(row, total=found.total)
    return found


@router.post(
    "/searches/{uuid:search_id}/rename",
    response=Saved,
    summary=gettext_noop("Rename a saved search"),
    operation_id="rename_search",
)
def rename_search(request: HttpRequest, search_id: UUID, body: NameIn):
    row = find_search(request.user, search_id)
    return _out(saved_searches.rename(actor=request.user, search=row, name=body.name))


@router.delete(
    "/searches/{uuid:search_id}",
    response={204: None},
    summary=gettext_noop("Delete a saved search"),
    operation_id="delete_search",
)
def delete_search(request: HttpRequest, search_id: UUID):
    """What was found or exported by it stays."""
    saved_searches.delete(actor=request.user, search=find_search(request.user, search_id))
    return Status(204, None)


def _out(row: SavedSearch) -> Saved:
    return Saved(
        id=row.pk,
        name=row.name,
        matter=row.matter_id,
        owner=row.owner.email,
        parameters=row.parameters,
        created_at=row.created_at,
        last_run_at=row.last_run_at,
        last_total=row.last_total,
    )
