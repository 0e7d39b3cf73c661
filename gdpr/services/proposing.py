"""What is proposed about each message of an erasure under the rules and holds of the day, with reasons in words."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final

from archive.queries.facts import facts_of, policy_on
from gdpr.models import Choice, Code, Concern, LocatedItem, Request, TermKind, TermState
from gdpr.services.storing import save_alike
from muniment.policy.erasure import ErasureDecision, OtherPeople, erasure_under
from muniment.policy.erasure_request import (
    NOTHING_FOUND,
    ClaimedExemption,
    ErasureRequest,
    Exemption,
    Ground,
    Others,
    Review,
)
from muniment.policy.explain_erasure import explain_erasure

EXEMPTIONS: Final = {
    Code.EXPRESSION: Exemption.EXPRESSION,
    Code.HEALTH: Exemption.PUBLIC_HEALTH,
    Code.ARCHIVING: Exemption.ARCHIVING,
    Code.CLAIMS: Exemption.CLAIMS,
}
FOR_OTHERS: Final = frozenset(
    {Code.OTHERS, Code.SECRECY, Code.TRADE, Code.PROPERTY, Code.PRIVILEGE, Code.SECURITY, Code.INVESTIGATION}
)


class Proposer:
    """Decides about messages of one request on one day."""

    def __init__(self, request: Request, *, today: date) -> None:
        self._policy = policy_on(today)
        addresses = request.terms.filter(state=TermState.CONFIRMED, kind=TermKind.ADDRESS)
        self._request = ErasureRequest(
            id=str(request.id),
            addresses=frozenset(addresses.values_list("value", flat=True)),
            grounds=frozenset(Ground(letter) for letter in request.grounds),
        )

    def decisions(
        self, items: Iterable[LocatedItem], reviews: Callable[[LocatedItem], Review] | None = None
    ) -> Iterator[tuple[LocatedItem, ErasureDecision]]:
        """Yield items with the decision that their review (their present choice) leads to; leave out what is gone."""
        by_message = {item.message_id: item for item in items}
        for facts in facts_of(by_message):
            item = by_message[facts.id]
            review = (reviews or review_of)(item)
            yield item, erasure_under(self._policy, facts, self._request, review=review)


def review_of(item: LocatedItem) -> Review:
    """Return what the reviewer's present choice is to the policy."""
    return review_for(item, Choice(item.choice) if item.choice else None, Code(item.code) if item.code else None)


def review_for(item: LocatedItem, choice: Choice | None, code: Code | None, reason: str = "") -> Review:
    """Return what a choice about an item is to the policy: a mention counts until somebody says that it is none."""
    mentioned = item.concern == Concern.MENTIONED and choice is not Choice.UNRELATED
    text = reason or item.reason or "-"
    if choice is Choice.ERASE:
        return Review(mentioned=mentioned, others=Others.ERASE, others_reason=text, weighed=text)
    if choice is Choice.KEEP and code in EXEMPTIONS:
        claimed = ClaimedExemption(exemption=EXEMPTIONS[code], text=text)
        return Review(mentioned=mentioned, exemptions=(claimed,), others=Others.KEEP, others_reason=text)
    if choice is Choice.KEEP and code in FOR_OTHERS:
        return Review(mentioned=mentioned, others=Others.KEEP, others_reason=text, weighed=text)
    return Review(mentioned=True) if mentioned else NOTHING_FOUND


def propose_all(request: Request, *, today: date) -> None:
    """Write the proposal and its reasons to every item that was not carried out."""
    proposer = Proposer(request, today=today)
    changed = []
    for item, decision in proposer.decisions(request.items.filter(carried_out="")):
        write(item, decision)
        changed.append(item)
    save_alike(changed, ("proposal", "reasons", "others"))


def write(item: LocatedItem, decision: ErasureDecision) -> None:
    """Put a decision into the fields of an item."""
    item.proposal = decision.outcome.value
    item.reasons = {language: list(explain_erasure(decision, language)) for language in ("en", "fr")}
    item.others = sum(reason.count for reason in decision.reasons if isinstance(reason, OtherPeople))
