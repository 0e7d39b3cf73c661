"""The decision about one message of an erasure request (GDPR Article 17): erase, redact, restrict or refuse, and why.

In this order; the first that applies gives the outcome, and all that apply are told.

1. The message is not about the person: NOT_CONCERNED.
2. A hold stands, or another request restricts it: RESTRICT; the decision is taken again when that ends.
3. A duty to keep under Union or Member State law is in force: REFUSE, Article 17(3)(b).
4. The reviewer claims an exemption of Article 17(3): REFUSE.
5. Something may be argued (a limitation period, a third country's law, public archiving) and nobody weighed it: WEIGH.
6. Other people take part: what the reviewer chose; nothing yet: WEIGH.
7. Otherwise ERASE.

A decision is a proposal: a person approves it, and disposal reads holds again under lock before it acts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from muniment.ids import MessageId
from muniment.policy.decide import Decision, Policy, policy
from muniment.policy.erasure_request import (
    EUROPEAN_LAW,
    NOTHING_FOUND,
    ClaimedExemption,
    ErasureRequest,
    Exemption,
    Others,
    Review,
)
from muniment.policy.facts import SENDING_ROLES, MessageFacts, Role
from muniment.policy.holds import Hold
from muniment.policy.reasons import Held, Keeps, KeepsForEver, Reason, Restricted, WaitedTooLong, Waits
from muniment.policy.rules import Action, Force, Rule


class Concern(StrEnum):
    """How the message concerns the person (the classes of the CNIL)."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    MENTIONED = "mentioned"
    NONE = "none"


class ErasureOutcome(StrEnum):
    """What is proposed for the message."""

    ERASE = "erase"
    PARTIAL = "partial"  # redacted view; the original is restricted
    RESTRICT = "restrict"  # kept and restricted, decided again later
    REFUSE = "refuse"
    WEIGH = "weigh"  # a person must decide first
    NOT_CONCERNED = "not-concerned"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotConcerned:
    """Neither an address nor the review connects the message with the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyInForce:
    """A duty to keep under Union or Member State law; `until` None: no end can be told today."""

    rule: Rule
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MayBeArgued:
    """A rule that does not refuse by itself, but for which an exemption may be argued."""

    rule: Rule
    exemption: Exemption
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A person found that what may be argued does not prevail."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoGroundToRefuse:
    """A rule still keeps the message, but it is no law: it does not stand against the erasure."""

    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPeople:
    """Other people take part; `choice` is what was chosen for this message."""

    count: int
    choice: Others
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingAgainst:
    """Nothing stands against the erasure."""


ErasureReason = (
    NotConcerned
    | Held
    | Restricted
    | DutyInForce
    | ClaimedExemption
    | MayBeArgued
    | Weighed
    | NoGroundToRefuse
    | OtherPeople
    | NothingAgainst
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureDecision:
    """The proposal for one message, with all reasons and the retention decision it rests on."""

    message_id: MessageId
    decided_on: date
    outcome: ErasureOutcome
    concern: Concern
    reasons: tuple[ErasureReason, ...]
    reopen_on: date | None  # a refusal by duty: the day after its end, if that can be told
    reopens_on_release: bool  # kept only because of holds or other requests: decide again when they end
    retention: Decision


def decide_erasure(
    facts: MessageFacts,
    request: ErasureRequest,
    rules: Iterable[Rule],
    holds: Iterable[Hold],
    today: date,
    *,
    review: Review = NOTHING_FOUND,
) -> ErasureDecision:
    """Propose what to do with one message of a request; the request's own restriction does not stand against it."""
    return erasure_under(policy(rules=rules, holds=holds, today=today), facts, request, review=review)


def erasure_under(
    policy: Policy, facts: MessageFacts, request: ErasureRequest, *, review: Review = NOTHING_FOUND
) -> ErasureDecision:
    """Propose as `decide_erasure` does, under rules and holds that were prepared once for many messages."""
    retention = policy.decide(facts)
    concern = concern_of(facts, request, review)
    reasons = _reasons(facts, request, review, retention, concern)
    outcome = _outcome(reasons)
    duties = [reason.until for reason in reasons if isinstance(reason, DutyInForce)]
    ends = [until for until in duties if until is not None]
    refused_by_duty = outcome is ErasureOutcome.REFUSE and duties and len(ends) == len(duties)
    return ErasureDecision(
        message_id=facts.id,
        decided_on=policy.today,
        outcome=outcome,
        concern=concern,
        reasons=reasons,
        reopen_on=max(ends) + timedelta(days=1) if refused_by_duty else None,
        reopens_on_release=outcome is ErasureOutcome.RESTRICT,
        retention=retention,
    )


def concern_of(facts: MessageFacts, request: ErasureRequest, review: Review = NOTHING_FOUND) -> Concern:
    """Say how the message concerns the person: as sender, else as recipient or owner of a mailbox, else in words."""
    roles = {participant.role for participant in facts.participants if participant.address in request.addresses}
    if roles & (SENDING_ROLES | {Role.REPLY_TO}):
        return Concern.SENDER
    if roles or any(sighting.custodian in request.addresses for sighting in facts.sightings):
        return Concern.RECIPIENT
    return Concern.MENTIONED if review.mentioned else Concern.NONE


def _reasons(
    facts: MessageFacts, request: ErasureRequest, review: Review, retention: Decision, concern: Concern
) -> tuple[ErasureReason, ...]:
    found: list[ErasureReason] = [NotConcerned()] if concern is Concern.NONE else []
    for reason in retention.reasons:
        told = _against(reason, request)
        if told is not None:
            found.append(told)
    found.extend(review.exemptions)
    if review.weighed.strip():
        found.append(Weighed(text=review.weighed))
    others = _others(facts, request)
    if others:
        choice = request.default_others if review.others is Others.UNDECIDED else review.others
        found.append(OtherPeople(count=len(others), choice=choice, text=review.others_reason))
    return tuple(found) or (NothingAgainst(),)


def _against(
    reason: Reason, request: ErasureRequest
) -> Held | Restricted | DutyInForce | MayBeArgued | NoGroundToRefuse | None:
    """Return what a reason to keep means for an erasure; None for one that keeps nothing."""
    match reason:
        case Held():
            return reason
        case Restricted(request_id=request_id):
            return None if request_id == request.id else reason
        case Keeps(rule=rule, kept_through=until):
            return _law(rule, until)
        case KeepsForEver(rule=rule) | Waits(rule=rule) | WaitedTooLong(rule=rule):
            return _law(rule, None)
        case _:
            return None


def _law(rule: Rule, until: date | None) -> DutyInForce | MayBeArgued | NoGroundToRefuse:
    match rule.source.force:
        case Force.DUTY if rule.source.origin in EUROPEAN_LAW:
            return DutyInForce(rule=rule, until=until)
        case Force.DUTY | Force.CLAIMS:
            return MayBeArgued(rule=rule, exemption=Exemption.CLAIMS, until=until)
        case Force.LIMIT | Force.RECOMMENDATION | Force.POLICY:
            if rule.action is Action.KEEP_FOR_EVER:
                return MayBeArgued(rule=rule, exemption=Exemption.ARCHIVING, until=None)
            return NoGroundToRefuse(rule=rule)


def _others(facts: MessageFacts, request: ErasureRequest) -> frozenset[str]:
    addresses = {participant.address for participant in facts.participants if participant.address}
    addresses |= {sighting.custodian for sighting in facts.sightings if sighting.custodian}
    return frozenset(addresses - request.addresses)


def _outcome(reasons: tuple[ErasureReason, ...]) -> ErasureOutcome:
    kinds = {type(reason) for reason in reasons}
    if NotConcerned in kinds:
        return ErasureOutcome.NOT_CONCERNED
    if kinds & {Held, Restricted}:
        return ErasureOutcome.RESTRICT
    if kinds & {DutyInForce, ClaimedExemption}:
        return ErasureOutcome.REFUSE
    if MayBeArgued in kinds and Weighed not in kinds:
        return ErasureOutcome.WEIGH
    choices = [reason.choice for reason in reasons if isinstance(reason, OtherPeople)]
    return _CHOSEN[choices[0]] if choices else ErasureOutcome.ERASE


_CHOSEN = {
    Others.UNDECIDED: ErasureOutcome.WEIGH,
    Others.ERASE: ErasureOutcome.ERASE,
    Others.REDACT: ErasureOutcome.PARTIAL,
    Others.KEEP: ErasureOutcome.REFUSE,
}
