"""How requests for approval about retention read on the page of approvals."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.approving import Described
from accounts.models import Approval, User
from archive.models import Cause, Disposal, RuleChangeDraft
from archive.queries.rules import rules_of


def disposal(approval: Approval, _actor: User) -> Described:
    """Say how many expired messages would be destroyed, and under which rules."""
    row = _found(Disposal.objects.filter(cause=Cause.DISPOSAL), approval.subject)
    if row is None:
        return Described(title=_("Destroy expired mail"), effect=_("The list is no longer there."))
    count = row.items.count()
    title = ngettext("Destroy %(count)d expired message", "Destroy %(count)d expired messages", count)
    effect = _(
        "Their keys are destroyed, then index, texts and staged exports are purged: nobody can read them again, and"
        " nothing brings them back. What a legal hold, a restriction or a rule keeps by then is spared. Rules whose"
        " term has ended: %(rules)s."
    )
    return Described(
        title=title % {"count": count},
        effect=effect % {"rules": ", ".join(sorted(row.rules))},
        address=reverse("retention-disposal", args=[row.id]),
    )


def rule_change(approval: Approval, _actor: User) -> Described:
    """Say which rules would get a next version, and how many messages could go sooner."""
    row = _found(RuleChangeDraft.objects.all(), approval.subject)
    if row is None:
        return Described(title=_("Change retention rules"), effect=_("The change is no longer there."))
    counts = row.counts or {}
    effect = _(
        "Messages that could go on an earlier day than now: %(sooner)d; that would become due: %(due)d; of"
        " %(messages)d. Nothing is destroyed by this: what becomes due needs a list that is approved by itself."
    )
    return Described(
        title=_("Change retention rules: %(rules)s") % {"rules": ", ".join(rule.label for rule in rules_of(row))},
        effect=effect
        % {
            "sooner": counts.get("sooner", 0),
            "due": counts.get("newly_due", 0),
            "messages": counts.get("messages", 0),
        },
        address=reverse("retention-change", args=[row.id]),
    )


def _found(rows, subject: str):
    try:
        return rows.filter(pk=UUID(subject)).first()
    except ValueError:
        return None
