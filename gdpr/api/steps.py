"""The steps of a request up to its located messages: identity, clock, person, search."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema, Status

from accounts.api.approvals import Because
from accounts.api.once import ONCE, once
from accounts.api.shapes import In
from accounts.views.refusals import only_for
from archive.wiring import archive
from gdpr.api.shapes import RequestWhole, handles, whole
from gdpr.models import IdentityMethod, RefusalGround, TermKind
from gdpr.services import answering, clocks, intake, locating, terms
from muniment.policy.request_clock import ExtensionGround

router = Router(tags=["requests"])


class Asked(In):
    reason: str = Field(min_length=1)
    asked_on: date | None = Field(None, description=gettext_noop("The day of the question; today, when left out."))


class Identified(In):
    method: IdentityMethod
    answered_on: date | None = Field(None, description=gettext_noop("The day of the answer; today, when left out."))


class Answered(In):
    answered_on: date | None = Field(None, description=gettext_noop("The day of the answer; today, when left out."))


class Extended(In):
    ground: ExtensionGround
    months: int = Field(ge=1, le=2)
    reason: str = Field(min_length=1)
    told_on: date | None = Field(
        None, description=gettext_noop("The day on which the person is told; today, when left out.")
    )


class Corrected(In):
    received_on: date
    reason: str = Field(min_length=1)


class Refused(In):
    ground: RefusalGround
    text: str = Field(min_length=1, description=gettext_noop("The reasons, for the person."))


class TermIn(In):
    kind: TermKind
    value: str = Field(min_length=1, max_length=500)


class TermsDecided(In):
    confirmed: list[int] = []
    refused: list[int] = []


class MentionsIn(In):
    search: bool
    reason: str = Field(min_length=1)


class Proposed(Schema):
    proposed: int


class Located(Schema):
    counts: dict[str, int] = Field(description=gettext_noop("How many messages, by how they concern the person."))
    everything: bool = Field(
        description=gettext_noop("Whether all mail was searched; else only what is granted to you.")
    )
    coverage: dict[str, int | bool]
    digest: str


def _step(address: str, summary: str, name: str, answer: object = RequestWhole):
    """Return the decorator of a step: for whoever handles requests."""

    def decorate(view):
        route = router.post(
            f"/requests/{{uuid:request_id}}/{address}", response=answer, summary=summary, operation_id=name
        )
        return route(only_for(handles)(view))

    return decorate


@_step("ask-identity", gettext_noop("Ask for proof of identity"), "ask_identity")
def ask_identity(request: HttpRequest, request_id: UUID, body: Asked):
    """The letter is written, and the clock pauses."""
    clocks.ask_identity(actor=request.user, request_id=request_id, **body.dict())
    return whole(request.user, request_id)


@_step("qualify", gettext_noop("Note how the person was identified"), "qualify_request")
def qualify(request: HttpRequest, request_id: UUID, body: Identified):
    """No document is kept."""
    clocks.qualify(actor=request.user, request_id=request_id, **body.dict())
    return whole(request.user, request_id)


@_step("ask-clarification", gettext_noop("Ask which data is meant"), "ask_clarification")
def ask_clarification(request: HttpRequest, request_id: UUID, body: Asked):
    """The letter is written, and the clock pauses."""
    clocks.ask_clarification(actor=request.user, request_id=request_id, **body.dict())
    return whole(request.user, request_id)


@_step("extend", gettext_noop("Take more time"), "extend_request")
def extend(request: HttpRequest, request_id: UUID, body: Extended):
    """One or two months; the notice is written."""
    clocks.extend(actor=request.user, request_id=request_id, **body.dict())
    return whole(request.user, request_id)


@_step("correct-receipt", gettext_noop("Set an earlier day of receipt"), "correct_receipt")
def correct_receipt(request: HttpRequest, request_id: UUID, body: Corrected):
    """A clock is never put forward."""
    intake.correct_receipt(actor=request.user, request_id=request_id, **body.dict())
    return whole(request.user, request_id)


@_step("withdraw", gettext_noop("Note that the person withdrew"), "withdraw_request")
def withdraw(request: HttpRequest, request_id: UUID, body: Because):
    """With how that is known."""
    intake.withdraw(actor=request.user, request_id=request_id, reason=body.reason)
    return whole(request.user, request_id)


@_step("refuse", gettext_noop("Refuse the request as a whole"), "refuse_request")
def refuse(request: HttpRequest, request_id: UUID, body: Refused):
    """The letter names the remedies."""
    answering.refuse(actor=request.user, request_id=request_id, ground=body.ground, text=body.text)
    return whole(request.user, request_id)


@_step("scope", gettext_noop("Begin to find the person"), "scope_request")
def scope(request: HttpRequest, request_id: UUID, body: Answered):
    """An open question is answered with that."""
    clocks.start_scoping(actor=request.user, request_id=request_id, answered_on=body.answered_on)
    return whole(request.user, request_id)


@_step("terms/propose", gettext_noop("Propose addresses and names"), "propose_terms", Proposed)
def propose_terms(request: HttpRequest, request_id: UUID):
    """What the archive knows for the same person."""
    return Proposed(proposed=terms.propose(actor=request.user, request_id=request_id))


@router.post(
    "/requests/{uuid:request_id}/terms",
    response={201: RequestWhole},
    summary=gettext_noop("Add a term of the person"),
    operation_id="add_term",
    openapi_extra=ONCE,
)
@only_for(handles)
def add_term(request: HttpRequest, request_id: UUID, body: TermIn):
    """It is confirmed with that."""
    once(request, lambda: terms.add(actor=request.user, request_id=request_id, **body.dict()).pk)
    return Status(201, whole(request.user, request_id))


@_step("terms/decide", gettext_noop("Say which terms are the person"), "decide_terms")
def decide_terms(request: HttpRequest, request_id: UUID, body: TermsDecided):
    """Each is confirmed or refused."""
    terms.decide(actor=request.user, request_id=request_id, confirmed=body.confirmed, refused=body.refused)
    return whole(request.user, request_id)


@_step("terms/approve", gettext_noop("Close the list of terms"), "approve_terms")
def approve_terms(request: HttpRequest, request_id: UUID):
    """Only confirmed terms are searched for."""
    terms.approve(actor=request.user, request_id=request_id)
    return whole(request.user, request_id)


@_step("terms/reconsider", gettext_noop("Go back to the terms"), "reconsider_terms")
def reconsider_terms(request: HttpRequest, request_id: UUID):
    """Messages are located again after that."""
    terms.reconsider(actor=request.user, request_id=request_id)
    return whole(request.user, request_id)


@_step("mentions", gettext_noop("Decide whether mentions are searched for"), "decide_mentions")
def decide_mentions(request: HttpRequest, request_id: UUID, body: MentionsIn):
    """Is a search in the mail of others itself proportionate?"""
    locating.decide_mentions(actor=request.user, request_id=request_id, search=body.search, reason=body.reason)
    return whole(request.user, request_id)


@_step("locate", gettext_noop("Locate the messages of the person"), "locate_messages", Located)
def locate(request: HttpRequest, request_id: UUID):
    """The list is frozen, with a proposal for each message."""
    report = locating.locate(actor=request.user, request_id=request_id, archive=archive())
    return Located(counts=report.counts, everything=report.everything, coverage=report.coverage, digest=report.digest)
