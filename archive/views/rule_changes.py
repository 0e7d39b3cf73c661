"""The page of a change of rules: what it would do, who has to agree, and the act that puts it in force."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import APPROVES_DESTRUCTION
from accounts.saying import said
from accounts.views.refusals import only_for
from archive import shown, tasks
from archive.models import DraftState, RuleChangeDraft
from archive.queries import rules as queries
from archive.queries.disposals import approvals_of, awaited, stands
from archive.queries.messages import NotFound, visible_rows
from archive.queries.rules import NoSuchRule
from archive.queueing import hint
from archive.services import rules as services
from archive.views.retention import frame, manages_retention, reads_retention
from archive.views.rules import count_or_queue
from muniment.errors import Refused
from muniment.policy.changes import latest_versions


@only_for(reads_retention)
@require_safe
def change_page(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show a change of rules with what it would do to the mail that is there."""
    return _page(request, _draft(draft_id))


@only_for(manages_retention)
@require_POST
def act(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Count again, ask for approval, put in force, or withdraw."""
    draft = _draft(draft_id)
    acts = {"count": _count, "ask": _ask, "put-in-force": _put_in_force, "withdraw": _withdraw}
    chosen = acts.get(request.POST.get("act", ""))
    if chosen is None:
        return _page(request, draft, wrong=_("Choose what to do."), status=400)
    try:
        return HttpResponseRedirect(chosen(request, draft))
    except Refused as error:
        return _page(request, _draft(draft_id), wrong=said(error), status=409)


def _count(_request: HttpRequest, draft: RuleChangeDraft) -> str:
    count_or_queue(draft)
    return reverse("retention-change", args=[draft.id])


def _ask(request: HttpRequest, draft: RuleChangeDraft) -> str:
    services.ask_approval(actor=request.user, draft=draft)
    messages.success(request, _("A second person can approve it now."))
    return reverse("retention-change", args=[draft.id])


def _put_in_force(request: HttpRequest, draft: RuleChangeDraft) -> str:
    services.put_in_force(actor=request.user, draft=draft, seen=request.POST.get("seen", ""))
    hint(tasks.evaluate_retention, forced=True)
    messages.success(request, _("The change is recorded. All mail is being looked at again under the new rules."))
    return reverse("retention-rules")


def _withdraw(request: HttpRequest, draft: RuleChangeDraft) -> str:
    services.withdraw(actor=request.user, draft=draft)
    messages.success(request, _("Withdrawn. Nothing has changed."))
    return reverse("retention-rules")


def _page(request: HttpRequest, draft: RuleChangeDraft, *, wrong: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    approval = approvals_of([draft.id], kind=services.APPROVAL_KIND).get(draft.id)
    latest = latest_versions(queries.rules())
    seen = visible_rows(request.user, [UUID(one) for one in shown.sample_ids(draft)])
    is_counted = draft.state == DraftState.COUNTED
    is_current = draft.against == queries.digest_of_rules()
    context = {
        **frame(request, "rules"),
        "draft": draft,
        "made": shown.moment(draft.made_at),
        "counted": shown.moment(draft.counted_at),
        "rules": [
            (shown.rule_shown(rule), shown.rule_shown(latest[rule.id]) if rule.id in latest else None)
            for rule in queries.rules_of(draft)
        ],
        "counts": shown.counts_shown(draft, frozenset(map(str, seen))),
        "approval": approval,
        "is_approved": stands(approval, draft.digest, now),
        "is_awaited": awaited(approval, now),
        "is_counting": draft.state == DraftState.COUNTING,
        "is_open": is_counted,
        "is_current": is_current,
        "is_done": draft.state == DraftState.IN_FORCE,
        "approvers": [Role(role).label for role in sorted(APPROVES_DESTRUCTION)],
        "wrong": wrong,
    }
    return render(request, "archive/rule_change.html", context, status=status)


def _draft(draft_id: UUID) -> RuleChangeDraft:
    try:
        return queries.get_draft(draft_id)
    except NoSuchRule as error:
        raise NotFound from error
