"""Retention rules: read, and changed by drafts that are counted, approved where mail may go sooner, put in force."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema, Status

from accounts.api.approvals import ApprovalOut, Why, shown
from accounts.api.once import ONCE, once
from accounts.api.problems import NotUnderstood
from accounts.api.shapes import In
from accounts.models import Approval, User
from accounts.views.refusals import only_for
from archive import tasks
from archive.api.permitted import manages_retention, reads_retention
from archive.models import DraftState, RuleChangeDraft
from archive.queries import rules as queries
from archive.queries.disposals import approvals_of
from archive.queries.facts import day_of
from archive.queueing import hint
from archive.services import rules as services
from archive.shown import language
from archive.views.rules import count_or_queue
from muniment.errors import Corrupt
from muniment.policy.coding import decode_rule, encode_rule
from muniment.policy.describe import describe_rule
from muniment.policy.rules import Rule

MAX_RULES = 100  # versions in one change

router = Router(tags=["retention"])


class RuleOut(Schema):
    """One version of a rule."""

    id: str
    version: int
    valid_from: date
    valid_until: date | None
    said: list[str] = Field(description=gettext_noop("The rule in sentences."))
    body: dict[str, Any] = Field(
        description=gettext_noop("The rule as it is stored: send the next version in the same form.")
    )


class RulesOut(Schema):
    in_force: list[RuleOut]
    dormant: list[RuleOut] = Field(description=gettext_noop("Rules that do not count today: ended, or to come."))


class Versions(Schema):
    items: list[RuleOut] = Field(description=gettext_noop("The newest first."))


class ChangeIn(In):
    rules: list[dict[str, Any]] = Field(
        min_length=1, max_length=MAX_RULES, description=gettext_noop("The next versions, as `body` has them.")
    )
    reason: str = Field(min_length=1, max_length=services.MAX_REASON_CHARS)


class LibraryIn(In):
    valid_from: date


class Seen(In):
    seen: str = Field(max_length=64, description=gettext_noop("The digest of the counts that you have looked at."))


class ChangeOut(Schema):
    """A change of rules that is proposed, and what it would do."""

    id: UUID
    state: DraftState
    reason: str
    made_by: str | None
    made_at: datetime
    rules: list[RuleOut]
    total: int
    done: int
    counts: dict[str, Any] | None
    shortens: bool = Field(description=gettext_noop("Whether mail may go sooner: then a second person has to approve."))
    digest: str
    approval: ApprovalOut | None


class Changes(Schema):
    items: list[ChangeOut]


@router.get("/retention/rules", response=RulesOut, summary=gettext_noop("List rules"), operation_id="list_rules")
@only_for(reads_retention)
def list_rules(request: HttpRequest):  # noqa: ARG001 - handed over by place and name
    found = queries.current(day_of(timezone.now()))
    return RulesOut(in_force=[_rule(one) for one in found.rules], dormant=[_rule(one) for one in found.dormant])


@router.get(
    "/retention/rules/{slug:rule_id}",
    response=Versions,
    summary=gettext_noop("The versions of a rule"),
    operation_id="get_rule",
)
@only_for(reads_retention)
def get_rule(request: HttpRequest, rule_id: str):  # noqa: ARG001
    return Versions(items=[_rule(rule) for _row, rule in queries.versions_of(rule_id)])


@router.get(
    "/retention/changes",
    response=Changes,
    summary=gettext_noop("List changes of rules that wait"),
    operation_id="list_rule_changes",
)
@only_for(reads_retention)
def list_rule_changes(request: HttpRequest):
    return Changes(items=[_change(request.user, row) for row in queries.open_drafts()])


@router.post(
    "/retention/changes",
    response={201: ChangeOut},
    summary=gettext_noop("Propose a change of rules"),
    operation_id="propose_rule_change",
    openapi_extra=ONCE,
)
@only_for(manages_retention)
def propose_rule_change(request: HttpRequest, body: ChangeIn):
    """Nothing changes yet: what it would do is counted first."""
    return Status(201, _proposed(request, [_decoded(one) for one in body.rules], body.reason))


@router.post(
    "/retention/library",
    response={201: ChangeOut},
    summary=gettext_noop("Propose the starter library for France"),
    operation_id="propose_library",
    openapi_extra=ONCE,
)
@only_for(manages_retention)
def propose_library(request: HttpRequest, body: LibraryIn):
    """Those of its rules that are not there, as a change that waits."""
    missing = services.missing_of_library(valid_from=body.valid_from)
    return Status(201, _proposed(request, list(missing), _("Starter library for France")))


@router.get(
    "/retention/changes/{uuid:draft_id}",
    response=ChangeOut,
    summary=gettext_noop("A change of rules and what it would do"),
    operation_id="get_rule_change",
)
@only_for(reads_retention)
def get_rule_change(request: HttpRequest, draft_id: UUID):
    return _change(request.user, queries.get_draft(draft_id))


@router.post(
    "/retention/changes/{uuid:draft_id}/count",
    response=ChangeOut,
    summary=gettext_noop("Count again"),
    operation_id="count_rule_change",
)
@only_for(manages_retention)
def count_rule_change(request: HttpRequest, draft_id: UUID):
    draft = queries.get_draft(draft_id)
    count_or_queue(draft)
    return _change(request.user, queries.get_draft(draft_id))


@router.post(
    "/retention/changes/{uuid:draft_id}/ask-approval",
    response={201: ApprovalOut},
    summary=gettext_noop("Ask for approval of a change of rules"),
    operation_id="ask_rule_change_approval",
    openapi_extra=ONCE,
)
@only_for(manages_retention)
def ask_rule_change_approval(request: HttpRequest, draft_id: UUID, body: Why):
    draft = queries.get_draft(draft_id)
    made = once(request, lambda: services.ask_approval(actor=request.user, draft=draft, reason=body.reason).pk)
    return Status(201, shown(Approval.objects.select_related("asked_by", "decided_by").get(pk=int(made)), request.user))


@router.post(
    "/retention/changes/{uuid:draft_id}/put-in-force",
    response=ChangeOut,
    summary=gettext_noop("Put a change of rules in force"),
    operation_id="put_rule_change_in_force",
)
@only_for(manages_retention)
def put_in_force(request: HttpRequest, draft_id: UUID, body: Seen):
    """As it was counted, and, where mail may go sooner, approved by a second person."""
    services.put_in_force(actor=request.user, draft=queries.get_draft(draft_id), seen=body.seen)
    hint(tasks.evaluate_retention, forced=True)
    return _change(request.user, queries.get_draft(draft_id))


@router.post(
    "/retention/changes/{uuid:draft_id}/withdraw",
    response=ChangeOut,
    summary=gettext_noop("Withdraw a change of rules"),
    operation_id="withdraw_rule_change",
)
@only_for(manages_retention)
def withdraw_rule_change(request: HttpRequest, draft_id: UUID):
    services.withdraw(actor=request.user, draft=queries.get_draft(draft_id))
    return _change(request.user, queries.get_draft(draft_id))


def _proposed(request: HttpRequest, rules: list[Rule], reason: str) -> ChangeOut:
    def make() -> UUID:
        draft = services.propose(actor=request.user, rules=rules, reason=reason)
        count_or_queue(draft)
        return draft.pk

    return _change(request.user, queries.get_draft(UUID(once(request, make))))


def _decoded(body: dict[str, Any]) -> Rule:
    try:
        return decode_rule(json.dumps(body).encode())
    except Corrupt as error:
        raise NotUnderstood(_("This is no rule as the archive stores them: %(why)s") % {"why": error}) from error


def _rule(rule: Rule) -> RuleOut:
    return RuleOut(
        id=rule.id,
        version=rule.version,
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        said=list(describe_rule(rule, language())),
        body=json.loads(encode_rule(rule)),
    )


def _change(actor: User, row: RuleChangeDraft) -> ChangeOut:
    approval = approvals_of([row.pk], kind=services.APPROVAL_KIND).get(row.pk)
    return ChangeOut(
        id=row.pk,
        state=row.state,
        reason=row.reason,
        made_by=row.made_by.email if row.made_by else None,
        made_at=row.made_at,
        rules=[_rule(one) for one in queries.rules_of(row)],
        total=row.total,
        done=row.done,
        counts=_without_samples(row.counts),
        shortens=row.shortens,
        digest=row.digest,
        approval=shown(approval, actor) if approval else None,
    )


def _without_samples(counts: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the counts without ids of messages, which may be beyond the caller's scope."""
    if counts is None:
        return None
    changes = [{name: value for name, value in one.items() if name != "samples"} for one in counts["changes"]]
    return counts | {"changes": changes}
