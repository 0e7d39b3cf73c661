"""Retention in the words of the pages: outcomes, rules, counts, changes. Templates compute nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, cast

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.dates import written
from archive.models import RuleChangeDraft
from muniment.policy.decide import Outcome
from muniment.policy.describe import describe_rule
from muniment.policy.reasons import Phase
from muniment.policy.rules import Checked, Force, Origin, Rule
from muniment.policy.words import Language

Word = Promise | str

OUTCOMES: Final[dict[Outcome, Word]] = {
    Outcome.DUE: _lazy("due for disposal"),
    Outcome.REVIEW: _lazy("to be reviewed by a person"),
    Outcome.KEEP: _lazy("kept"),
    Outcome.HELD: _lazy("on legal hold"),
    Outcome.NO_RULE: _lazy("kept: no rule speaks of it"),
}
MEANINGS: Final[dict[Outcome, Word]] = {
    Outcome.DUE: _lazy("Every term has ended. It goes only when a list is proposed, approved and executed."),
    Outcome.REVIEW: _lazy("The term has ended, and a person must decide: keep it longer, or let it go."),
    Outcome.KEEP: _lazy("A rule, a restriction or a person’s decision keeps it."),
    Outcome.HELD: _lazy("A legal hold covers it: it cannot be destroyed, whatever the rules say."),
    Outcome.NO_RULE: _lazy("What no rule covers is kept. Give it a label, or write a rule."),
}
FORCES: Final[dict[Force, Word]] = {
    Force.DUTY: _lazy("legal duty to keep"),
    Force.CLAIMS: _lazy("limitation period: one may keep that long"),
    Force.LIMIT: _lazy("upper limit set by law"),
    Force.RECOMMENDATION: _lazy("recommendation of an authority"),
    Force.POLICY: _lazy("own policy"),
}
ORIGINS: Final[dict[Origin, Word]] = {
    Origin.NONE: _lazy("no law"),
    Origin.MEMBER_STATE: _lazy("law of a Member State, such as France"),
    Origin.UNION: _lazy("law of the European Union"),
    Origin.THIRD_COUNTRY: _lazy("law of a third country"),
}
CHECKED: Final[dict[Checked, Word]] = {
    Checked.TEXT: _lazy("the wording was read"),
    Checked.EXCERPT: _lazy("read in an excerpt or a summary"),
    Checked.RECALLED: _lazy("from memory: check before relying on it"),
    Checked.OWN: _lazy("nothing to check: own choice"),
}
PHASES: Final[dict[Phase, Word]] = {
    Phase.ACTIVE: _lazy("active store"),
    Phase.INTERMEDIATE: _lazy("intermediate archiving"),
    Phase.DEFINITIVE: _lazy("permanent archiving"),
}
IN_FORCE: Final = pgettext_lazy("rule", "in force")
TO_COME: Final = pgettext_lazy("rule", "to come")
ENDED: Final = pgettext_lazy("rule", "ended")
REPLACED: Final = pgettext_lazy("rule", "replaced")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShown:
    """One version of a rule on a page."""

    id: str
    label: str
    version: int
    name: str
    sentences: tuple[str, ...]
    citation: str
    force: Word
    checked: Word
    needs_check: bool
    priority: int
    begins: str
    ends: str
    state: Word
    messages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeShown:
    """How many messages have an outcome, and what that means."""

    code: str
    name: Word
    meaning: Word
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyRow:
    """One line of the counts of a change: now, and as proposed."""

    name: Word
    now: int
    proposed: int
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """Messages whose outcome a change would alter in the same way."""

    before: Word
    after: Word
    number: int
    samples: tuple[str, ...]
    is_destructive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsShown:
    """What a change of rules would do."""

    as_of: str
    messages: int
    sooner: int
    later: int
    newly_due: int
    outcomes: tuple[TallyRow, ...]
    rules: tuple[TallyRow, ...]
    changes: tuple[ChangeRow, ...]


def language() -> Language:
    """Return the language of the page."""
    return "fr" if (get_language() or "").startswith("fr") else "en"


def day(value: date | None) -> str:
    """Write a day; "" for none."""
    return written(value, _("j M Y")) if value else ""


def moment(at: datetime | None) -> str:
    """Write a time to the minute, in UTC; "" for none."""
    return f"{written(at.astimezone(UTC), _('j M Y, H:i'))} UTC" if at else ""


def rule_shown(rule: Rule, *, state: Word = "", messages: int | None = None) -> RuleShown:
    """Say what a version of a rule does."""
    return RuleShown(
        id=rule.id,
        label=rule.label,
        version=rule.version,
        name=rule.name.to(language()),
        sentences=describe_rule(rule, language()),
        citation=rule.source.citation,
        force=FORCES[rule.source.force],
        checked=CHECKED[rule.source.checked],
        needs_check=rule.source.checked in {Checked.RECALLED, Checked.EXCERPT},
        priority=rule.priority,
        begins=day(rule.valid_from),
        ends=day(rule.valid_until),
        state=state,
        messages=messages,
    )


def outcomes_shown(by_outcome: Mapping[Outcome, int]) -> tuple[OutcomeShown, ...]:
    """Return the counts in the order of the page."""
    return tuple(
        OutcomeShown(code=code_of(outcome), name=name, meaning=MEANINGS[outcome], number=by_outcome[outcome])
        for outcome, name in OUTCOMES.items()
    )


def code_of(outcome: Outcome) -> str:
    """Return how addresses name an outcome."""
    return outcome.name.lower().replace("_", "-")


def outcome_of(code: str, *, default: Outcome = Outcome.DUE) -> Outcome:
    """Return the outcome that an address names."""
    return next((outcome for outcome in Outcome if code_of(outcome) == code), default)


def counts_shown(draft: RuleChangeDraft, visible: frozenset[str]) -> CountsShown | None:
    """Say what a draft would do; of its samples those that the reader may see. None until it is counted."""
    if draft.counts is None:
        return None
    counts = cast("dict[str, Any]", draft.counts)
    now, proposed = counts["now"], counts["proposed"]
    return CountsShown(
        as_of=day(date.fromisoformat(counts["as_of"])),
        messages=counts["messages"],
        sooner=counts["sooner"],
        later=counts["later"],
        newly_due=counts["newly_due"],
        outcomes=tuple(
            _tally_row(name, now["by_outcome"][outcome.name], proposed["by_outcome"][outcome.name])
            for outcome, name in OUTCOMES.items()
        ),
        rules=tuple(
            _tally_row(label, now["by_rule"].get(label, 0), proposed["by_rule"].get(label, 0))
            for label in sorted({*now["by_rule"], *proposed["by_rule"]})
            if now["by_rule"].get(label, 0) != proposed["by_rule"].get(label, 0)
        ),
        changes=tuple(_change_row(change, visible) for change in counts["changes"]),
    )


def sample_ids(draft: RuleChangeDraft) -> list[str]:
    """Return the ids of the messages that a draft names as samples."""
    changes = (draft.counts or {}).get("changes", [])
    return [one for change in changes for one in change["samples"]]


def _tally_row(name: Word, now: int, proposed: int) -> TallyRow:
    difference = proposed - now
    return TallyRow(name=name, now=now, proposed=proposed, difference=f"{difference:+d}" if difference else "0")


def _change_row(change: Mapping[str, Any], visible: frozenset[str]) -> ChangeRow:
    before, after = Outcome[change["before"]], Outcome[change["after"]]
    return ChangeRow(
        before=OUTCOMES[before],
        after=OUTCOMES[after],
        number=change["count"],
        samples=tuple(one for one in change["samples"] if one in visible),
        is_destructive=after is Outcome.DUE,
    )
