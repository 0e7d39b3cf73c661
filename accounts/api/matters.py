"""Matters: open, change, close; members; custodians, whom one person asks for and another approves."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from accounts.api.approvals import Because, Why
from accounts.api.once import ONCE, once
from accounts.api.shapes import In, Slice
from accounts.models import CustodianProposal, Matter, MatterState, User
from accounts.permissions import MANAGES_MATTERS, OPENED_BY_MATTERS, may
from accounts.queries import matters as queries
from accounts.queries.matters import NoSuchMatter, awaited, get_worked_on, is_member
from accounts.services import matters
from accounts.services.matters import MatterRefused
from accounts.views.refusals import only_for

router = Router(tags=["matters"])


class MatterIn(In):
    reference: str = Field(min_length=1, max_length=matters.MAX_REFERENCE_CHARS)
    name: str = Field(min_length=1, max_length=matters.MAX_NAME_CHARS)
    description: str = Field("", max_length=matters.MAX_DESCRIPTION_CHARS)


class Words(In):
    name: str = Field(min_length=1, max_length=matters.MAX_NAME_CHARS)
    description: str = Field("", max_length=matters.MAX_DESCRIPTION_CHARS)


class MemberIn(In):
    address: str = Field(max_length=320, description=gettext_noop("The address that the person signs in with."))
    reason: str = ""


class CustodianIn(In):
    address: str = Field(max_length=320)
    name: str = Field("", max_length=matters.MAX_NAME_CHARS)
    reason: str = Field(min_length=1)


class MatterOut(Schema):
    """A matter that you may know of."""

    id: UUID
    reference: str
    name: str
    state: MatterState
    opened_at: datetime
    closed_at: datetime | None
    member: bool = Field(description=gettext_noop("Whether you work on it. Only members see more than its name."))


class Matters(Schema):
    total: int
    items: list[MatterOut]


class Member(Schema):
    address: str
    role: str
    added_at: datetime


class Custodian(Schema):
    id: int
    address: str
    name: str
    added_at: datetime


class Awaited(Schema):
    """A custodian who was asked for."""

    id: UUID
    address: str
    name: str
    approval: int | None
    approval_state: str


class MatterWhole(MatterOut):
    """A matter as its members see it."""

    description: str
    members: list[Member]
    custodians: list[Custodian]
    awaited: list[Awaited] = Field(description=gettext_noop("Custodians who were asked for and are not added yet."))


@router.get("/matters", response=Matters, summary=gettext_noop("List matters"), operation_id="list_matters")
@only_for(lambda actor: may(actor, OPENED_BY_MATTERS))
def list_matters(request: HttpRequest, wanted: Query[Slice]):
    """The matters whose names you may know, the newest first."""
    rows = queries.named_to(request.user)
    return Matters(total=rows.count(), items=[_out(request.user, row) for row in wanted.of(rows)])


@router.post(
    "/matters",
    response={201: MatterWhole},
    summary=gettext_noop("Open a matter"),
    operation_id="open_matter",
    openapi_extra=ONCE,
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def open_matter(request: HttpRequest, body: MatterIn):
    """You are its first member."""
    made = once(request, lambda: matters.open_matter(actor=request.user, **body.dict()).pk)
    return Status(201, _whole(request.user, get_worked_on(request.user, UUID(made))))


@router.get(
    "/matters/{uuid:matter_id}", response=MatterWhole, summary=gettext_noop("One matter"), operation_id="get_matter"
)
@only_for(lambda actor: may(actor, OPENED_BY_MATTERS))
def get_matter(request: HttpRequest, matter_id: UUID):
    """For its members."""
    return _whole(request.user, get_worked_on(request.user, matter_id))


@router.post(
    "/matters/{uuid:matter_id}/words",
    response=MatterWhole,
    summary=gettext_noop("Change name and description"),
    operation_id="change_matter",
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def change_matter(request: HttpRequest, matter_id: UUID, body: Words):
    """The reference stays, because others cite it."""
    row = get_worked_on(request.user, matter_id)
    return _whole(request.user, matters.change(actor=request.user, matter=row, **body.dict()))


@router.post(
    "/matters/{uuid:matter_id}/close",
    response=MatterWhole,
    summary=gettext_noop("Close a matter"),
    operation_id="close_matter",
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def close_matter(request: HttpRequest, matter_id: UUID, body: Because):
    """From then on it opens no mail, and it is not opened again. Its holds stand until they are released."""
    row = get_worked_on(request.user, matter_id)
    return _whole(request.user, matters.close(actor=request.user, matter=row, reason=body.reason))


@router.post(
    "/matters/{uuid:matter_id}/members",
    response={201: MatterWhole},
    summary=gettext_noop("Add a member"),
    operation_id="add_member",
    openapi_extra=ONCE,
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def add_member(request: HttpRequest, matter_id: UUID, body: MemberIn):
    """A member sees the mail of the custodians while the matter is open."""
    row = get_worked_on(request.user, matter_id)
    once(
        request,
        lambda: matters.add_member(actor=request.user, matter=row, person=_person(body.address), reason=body.reason).pk,
    )
    return Status(201, _whole(request.user, row))


@router.post(
    "/matters/{uuid:matter_id}/members/{str:address}/remove",
    response=MatterWhole,
    summary=gettext_noop("Remove a member"),
    operation_id="remove_member",
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def remove_member(request: HttpRequest, matter_id: UUID, address: str, body: Why):
    row = get_worked_on(request.user, matter_id)
    matters.remove_member(actor=request.user, matter=row, person=_person(address), reason=body.reason)
    return _whole(request.user, row)


@router.post(
    "/matters/{uuid:matter_id}/custodians",
    response={201: Awaited},
    summary=gettext_noop("Ask for a custodian"),
    operation_id="ask_custodian",
    openapi_extra=ONCE,
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def ask_custodian(request: HttpRequest, matter_id: UUID, body: CustodianIn):
    """A custodian opens a person's mail to every member, so somebody else has to approve it first."""
    row = get_worked_on(request.user, matter_id)
    made = once(request, lambda: matters.ask_custodian(actor=request.user, matter=row, **body.dict()).pk)
    return Status(201, _awaited(_proposal(row, UUID(made))))


@router.post(
    "/matters/{uuid:matter_id}/custodians/{uuid:proposal_id}/add",
    response=MatterWhole,
    summary=gettext_noop("Add a custodian who was approved"),
    operation_id="add_custodian",
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def add_custodian(request: HttpRequest, matter_id: UUID, proposal_id: UUID):
    row = get_worked_on(request.user, matter_id)
    matters.add_custodian(actor=request.user, proposal=_proposal(row, proposal_id))
    return _whole(request.user, row)


@router.post(
    "/matters/{uuid:matter_id}/custodians/{int:custodian_id}/remove",
    response=MatterWhole,
    summary=gettext_noop("Remove a custodian"),
    operation_id="remove_custodian",
)
@only_for(lambda actor: may(actor, MANAGES_MATTERS))
def remove_custodian(request: HttpRequest, matter_id: UUID, custodian_id: int, body: Why):
    """The mail is closed to the members at once; holds stay as they are."""
    row = get_worked_on(request.user, matter_id)
    custodian = row.custodians.filter(pk=custodian_id).first()
    if custodian is None:
        raise NoSuchMatter
    matters.remove_custodian(actor=request.user, custodian=custodian, reason=body.reason)
    return _whole(request.user, row)


def _person(address: str) -> User:
    person = User.objects.filter(email__iexact=address.strip()).first()
    if person is None:
        raise MatterRefused(_("Nobody signs in with this address."))
    return person


def _proposal(matter: Matter, identifier: UUID) -> CustodianProposal:
    row = matter.proposals.select_related("approval", "matter").filter(pk=identifier).first()
    if row is None:
        raise NoSuchMatter
    return row


def _fields(actor: User, row: Matter) -> dict[str, object]:
    return {
        "id": row.pk,
        "reference": row.reference,
        "name": row.name,
        "state": row.state,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
        "member": is_member(actor, row),
    }


def _out(actor: User, row: Matter) -> MatterOut:
    return MatterOut(**_fields(actor, row))


def _whole(actor: User, row: Matter) -> MatterWhole:
    row = Matter.objects.get(pk=row.pk)
    members = row.members.filter(removed_at__isnull=True).select_related("user").order_by("user__email")
    custodians = row.custodians.filter(removed_at__isnull=True).order_by("address")
    return MatterWhole(
        **_fields(actor, row),
        description=row.description,
        members=[Member(address=one.user.email, role=one.user.role, added_at=one.added_at) for one in members],
        custodians=[
            Custodian(id=one.pk, address=one.address, name=one.name, added_at=one.added_at) for one in custodians
        ],
        awaited=[_awaited(one) for one in awaited(row, now=timezone.now())],
    )


def _awaited(row: CustodianProposal) -> Awaited:
    return Awaited(
        id=row.pk,
        address=row.address,
        name=row.name,
        approval=row.approval_id,
        approval_state=row.approval.state if row.approval else "",
    )
