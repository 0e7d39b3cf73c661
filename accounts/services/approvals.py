"""Acts that need two people: one asks, another allows, and the act is done once, before the approval expires.

    open ──approve──▶ given ──consume──▶ used
     ├──refuse──▶ refused    └──────▶ expired
     ├──withdraw──▶ withdrawn
     └──▶ expired

The row is locked for each step, so of two people who decide at once one decides and the other is told. Time is
compared at each step; `expire` only writes down what has become true. An attempt that is refused is recorded: call
these outside a transaction of your own, or a `Refused` that leaves it takes the record along.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Operator
from accounts.models import Action, Approval, ApprovalState, Outcome, Role, TextKind, User
from accounts.services import audit
from muniment.errors import Refused

MAX_REASON_CHARS: Final = 2_000
_LIVE: Final = (ApprovalState.OPEN, ApprovalState.GIVEN)
_STANDS: Final = gettext_lazy("This has been asked for already, and the answer is awaited or still stands.")
_DECISIONS: Final = {
    ApprovalState.GIVEN: Action.APPROVAL_GIVEN,
    ApprovalState.REFUSED: Action.APPROVAL_REFUSED,
}
_ENDED: Final = {
    ApprovalState.GIVEN: gettext_lazy("It has been approved already."),
    ApprovalState.USED: gettext_lazy("It has been approved and done already."),
    ApprovalState.REFUSED: gettext_lazy("It has been refused already."),
    ApprovalState.WITHDRAWN: gettext_lazy("Whoever asked for it has withdrawn it."),
    ApprovalState.EXPIRED: gettext_lazy("The approval has expired: ask again."),
}


class ApprovalRefused(Refused):
    """The approval cannot be asked for, given or used; the message says why."""


def ask(
    *,
    actor: User,
    kind: str,
    subject: str,
    reason: str,
    may_approve: Iterable[Role],
    expires_at: datetime,
    digest: str = "",
    now: datetime | None = None,
) -> Approval:
    """Ask that somebody else allow the act `kind` on `subject`.

    `digest` (hex SHA-256) names what exactly is proposed; only the same digest can use the approval. Raises
    `ApprovalRefused` without a reason or roles, for an expiry in the past, and while another one stands.
    """
    at = now or timezone.now()
    roles = sorted({Role(role).value for role in may_approve})
    if not reason.strip():
        raise ApprovalRefused(_("Say why: the person who decides has to know."))
    if not roles or expires_at <= at:
        raise ApprovalRefused(_("An approval needs a role that may give it and an expiry that is still to come."))
    with transaction.atomic():
        for stale in _live(kind, subject).filter(expires_at__lte=at):
            _expire(stale, at)
        if _live(kind, subject).exists():
            raise ApprovalRefused(str(_STANDS))
        approval = _create(
            kind=kind,
            subject=subject,
            digest=digest,
            asked_by=actor,
            asked_at=at,
            reason=reason[:MAX_REASON_CHARS],
            expires_at=expires_at,
            may_approve=roles,
        )
        _record(actor, approval, Action.APPROVAL_ASKED, reason=reason, at=at)
    return approval


def approve(*, actor: User, approval_id: int, reason: str = "", now: datetime | None = None) -> Approval:
    """Allow what was asked. Raises `ApprovalRefused` for the asker, a wrong role, an end reached or an expiry past."""
    return _decide(actor, approval_id, ApprovalState.GIVEN, reason, now or timezone.now())


def refuse(*, actor: User, approval_id: int, reason: str, now: datetime | None = None) -> Approval:
    """Say no to what was asked; as `approve`, and with a reason."""
    if not reason.strip():
        raise ApprovalRefused(_("Say why it is refused: whoever asked has to know."))
    return _decide(actor, approval_id, ApprovalState.REFUSED, reason, now or timezone.now())


def withdraw(*, actor: User, approval_id: int, reason: str = "", now: datetime | None = None) -> Approval:
    """Take back one's own request while nobody has decided. Raises `ApprovalRefused`."""
    at = now or timezone.now()
    with transaction.atomic():
        row = _locked(approval_id)
        if row.asked_by_id != actor.pk:
            why = _("Only whoever asked can withdraw it.")
        else:
            why = _why_ended(row, at) or str(_ENDED.get(row.state, ""))
        if not why:
            row.state = ApprovalState.WITHDRAWN
            row.save(update_fields=["state"])
            _record(actor, row, Action.APPROVAL_WITHDRAWN, reason=reason, at=at)
            return row
        _record_refusal(actor, f"approval:{row.pk}", at)
    raise ApprovalRefused(why)


def consume(
    *, actor: User | Operator | None, kind: str, subject: str, digest: str = "", now: datetime | None = None
) -> Approval:
    """Use the approval of `kind` and `subject`, once; call it in the transaction of the act itself.

    Raises `ApprovalRefused` where none stands, where it has expired, and where it was given for another `digest`.
    """
    at = now or timezone.now()
    with transaction.atomic():
        row = _live(kind, subject).first()
        if row is None or row.state != ApprovalState.GIVEN:
            why = _("This needs the approval of a second person, and none stands.")
        elif row.digest != digest:
            why = _("The approval was given for something else: what is to be done has changed since. Ask again.")
        else:
            why = _why_ended(row, at)
        if row is not None and not why:
            row.state, row.used_at = ApprovalState.USED, at
            row.save(update_fields=["state", "used_at"])
            _record(actor, row, Action.APPROVAL_USED, at=at)
            return row
        _record_refusal(actor, f"{kind}:{subject}", at)
    raise ApprovalRefused(why)


def expire(*, now: datetime | None = None) -> int:
    """Write down which approvals have expired; return how many. Safe to repeat and to run twice at once."""
    at = now or timezone.now()
    overdue = Approval.objects.filter(state__in=_LIVE, expires_at__lte=at).values_list("pk", flat=True)
    count = 0
    for key in list(overdue):
        with transaction.atomic():
            row = Approval.objects.select_for_update().get(pk=key)
            if row.state in _LIVE:
                _expire(row, at)
                count += 1
    return count


def _decide(actor: User, approval_id: int, state: ApprovalState, reason: str, at: datetime) -> Approval:
    with transaction.atomic():
        row = _locked(approval_id)
        why = _why_not(row, actor, at)
        if not why:
            row.state, row.decided_by, row.decided_at = state, actor, at
            row.decision_reason = reason[:MAX_REASON_CHARS]
            row.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
            _record(actor, row, _DECISIONS[state], reason=reason, at=at)
            return row
        _record_refusal(actor, f"approval:{row.pk}", at)
    raise ApprovalRefused(why)


def _why_not(row: Approval, actor: User, at: datetime) -> str:
    """Return why `actor` cannot decide, "" when they can. The person is read anew: the role may have changed."""
    if row.state in _ENDED:
        return str(_ENDED[ApprovalState(row.state)])
    person = User.objects.filter(pk=actor.pk, is_active=True).first()
    if row.asked_by_id == actor.pk:
        return _("Whoever asks cannot approve: this needs a second person.")
    if person is None or person.role not in row.may_approve:
        return _("Your role may not decide this.")
    return _why_ended(row, at)


def _why_ended(row: Approval, at: datetime) -> str:
    """Return why time is over, after writing it down; "" while it is not."""
    if row.state in _LIVE and at >= row.expires_at:
        _expire(row, at)
        return str(_ENDED[ApprovalState.EXPIRED])
    return ""


def _expire(row: Approval, at: datetime) -> None:
    row.state = ApprovalState.EXPIRED
    row.save(update_fields=["state"])
    _record(None, row, Action.APPROVAL_EXPIRED, at=at)


def _create(**fields: Any) -> Approval:
    try:
        with transaction.atomic():
            return Approval.objects.create(**fields)
    except IntegrityError as error:  # another request came first, and the database allows one
        raise ApprovalRefused(str(_STANDS)) from error


def _live(kind: str, subject: str) -> QuerySet[Approval]:
    return Approval.objects.select_for_update().filter(kind=kind, subject=subject, state__in=_LIVE)


def _locked(approval_id: int) -> Approval:
    row = Approval.objects.select_for_update().filter(pk=approval_id).first()
    if row is None:
        raise ApprovalRefused(_("There is no such request for approval."))
    return row


def _record(actor: User | Operator | None, row: Approval, action: Action, *, at: datetime, reason: str = "") -> None:
    audit.record(
        actor=actor,
        action=action,
        objects=[f"approval:{row.pk}", f"{row.kind}:{row.subject}"],
        texts={TextKind.REASON: reason},
        now=at,
    )


def _record_refusal(actor: User | Operator | None, named: str, at: datetime) -> None:
    audit.record(
        actor=actor,
        action=Action.REFUSAL,
        outcome=Outcome.REFUSED,
        objects=[named],
        details={"of": "approval"},
        now=at,
    )
