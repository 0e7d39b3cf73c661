"""Why a message is not destroyed, as a code that a row keeps and a sentence that a page shows."""

from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from muniment.policy.decide import Decision, Outcome
from muniment.policy.erasure_request import EUROPEAN_LAW
from muniment.policy.reasons import Held, Keeps, KeepsForEver, Restricted, Waits
from muniment.policy.rules import Force


class Spared(StrEnum):
    """The codes. A row keeps "code" or "code:what", where what is a matter, a rule or a request."""

    HELD = "held"
    RESTRICTED = "restricted"
    DUTY = "duty"
    KEPT = "kept"
    REVIEW = "review"
    NO_RULE = "no-rule"
    NOT_EVALUATED = "not-evaluated"
    STORE_HOLD = "store-hold"
    GONE = "gone"
    CHANGED = "changed"


_SENTENCES = {
    Spared.HELD: _("A legal hold covers it."),
    Spared.RESTRICTED: _("Another request restricts it: it may only be stored."),
    Spared.DUTY: _("A law obliges to keep it."),
    Spared.KEPT: _("Its retention has not ended."),
    Spared.REVIEW: _("A person must decide about it first."),
    Spared.NO_RULE: _("No retention rule speaks of it."),
    Spared.NOT_EVALUATED: _("It waits for the index, so it is not known yet whether a hold by query covers it."),
    Spared.STORE_HOLD: _("The store keeps it under a legal hold that the database does not know."),
    Spared.GONE: _("It was destroyed before."),
    Spared.CHANGED: _("Its copies have changed since it was listed."),
}
_OF_OUTCOME = {
    Outcome.KEEP: Spared.KEPT,
    Outcome.NO_RULE: Spared.NO_RULE,
    Outcome.REVIEW: Spared.REVIEW,
    Outcome.HELD: Spared.HELD,
}


def sentence(why: str) -> Promise | str:
    """Return what a page says of a code of a row; a code of a later version is shown as it is."""
    code = why.partition(":")[0]
    return _SENTENCES[Spared(code)] if code in set(Spared) else why


def from_disposal(decision: Decision) -> str:
    """Return why an expired message is spared after all; "" when it is still due."""
    if decision.outcome is Outcome.DUE:
        return ""
    return _named(_OF_OUTCOME[decision.outcome], decision)


def from_erasure(decision: Decision, request_id: UUID) -> str:
    """Return why a message is spared from an erasure: a hold, another request, or a duty of Union or national law."""
    if decision.outcome is Outcome.HELD:
        return _named(Spared.HELD, decision)
    for reason in decision.reasons:
        match reason:
            case Restricted(request_id=other) if other != str(request_id):
                return f"{Spared.RESTRICTED}:{other}"
            case Keeps(rule=rule) | KeepsForEver(rule=rule) | Waits(rule=rule) if (
                rule.source.force is Force.DUTY and rule.source.origin in EUROPEAN_LAW
            ):
                return f"{Spared.DUTY}:{rule.label}"
            case _:
                continue
    return ""


def _named(code: Spared, decision: Decision) -> str:
    holds = [reason.matter for reason in decision.reasons if isinstance(reason, Held)]
    return f"{code}:{holds[0]}" if holds else code.value
