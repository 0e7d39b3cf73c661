"""What the forms of a request do: each act takes the request and the fields that were sent, and calls one service."""

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from archive.wiring import archive
from gdpr import tasks
from gdpr.models import IdentityMethod, RefusalGround, Request, Right, TermKind, TermState
from gdpr.models.terms import TermOrigin
from gdpr.services import (
    answering,
    clocks,
    deciding,
    erasing,
    forgetting,
    intake,
    locating,
    packs,
    reopening,
    terms,
)
from gdpr.states import NotAllowed
from muniment.policy.request_clock import ExtensionGround

Fields = QueryDict
ActOf = Callable[[User, Request, Fields], str]  # what to tell; "" for nothing more than the page tells


def do(request: HttpRequest, row: Request) -> str:
    """Do the act that a form names; return what to tell. Raises `Refused`."""
    chosen = ACTS.get(request.POST.get("act", ""))
    if chosen is None:
        raise NotAllowed(_("Choose what to do."))
    return chosen(request.user, row, request.POST)


def _ask_identity(actor: User, row: Request, fields: Fields) -> str:
    clocks.ask_identity(actor=actor, request_id=row.id, reason=_reason(fields), asked_on=_day(fields))
    return _("The letter is written: send it. The clock is paused from the day of the question.")


def _qualify(actor: User, row: Request, fields: Fields) -> str:
    method = fields.get("method", "")
    clocks.qualify(actor=actor, request_id=row.id, method=IdentityMethod(method), answered_on=_day(fields))
    return ""


def _ask_clarification(actor: User, row: Request, fields: Fields) -> str:
    clocks.ask_clarification(actor=actor, request_id=row.id, reason=_reason(fields), asked_on=_day(fields))
    return _("The letter is written: send it. The clock is paused from the day of the question.")


def _scope(actor: User, row: Request, fields: Fields) -> str:
    clocks.start_scoping(actor=actor, request_id=row.id, answered_on=_day(fields))
    return ""


def _extend(actor: User, row: Request, fields: Fields) -> str:
    months = 2 if fields.get("months") == "2" else 1
    ground = ExtensionGround.NUMBER if fields.get("ground") == "number" else ExtensionGround.COMPLEXITY
    clocks.extend(
        actor=actor, request_id=row.id, ground=ground, months=months, reason=_reason(fields), told_on=_day(fields)
    )
    return _("The notice is written: it counts only when it is sent before the first deadline.")


def _correct(actor: User, row: Request, fields: Fields) -> str:
    received_on = _day(fields)
    if received_on is None:
        raise NotAllowed(_("Name the earlier day."))
    intake.correct_receipt(actor=actor, request_id=row.id, received_on=received_on, reason=_reason(fields))
    return ""


def _withdraw(actor: User, row: Request, fields: Fields) -> str:
    intake.withdraw(actor=actor, request_id=row.id, reason=_reason(fields))
    return ""


def _refuse(actor: User, row: Request, fields: Fields) -> str:
    ground = fields.get("ground", "")
    if ground not in RefusalGround.values or not ground:
        raise NotAllowed(_("Choose the ground of the refusal."))
    answering.refuse(actor=actor, request_id=row.id, ground=RefusalGround(ground), text=_reason(fields))
    return _("The refusal is written, with the remedies. Send it, then close the request.")


def _propose_terms(actor: User, row: Request, _fields: Fields) -> str:
    count = terms.propose(actor=actor, request_id=row.id)
    return _("%(count)d more terms may be this person: say of each.") % {"count": count}


def _decide_terms(actor: User, row: Request, fields: Fields) -> str:
    said = {name.removeprefix("term-"): value for name, value in fields.items() if name.startswith("term-")}
    confirmed = [int(pk) for pk, value in said.items() if value == "yes" and pk.isdigit()]
    refused = [int(pk) for pk, value in said.items() if value == "no" and pk.isdigit()]
    terms.decide(actor=actor, request_id=row.id, confirmed=confirmed, refused=refused)
    return ""


def _refuse_other_terms(actor: User, row: Request, fields: Fields) -> str:
    """Keep what was said, and say of all other proposals of the archive that they are somebody else."""
    _decide_terms(actor, row, fields)
    rest = row.terms.filter(state=TermState.PROPOSED).exclude(origin=TermOrigin.GIVEN)
    terms.decide(actor=actor, request_id=row.id, refused=list(rest.values_list("pk", flat=True)))
    return ""


def _add_term(actor: User, row: Request, fields: Fields) -> str:
    kind = fields.get("kind", "")
    terms.add(
        actor=actor,
        request_id=row.id,
        kind=TermKind(kind) if kind in TermKind.values else TermKind.NAME,
        value=fields.get("value", ""),
    )
    return ""


def _approve_terms(actor: User, row: Request, _fields: Fields) -> str:
    terms.approve(actor=actor, request_id=row.id)
    return ""


def _reconsider(actor: User, row: Request, _fields: Fields) -> str:
    terms.reconsider(actor=actor, request_id=row.id)
    return ""


def _mentions(actor: User, row: Request, fields: Fields) -> str:
    search = fields.get("search", "")
    if search not in {"yes", "no"}:
        raise NotAllowed(_("Say whether mail of others is searched for mentions."))
    locating.decide_mentions(actor=actor, request_id=row.id, search=search == "yes", reason=_reason(fields))
    return _("This is decided. Locate the messages for it to count.")


def _locate(actor: User, row: Request, _fields: Fields) -> str:
    report = locating.locate(actor=actor, request_id=row.id, archive=archive())
    return _("%(count)d messages are located.") % {"count": sum(report.counts.values())}


def _check(actor: User, row: Request, _fields: Fields) -> str:
    deciding.check(actor=actor, request_id=row.id)
    return ""


def _settle(actor: User, row: Request, _fields: Fields) -> str:
    settled = deciding.settle(actor=actor, request_id=row.id)
    if settled.sealed:
        return _("The list is frozen.")
    text = _("Rules or holds about %(count)d messages have changed: decide about them again.")
    return text % {"count": settled.changed}


def _back(actor: User, row: Request, fields: Fields) -> str:
    deciding.back_to_review(actor=actor, request_id=row.id, reason=fields.get("reason", ""))
    return ""


def _ask_approval(actor: User, row: Request, fields: Fields) -> str:
    erasing.ask_approval(actor=actor, request_id=row.id, reason=_reason(fields))
    return _("A second person is asked: compliance or legal.")


def _stop(actor: User, row: Request, fields: Fields) -> str:
    stop = erasing.stop if row.right == Right.ERASURE else packs.stop
    stop(actor=actor, request_id=row.id, reason=_reason(fields))
    return _("It is stopped. Nothing was carried out, and the decisions are open again.")


def _close(actor: User, row: Request, _fields: Fields) -> str:
    answering.close(actor=actor, request_id=row.id)
    return _("The request is closed.")


def _reopen(actor: User, row: Request, fields: Fields) -> str:
    reopening.reopen(actor=actor, request_id=row.id, reason=_reason(fields))
    return ""


def _decide_again(actor: User, row: Request, _fields: Fields) -> str:
    reopening.decide_again(actor=actor, request_id=row.id)
    return ""


def _forget(actor: User, row: Request, fields: Fields) -> str:
    if fields.get("number", "").strip() != row.number:
        raise NotAllowed(_("Type the number of the request to confirm: this cannot be undone."))
    forgetting.forget_person(actor=actor, request_id=row.id, reason=_reason(fields), archive=archive())
    return _("The person is forgotten. The register keeps what was done.")


def carry_out(actor: User, row: Request, fields: Fields, *, expected: int) -> None:
    """Begin what cannot be undone, once the number of messages was typed; a worker goes on with it."""
    if fields.get("confirmation", "").strip() != str(expected):
        raise NotAllowed(_("Type the number of messages to confirm: this cannot be undone."))
    if row.right == Right.ERASURE:
        erasing.begin(actor=actor, request_id=row.id)
        tasks.queue_erasure(row.id, actor.pk)
    else:
        packs.release(actor=actor, request_id=row.id)
        tasks.queue_pack(row.id)


def _reason(fields: Fields) -> str:
    return fields.get("reason", "")


def _day(fields: Fields) -> date | None:
    text = fields.get("day", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotAllowed(_("This is not a date. Write year-month-day, such as 2026-03-31.")) from None


def whole_numbers(texts: list[str]) -> list[int]:
    """Return the ids that a form sent; what is none is left out."""
    return [int(text) for text in texts if text.isascii() and text.isdigit()]


ACTS: dict[str, ActOf] = {
    "ask-identity": _ask_identity,
    "qualify": _qualify,
    "ask-clarification": _ask_clarification,
    "scope": _scope,
    "extend": _extend,
    "correct": _correct,
    "withdraw": _withdraw,
    "refuse": _refuse,
    "propose-terms": _propose_terms,
    "decide-terms": _decide_terms,
    "refuse-other-terms": _refuse_other_terms,
    "add-term": _add_term,
    "approve-terms": _approve_terms,
    "reconsider": _reconsider,
    "mentions": _mentions,
    "locate": _locate,
    "check": _check,
    "settle": _settle,
    "back": _back,
    "ask-approval": _ask_approval,
    "stop": _stop,
    "close": _close,
    "reopen": _reopen,
    "decide-again": _decide_again,
    "forget": _forget,
}
