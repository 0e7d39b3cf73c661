"""Decide about located messages: one by one or a class at once, each with its reason, and freeze the list.

The policy has the last word on an erasure: nobody can choose to erase what a hold, another request or a law keeps, nor
to keep what nothing keeps. What a bulk decision cannot be applied to stays undecided, and is told.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, User
from gdpr.models import Choice, Code, Concern, LocatedItem, Request, Right
from gdpr.queries.located import messages_of
from gdpr.services.acting import Act, acting, move, record
from gdpr.services.proposing import FOR_OTHERS, Proposer, review_for, write
from gdpr.services.storing import save_alike
from gdpr.states import NotAllowed, State
from muniment.policy.erasure import DutyInForce, ErasureDecision, ErasureOutcome

MAX_REASON_CHARS: Final = 2_000
OF_ACCESS: Final = frozenset({Choice.RELEASE, Choice.WITHHOLD, Choice.UNRELATED})
OF_ERASURE: Final = frozenset({Choice.ERASE, Choice.KEEP, Choice.RESTRICT, Choice.UNRELATED})
CODES_OF_ACCESS: Final = FOR_OTHERS
CODES_OF_ERASURE: Final = frozenset(Code)
_FIELDS: Final = ("choice", "code", "reason", "chosen_by", "chosen_at", "proposal", "reasons", "others")
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How many messages took a decision, and why others did not."""

    taken: int
    refused: Mapping[str, int]  # sentence → messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Whether the list was frozen; `changed` messages came back because what stands about them has changed."""

    sealed: bool
    changed: int = 0


def decide(
    *,
    actor: User,
    request_id: UUID,
    choice: Choice,
    reason: str,
    code: Code | None = None,
    item_ids: Collection[int] | None = None,
    concern: Concern | None = None,
    now: datetime | None = None,
) -> Decided:
    """Decide about the items of these ids, or about all of a class that are undecided."""
    at = now or timezone.now()
    choice, code = Choice(choice), Code(code) if code else None
    if not reason.strip():
        raise NotAllowed(_("A decision needs its reason: the person is told, and an authority may ask."))
    if (item_ids is None) == (concern is None):
        raise NotAllowed(_("Name messages, or a class of them."))
    with acting(actor, request_id, State.REVIEW) as request:
        _check_choice(Right(request.right), choice, code)
        items = _chosen(request, item_ids, concern)
        said = {"choice": choice, "code": code, "reason": reason[:MAX_REASON_CHARS]}
        taken, refused = _apply(request, items, **said, today=timezone.localdate(at))
        for item in taken:
            item.chosen_by, item.chosen_at = actor, at
        save_alike(taken, _FIELDS)
        details = {"choice": choice.value, "code": code.value if code else "", "messages": len(taken)}
        record(actor, request, Act.DECIDED, at=at, reason=reason, details=details)
    return Decided(taken=len(taken), refused=refused)


def check(*, actor: User, request_id: UUID, now: datetime | None = None) -> Request:
    """End the review: every message is decided, and so is whether mentions are searched for."""
    at = now or timezone.now()
    with acting(actor, request_id, State.REVIEW) as request:
        if request.mentions is None:
            raise NotAllowed(_("Decide first whether mail of others is searched for mentions, and locate again."))
        undecided = request.items.filter(carried_out="", choice="").count()
        if undecided:
            text = _("%(count)d messages are undecided: each needs a decision with its reason.")
            raise NotAllowed(text % {"count": undecided})
        came_from = move(request, State.LEGAL_CHECK)
        record(actor, request, Act.MOVED, at=at, came_from=came_from)
    return request


def settle(*, actor: User, request_id: UUID, now: datetime | None = None) -> Settled:
    """Ask rules and holds of today about every decision, and freeze the list; what has changed goes back to review."""
    at = now or timezone.now()
    with acting(actor, request_id, State.LEGAL_CHECK) as request:
        _note_gone(request)
        changed = _changed(request, timezone.localdate(at)) if request.right == Right.ERASURE else []
        if changed:
            for item in changed:
                item.choice = item.code = item.reason = ""
            save_alike(changed, _FIELDS)
            came_from = move(request, State.REVIEW)
            record(actor, request, Act.MOVED, at=at, came_from=came_from, details={"changed": len(changed)})
            return Settled(sealed=False, changed=len(changed))
        request.seal, request.sealed_at, request.decided_at = seal_of(request), at, at
        came_from = move(request, State.APPROVAL, fields=("seal", "sealed_at", "decided_at"))
        counts = Counter(request.items.filter(carried_out="").values_list("choice", flat=True))
        record(
            actor,
            request,
            Act.SEALED,
            at=at,
            came_from=came_from,
            action=Action.REQUEST_DECIDED,
            details={"seal": request.seal, **{name: count for name, count in sorted(counts.items()) if name}},
        )
    return Settled(sealed=True)


def back_to_review(*, actor: User, request_id: UUID, reason: str, now: datetime | None = None) -> Request:
    """Open the decisions again before the list is frozen."""
    at = now or timezone.now()
    with acting(actor, request_id, State.LEGAL_CHECK) as request:
        came_from = move(request, State.REVIEW)
        record(actor, request, Act.MOVED, at=at, came_from=came_from, reason=reason)
    return request


def seal_of(request: Request) -> str:
    """Return the digest of the frozen list: every message of this round with its decision, in order."""
    digest = sha256(json.dumps([request.number, str(request.right)]).encode())
    rows = request.items.filter(carried_out="").order_by("sighting_id")
    for row in rows.values_list("sighting_id", "concern", "choice", "code").iterator():
        digest.update(json.dumps([str(value) for value in row]).encode())
    return digest.hexdigest()


def _check_choice(right: Right, choice: Choice, code: Code | None) -> None:
    if choice not in (OF_ACCESS if right is Right.ACCESS else OF_ERASURE):
        raise NotAllowed(_("“%(choice)s” is no decision about this right.") % {"choice": choice.label})
    codes = CODES_OF_ACCESS if right is Right.ACCESS else CODES_OF_ERASURE
    needs = choice in {Choice.WITHHOLD, Choice.KEEP}
    if needs and code not in codes:
        raise NotAllowed(_("Choose the ground on which the message is withheld or kept."))
    if not needs and code is not None:
        raise NotAllowed(_("A ground belongs to messages that are withheld or kept."))


def _chosen(request: Request, item_ids: Collection[int] | None, concern: Concern | None) -> list[LocatedItem]:
    items = request.items.filter(carried_out="").order_by("pk")
    if item_ids is not None:
        return list(items.filter(pk__in=list(item_ids)))
    return list(items.filter(concern=concern, choice=""))


def _apply(
    request: Request, items: list[LocatedItem], *, choice: Choice, code: Code | None, reason: str, today: date
) -> tuple[list[LocatedItem], dict[str, int]]:
    """Set the decision on the items that can take it; return those, and why others cannot."""
    taken: list[LocatedItem] = []
    refused: Counter[str] = Counter()
    _follow(items)
    theirs = [item for item in items if choice is Choice.UNRELATED and item.concern != Concern.MENTIONED]
    if theirs:
        return [], {_("The person is sender or recipient: such a message is about them."): len(theirs)}
    if request.right == Right.ACCESS or choice is Choice.UNRELATED:
        taken = items
    else:
        proposer = Proposer(request, today=today)
        for item, decision in proposer.decisions(items, lambda item: review_for(item, choice, code, reason)):
            why = _why_not(choice, code, decision)
            if why:
                refused[why] += 1
                continue
            write(item, decision)
            taken.append(item)
        gone = len(items) - len(taken) - sum(refused.values())
        refused.update({_("It is not in the archive any more: locate the messages again."): gone} if gone else {})
    for item in taken:
        item.choice, item.code, item.reason = choice.value, code.value if code else "", reason
    return taken, dict(refused)


def _follow(items: list[LocatedItem]) -> None:
    """Note the ids that the messages of the items have now."""
    belongs = messages_of([item.sighting_id for item in items])
    moved = [item for item in items if belongs.get(item.sighting_id, item.message_id) != item.message_id]
    for item in moved:
        item.message_id = belongs[item.sighting_id]
    save_alike(moved, ("message_id",))


def _why_not(choice: Choice, code: Code | None, decision: ErasureDecision) -> str:
    """Return why the policy does not allow a choice; "" when it does."""
    outcome = decision.outcome
    match choice:
        case Choice.ERASE if outcome is ErasureOutcome.RESTRICT:
            return _("A hold or another request stands: it can only be restricted for the present.")
        case Choice.ERASE if outcome is not ErasureOutcome.ERASE:
            return _("A law obliges to keep it.")
        case Choice.RESTRICT if outcome is not ErasureOutcome.RESTRICT:
            return _("No hold and no other request stands against its erasure: erase it, or keep it on a ground.")
        case Choice.KEEP if outcome is ErasureOutcome.RESTRICT:
            return _("A hold or another request stands: it is restricted, and decided again when that ends.")
        case Choice.KEEP if code is Code.DUTY and not any(isinstance(one, DutyInForce) for one in decision.reasons):
            return _("No rule in force names a duty under Union or Member State law to keep it.")
        case Choice.KEEP if outcome is not ErasureOutcome.REFUSE:
            return _("Nobody else takes part in it: it cannot be kept for the sake of others.")
        case _:
            return ""


def _note_gone(request: Request) -> None:
    """Set apart what left the archive since it was located, such as by a disposal: there is nothing to do with it."""
    items = {item.sighting_id: item for item in request.items.filter(carried_out="")}
    gone = [items[one].pk for one in items.keys() - messages_of(items).keys()]
    for start in range(0, len(gone), _CHUNK):
        LocatedItem.objects.filter(pk__in=gone[start : start + _CHUNK]).update(carried_out="gone")


def _changed(request: Request, today: date) -> list[LocatedItem]:
    """Return the decided items whose choice the policy of today does not allow any more, with its new proposal."""
    proposer = Proposer(request, today=today)
    items = list(request.items.filter(carried_out="").exclude(choice=Choice.UNRELATED).order_by("pk"))
    _follow(items)
    changed = []
    for item, decision in proposer.decisions(items):
        if _why_not(Choice(item.choice), Code(item.code) if item.code else None, decision):
            write(item, decision)
            changed.append(item)
    return changed
