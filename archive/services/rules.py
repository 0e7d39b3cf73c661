"""Change retention rules: a draft, what it would do, the approval of a second person where it lets go sooner, in force.

    propose → (simulations.count) → ask_approval where it may shorten → put_in_force
                                  └▶ withdraw

Versions are never changed: a change is a next version, an end too. Each becomes an entry of the evidence log.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, Approval, TextKind, User
from accounts.permissions import APPROVES_DESTRUCTION
from accounts.services import approvals, audit
from archive.models import DraftState, RuleChangeDraft, RuleVersion
from archive.queries.facts import all_rules
from archive.queries.rules import digest_of_rules, rules_of
from archive.services import notes, simulations
from archive.services.governing import governing
from archive.services.permitted import Actor, person, require_retention
from muniment.errors import Refused
from muniment.ids import UuidSequence
from muniment.log.entries import RuleChange
from muniment.policy import france
from muniment.policy.calendar import CIVIL_YEAR, YearEnd
from muniment.policy.changes import latest_versions
from muniment.policy.coding import encode_rule
from muniment.policy.rules import Rule

APPROVAL_KIND: Final = "rule-change"
APPROVAL_TIME: Final = timedelta(days=14)
MAX_COUNT_AGE: Final = timedelta(days=7)  # older counts say little of the archive as it is: count again
MAX_REASON_CHARS: Final = 2_000
_RULES: Final = UUID("6d756e69-6d65-5e74-8000-72756c657300")  # namespace of the log's ids of rules
_IDS: Final = UuidSequence()


def log_id(rule_id: str) -> UUID:
    """Return the id by which the evidence log names a rule: a UUIDv5 of its own id."""
    return uuid5(_RULES, rule_id)


def propose(*, actor: Actor, rules: Sequence[Rule], reason: str, now: datetime | None = None) -> RuleChangeDraft:
    """Draft new versions; nothing changes yet, and `archive.services.simulations.count` comes next.

    Raises `Refused` without a reason, and for versions that do not follow those that are there.
    """
    require_retention(actor)
    if not reason.strip():
        raise Refused(_("Say why the rules change: the version carries the reason for ever."))
    _check_numbers(rules)
    at = now or timezone.now()
    with transaction.atomic():
        draft = RuleChangeDraft.objects.create(
            id=_IDS.next(),
            bodies=[encode_rule(rule).decode() for rule in rules],
            reason=reason[:MAX_REASON_CHARS],
            made_by=person(actor),
            made_at=at,
        )
        audit.record(
            actor=actor,
            action=Action.SIMULATED,
            objects=[f"rule-change:{draft.id}"],
            details={"versions": len(rules)},
            texts={TextKind.REASON: reason},
            now=at,
        )
    return draft


def ask_approval(*, actor: User, draft: RuleChangeDraft, reason: str = "", now: datetime | None = None) -> Approval:
    """Ask a second person to allow a draft as it was counted. Raises `Refused`."""
    require_retention(actor)
    at = now or timezone.now()
    _check_counted(draft, at)
    return approvals.ask(
        actor=actor,
        kind=APPROVAL_KIND,
        subject=str(draft.id),
        digest=draft.digest,
        reason=reason or draft.reason,
        may_approve=APPROVES_DESTRUCTION,
        expires_at=at + APPROVAL_TIME,
        now=at,
    )


def put_in_force(
    *, actor: Actor, draft: RuleChangeDraft, seen: str, now: datetime | None = None
) -> tuple[RuleVersion, ...]:
    """Make the versions of a draft; `seen` is the digest of the counts that the actor has looked at.

    Raises `Refused` when the counts are not those, are old, or the rules have changed since, and `ApprovalRefused`
    when mail may go sooner and nobody else has approved.
    """
    require_retention(actor)
    at = now or timezone.now()
    with governing():  # two changes at once would make the same version
        draft = RuleChangeDraft.objects.select_for_update().get(pk=draft.pk)
        _check_counted(draft, at)
        if seen != draft.digest:
            raise Refused(_("The counts have changed since you looked at them: look at them again, then decide."))
        rules = rules_of(draft)
        _check_numbers(rules)
        approved_by = None
        if draft.shortens:
            used = approvals.consume(
                actor=actor, kind=APPROVAL_KIND, subject=str(draft.id), digest=draft.digest, now=at
            )
            approved_by = used.decided_by
        rows = tuple(_make(rule, actor, draft.reason, at) for rule in rules)
        draft.state = DraftState.IN_FORCE
        draft.save(update_fields=["state"])
        counts = draft.counts or {}
        audit.record(
            actor=actor,
            action=Action.RULE_CHANGED,
            objects=[f"rule-change:{draft.id}", *(f"rule:{rule.label}" for rule in rules)],
            details={
                "versions": len(rows),
                "messages": counts.get("messages", 0),
                "sooner": counts.get("sooner", 0),
                "newly_due": counts.get("newly_due", 0),
                "approved_by": approved_by.pk if approved_by else 0,
            },
            texts={TextKind.REASON: draft.reason},
            now=at,
        )
    return rows


def withdraw(*, actor: Actor, draft: RuleChangeDraft, now: datetime | None = None) -> RuleChangeDraft:
    """Give a draft up. Raises `Refused` when it is in force."""
    require_retention(actor)
    with transaction.atomic():
        draft = RuleChangeDraft.objects.select_for_update().get(pk=draft.pk)
        if draft.state == DraftState.IN_FORCE:
            raise Refused(_("This change is in force: end or change the rule instead."))
        draft.state = DraftState.WITHDRAWN
        draft.save(update_fields=["state"])
        audit.record(
            actor=actor,
            action=Action.SIMULATED,
            objects=[f"rule-change:{draft.id}"],
            details={"withdrawn": True},
            now=now,
        )
    return draft


def save(*, actor: Actor, rule: Rule, reason: str, now: datetime | None = None) -> RuleVersion:
    """Propose one version, count what it would do, and put it in force at once.

    Raises `ApprovalRefused` when mail may go sooner: then go the way of `propose`, so that a second person can look.
    """
    return _at_once(actor, (rule,), reason, now)[0]


def end(*, actor: Actor, rule_id: str, last_day: date, reason: str, now: datetime | None = None) -> RuleVersion:
    """As `save`, with a next version of the rule that ends after `last_day`."""
    return save(actor=actor, rule=ending(rule_id, last_day=last_day), reason=reason, now=now)


def ending(rule_id: str, *, last_day: date) -> Rule:
    """Return the next version of a rule, which ends after `last_day`. Raises `Refused` where there is no such rule."""
    latest = latest_versions(all_rules()).get(rule_id)
    if latest is None:
        raise Refused(_("There is no rule %(id)s.") % {"id": rule_id})
    return replace(latest, version=latest.version + 1, valid_until=last_day)


def library(*, valid_from: date, year_end: YearEnd = CIVIL_YEAR) -> tuple[Rule, ...]:
    """Return the starter library for France."""
    return france.library(valid_from=valid_from, year_end=year_end)


def missing_of_library(*, valid_from: date, year_end: YearEnd = CIVIL_YEAR) -> tuple[Rule, ...]:
    """Return the rules of the starter library for France that the archive does not have, in any version."""
    known = latest_versions(all_rules())
    return tuple(rule for rule in france.library(valid_from=valid_from, year_end=year_end) if rule.id not in known)


def install_library(
    *, actor: Actor, valid_from: date, year_end: YearEnd = CIVIL_YEAR, now: datetime | None = None
) -> tuple[RuleVersion, ...]:
    """Install the starter library for France; rules that are there stay as they are. Return the versions made.

    Raises `ApprovalRefused` when these rules would let mail go sooner than rules in force.
    """
    require_retention(actor)
    missing = missing_of_library(valid_from=valid_from, year_end=year_end)
    return _at_once(actor, missing, "Starter library for France", now) if missing else ()


def _at_once(actor: Actor, rules: Sequence[Rule], reason: str, now: datetime | None) -> tuple[RuleVersion, ...]:
    draft = simulations.count(propose(actor=actor, rules=rules, reason=reason, now=now), now=now)
    return put_in_force(actor=actor, draft=draft, seen=draft.digest, now=now)


def _check_counted(draft: RuleChangeDraft, at: datetime) -> None:
    match DraftState(draft.state):
        case DraftState.COUNTING:
            raise Refused(_("What this change would do has not been counted yet: wait for the counts."))
        case DraftState.IN_FORCE:
            raise Refused(_("This change is in force already."))
        case DraftState.WITHDRAWN:
            raise Refused(_("This change was withdrawn: propose it anew."))
        case DraftState.COUNTED:
            pass
    if draft.against != digest_of_rules():
        raise Refused(_("Other rules have changed since this was counted: count again."))
    if draft.counted_at is None or at - draft.counted_at > MAX_COUNT_AGE:
        raise Refused(_("The counts are older than %(days)d days: count again.") % {"days": MAX_COUNT_AGE.days})


def _check_numbers(rules: Sequence[Rule]) -> None:
    """Refuse versions that are not the next ones, or would begin before the last one and so never count."""
    if not rules or len({rule.id for rule in rules}) < len(rules):
        raise Refused(_("A change of rules is of one or more rules, each once."))
    latest = latest_versions(all_rules())
    for rule in rules:
        before = latest.get(rule.id)
        expected = before.version + 1 if before else 1
        if rule.version != expected:
            raise Refused(
                _("The next version of rule %(id)s is %(expected)d, not %(given)d.")
                % {"id": rule.id, "expected": expected, "given": rule.version}
            )
        if before and rule.valid_from < before.valid_from:
            raise Refused(
                _("Rule %(id)s begins on %(day)s: its next version cannot begin before that.")
                % {"id": rule.id, "day": before.valid_from}
            )


def _make(rule: Rule, actor: Actor, reason: str, at: datetime) -> RuleVersion:
    body = encode_rule(rule)
    row = RuleVersion.objects.create(
        id=_IDS.next(),
        rule_id=rule.id,
        version=rule.version,
        body=body.decode(),
        digest=sha256(body).hexdigest(),
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        made_by=person(actor),
        made_at=at,
        reason=reason,
    )
    notes.write(
        lambda commitment: RuleChange(rule_id=log_id(rule.id), rule_version=rule.version, commitment=commitment),
        subject=f"rule:{rule.label}",
        document=row.body,
        at=at,
    )
    return row
