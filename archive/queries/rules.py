"""Reading retention rules: every version, those of a day, and drafts of changes. Rules name no mail: no scope here."""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet

from archive.models import DraftState, LogNote, RuleChangeDraft, RuleVersion
from archive.queries.facts import all_rules
from muniment.errors import Refused
from muniment.policy.coding import decode_rule
from muniment.policy.rules import InForce, Rule, in_force


class NoSuchRule(Refused):
    """There is no such rule, version or draft."""

    def __init__(self) -> None:
        super().__init__("There is no such rule here.")


def rules() -> tuple[Rule, ...]:
    """Return every version of every rule."""
    return tuple(all_rules())


def current(today: date) -> InForce:
    """Return the rules of a day, and those that do not count on it."""
    return in_force(all_rules(), today)


def versions_of(rule_id: str) -> list[tuple[RuleVersion, Rule]]:
    """Return the versions of one rule, the newest first; raise `NoSuchRule`."""
    rows = RuleVersion.objects.filter(rule_id=rule_id).select_related("made_by").order_by("-version")
    found = [(row, decode_rule(row.body.encode())) for row in rows]
    if not found:
        raise NoSuchRule
    return found


def log_indexes(rules: Iterable[Rule]) -> dict[str, int]:
    """Return the entries of the evidence log, by "id@version"; versions that are not logged yet are left out."""
    subjects = {f"rule:{rule.label}": rule.label for rule in rules}
    rows = LogNote.objects.filter(subject__in=subjects, log_index__isnull=False)
    return {subjects[subject]: index for subject, index in rows.values_list("subject", "log_index")}


def digest_of_rules() -> str:
    """Return what names the set of all versions: a draft counted against another set must be counted again."""
    digests = RuleVersion.objects.order_by("rule_id", "version").values_list("digest", flat=True)
    return sha256(b"".join(bytes.fromhex(digest) for digest in digests)).hexdigest()


def get_draft(draft_id: UUID) -> RuleChangeDraft:
    """Return a draft; raise `NoSuchRule`."""
    row = RuleChangeDraft.objects.select_related("made_by").filter(id=draft_id).first()
    if row is None:
        raise NoSuchRule
    return row


def open_drafts() -> QuerySet[RuleChangeDraft]:
    """Return the drafts that wait: to be counted, approved or put in force; the newest first."""
    rows = RuleChangeDraft.objects.filter(state__in=(DraftState.COUNTING, DraftState.COUNTED))
    return rows.select_related("made_by").order_by("-id")


def rules_of(draft: RuleChangeDraft) -> tuple[Rule, ...]:
    """Return the versions that a draft would make."""
    return decoded(draft.bodies)


def decoded(bodies: Sequence[str]) -> tuple[Rule, ...]:
    """Return rules from their canonical texts."""
    return tuple(decode_rule(body.encode()) for body in bodies)
