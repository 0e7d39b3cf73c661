"""Count what a change of rules would do to all mail, before anybody may put it in force (ISO 15489; 5(1)(e) GDPR).

The counts of a draft, as JSON: {"as_of": day, "messages": n, "sooner": n, "later": n, "newly_due": n, "now": tally,
"proposed": tally, "changes": [{"before": outcome, "after": outcome, "count": n, "samples": [id]}]}; a tally is
{"by_outcome": {outcome: n}, "by_rule": {"id@version": n}}. Nothing else is changed by counting.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from archive.models import DraftState, Message, RuleChangeDraft
from archive.queries.facts import all_rules, day_of, facts_of, standing_holds
from archive.queries.reach import ids_in_order
from archive.queries.rules import digest_of_rules, rules_of
from muniment.errors import Refused
from muniment.policy.calendar import add_days
from muniment.policy.changes import may_shorten
from muniment.policy.decide import Outcome
from muniment.policy.facts import MessageFacts
from muniment.policy.rules import Rule
from muniment.policy.simulate import Simulation, Tally, simulate

LOST_AFTER: Final = timedelta(minutes=1)
_KEPT: Final = frozenset({Outcome.KEEP, Outcome.REVIEW})


def count(
    draft: RuleChangeDraft, *, now: datetime | None = None, progress: Callable[[int], None] = lambda _messages: None
) -> RuleChangeDraft:
    """Decide about every message under the rules as they are and as they would be; write the counts into the draft.

    Safe to repeat: the counts are of the last time. Raises `Refused` for a draft that is in force or withdrawn.
    """
    at = now or timezone.now()
    if draft.state not in {DraftState.COUNTING, DraftState.COUNTED}:
        raise Refused(_("This change has been put in force or withdrawn: there is nothing to count any more."))
    against, proposed, known = digest_of_rules(), rules_of(draft), all_rules()
    as_of = max(day_of(at), *(_takes_effect(rule) for rule in proposed))
    draft.total, draft.done = Message.objects.count(), 0
    found = simulate(_all_facts(draft, progress), known, (*known, *proposed), as_of, holds=standing_holds())
    draft.against, draft.counted_at, draft.state = against, at, DraftState.COUNTED
    draft.counts = _as_json(found, as_of)
    draft.done = draft.total = found.messages
    draft.shortens = any(may_shorten(rule, known) for rule in proposed) or _lets_go(found)
    draft.digest = digest_of(draft)
    draft.save()
    return draft


def uncounted(*, now: datetime | None = None) -> list[UUID]:
    """Return drafts whose counting was asked for a while ago and is not done: what the sweep queues."""
    since = (now or timezone.now()) - LOST_AFTER
    rows = RuleChangeDraft.objects.filter(state=DraftState.COUNTING, made_at__lt=since)
    return list(rows.values_list("id", flat=True))


def digest_of(draft: RuleChangeDraft) -> str:
    """Return what names the draft and what was counted: what a person saw, and what another approves."""
    seen = {"bodies": draft.bodies, "against": draft.against, "counts": draft.counts}
    text = json.dumps(seen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _takes_effect(rule: Rule) -> date:
    """Return the day from which the version changes anything: its first, or the one after its last."""
    return rule.valid_from if rule.valid_until is None else max(rule.valid_from, add_days(rule.valid_until, 1))


def _all_facts(draft: RuleChangeDraft, progress: Callable[[int], None]) -> Iterator[MessageFacts]:
    for chunk in ids_in_order(Message.objects.all()):
        yield from facts_of(chunk)
        draft.done += len(chunk)
        RuleChangeDraft.objects.filter(pk=draft.pk).update(done=draft.done, total=draft.total)
        progress(len(chunk))


def _lets_go(found: Simulation) -> bool:
    return any(change.before in _KEPT and change.after is Outcome.DUE for change in found.changes)


def _as_json(found: Simulation, as_of: date) -> dict[str, Any]:
    return {
        "as_of": as_of.isoformat(),
        "messages": found.messages,
        "sooner": found.sooner,
        "later": found.later,
        "newly_due": found.newly_due,
        "now": _tally(found.now),
        "proposed": _tally(found.proposed),
        "changes": [
            {
                "before": change.before.name,
                "after": change.after.name,
                "count": change.count,
                "samples": [str(message_id) for message_id in change.samples],
            }
            for change in found.changes
        ],
    }


def _tally(tally: Tally) -> dict[str, dict[str, int]]:
    return {
        "by_outcome": {outcome.name: number for outcome, number in tally.by_outcome.items()},
        "by_rule": dict(tally.by_rule),
    }
