"""Pages of the retention rules: all of them, one with its versions, the form of a next version, the starter library."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.saying import said
from accounts.views.refusals import only_for
from archive import shown, tasks
from archive.forms import LibraryForm
from archive.models import Message, RuleChangeDraft, RuleVersion
from archive.queries import due
from archive.queries import rules as queries
from archive.queries.facts import day_of
from archive.queries.messages import NotFound
from archive.queries.rules import NoSuchRule
from archive.queueing import hint
from archive.rule_form import RuleForm, initial_of
from archive.services import rules as services
from archive.services import simulations
from archive.shown import RuleShown, rule_shown
from archive.views.retention import EVALUATED_AT_ONCE, frame, manages_retention, reads_retention
from muniment.errors import Refused
from muniment.policy.calendar import YearEnd
from muniment.policy.changes import latest_versions
from muniment.policy.rules import Rule, in_force


@only_for(reads_retention)
@require_safe
def rules_page(request: HttpRequest) -> HttpResponse:
    """Show the rules in force, those that are not, and the changes that wait."""
    found = queries.current(day_of(timezone.now()))
    counts = due.tally(request.user).by_rule
    today = day_of(timezone.now())
    context = {
        **frame(request, "rules"),
        "rules": [rule_shown(rule, state=shown.IN_FORCE, messages=counts.get(rule.label, 0)) for rule in found.rules],
        "dormant": [
            rule_shown(rule, state=shown.TO_COME if rule.valid_from > today else shown.ENDED) for rule in found.dormant
        ],
        "drafts": [
            (draft, shown.moment(draft.made_at), [rule.label for rule in queries.rules_of(draft)])
            for draft in queries.open_drafts()
        ],
    }
    return render(request, "archive/rules.html", context)


@only_for(reads_retention)
@require_safe
def rule_page(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show one rule with all its versions."""
    found = _versions(rule_id)
    today = day_of(timezone.now())
    counts = due.tally(request.user).by_rule
    current = in_force([rule for _row, rule in found], today).rules
    logged = queries.log_indexes(rule for _row, rule in found)
    versions = [
        (row, _version(rule, current, today, counts), shown.moment(row.made_at), logged.get(rule.label))
        for row, rule in found
    ]
    context = {
        **frame(request, "rules"),
        "versions": versions,
        "newest": versions[0][1],
        "has_ended": found[0][1].valid_until is not None and found[0][1].valid_until < today,
    }
    return render(request, "archive/rule.html", context)


@only_for(manages_retention)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """Write a new rule; what it would do is counted next."""
    today = day_of(timezone.now())
    form = RuleForm(request.POST or None, initial={"valid_from": today, "joint": "all", "fact1": "label", "years": 5})
    return _proposed(request, form)


@only_for(manages_retention)
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Write the next version of a rule, or its end; what it would do is counted next."""
    (_row, latest), *_older = _versions(rule_id)
    today = day_of(timezone.now())
    initial = initial_of(latest, valid_from=today)
    if request.POST.get("act") == "end":
        ending = replace(latest, version=latest.version + 1, valid_until=max(today, latest.valid_from))
        answer = _draft(request, [ending], request.POST.get("reason", ""))
        return answer or _form_page(request, RuleForm(before=latest, initial=initial), wrong=_("Say why it ends."))
    return _proposed(request, RuleForm(request.POST or None, before=latest, initial=initial))


@only_for(reads_retention)
@require_http_methods(["GET", "HEAD", "POST"])
def library_page(request: HttpRequest) -> HttpResponse:
    """Show the starter library for France with its sources; draft those of its rules that are not there."""
    today = day_of(timezone.now())
    form = LibraryForm(request.POST or None, initial={"valid_from": today, "year_end": 12})
    if request.method == "POST" and manages_retention(request.user) and form.is_valid():
        year_end = YearEnd(month=int(form.cleaned_data["year_end"]), day=31)
        missing = services.missing_of_library(valid_from=form.cleaned_data["valid_from"], year_end=year_end)
        if not missing:
            messages.info(request, _("Every rule of the library is there already."))
            return HttpResponseRedirect(reverse("retention-rules"))
        answer = _draft(request, missing, _("Starter library for France"))
        if answer is not None:
            return answer
    missing_ids = {rule.id for rule in services.missing_of_library(valid_from=today)}
    context = {
        **frame(request, "rules"),
        "form": form,
        "rules": [(rule_shown(rule), rule.id not in missing_ids) for rule in services.library(valid_from=today)],
        "missing": len(missing_ids),
    }
    return render(request, "archive/library.html", context, status=400 if form.errors else 200)


def count_or_queue(draft: RuleChangeDraft) -> None:
    """Count at once where there is little mail, else by the queue."""
    if Message.objects.count() <= EVALUATED_AT_ONCE:
        simulations.count(draft)
    else:
        hint(tasks.count_rule_change, str(draft.id))


def _proposed(request: HttpRequest, form: RuleForm) -> HttpResponse:
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form)
    rule: Rule = form.cleaned_data["rule"]
    if form.before is None and rule.id in latest_versions(queries.rules()):
        form.add_error("id", _("There is a rule of this id already: change that one, or choose another id."))
        return _form_page(request, form)
    answer = _draft(request, [rule], form.cleaned_data["reason"], form)
    return answer or _form_page(request, form)


def _draft(
    request: HttpRequest, rules: list[Rule] | tuple[Rule, ...], reason: str, form: RuleForm | None = None
) -> HttpResponse | None:
    """Make the draft and lead to its page; None where it was refused and the reason is said."""
    try:
        draft = services.propose(actor=request.user, rules=rules, reason=reason)
    except Refused as error:
        if form is not None:
            form.add_error(None, said(error))
        else:
            messages.error(request, said(error))
        return None
    count_or_queue(draft)
    return HttpResponseRedirect(reverse("retention-change", args=[draft.id]))


def _form_page(request: HttpRequest, form: RuleForm, *, wrong: str = "") -> HttpResponse:
    context = {**frame(request, "rules"), "form": form, "before": form.before, "wrong": wrong}
    return render(request, "archive/rule_form.html", context, status=400 if form.errors or wrong else 200)


def _versions(rule_id: str) -> list[tuple[RuleVersion, Rule]]:
    try:
        return queries.versions_of(rule_id)
    except NoSuchRule as error:
        raise NotFound from error


def _version(rule: Rule, current: tuple[Rule, ...], today, counts: dict[str, int]) -> RuleShown:
    if rule in current:
        return rule_shown(rule, state=shown.IN_FORCE, messages=counts.get(rule.label, 0))
    if rule.valid_from > today:
        return rule_shown(rule, state=shown.TO_COME)
    ended = rule.valid_until is not None and rule.valid_until < today
    return rule_shown(rule, state=shown.ENDED if ended else shown.REPLACED)
