"""How the request for approval of an erasure reads on the page of approvals: what goes, never about whom."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.approving import Described
from accounts.models import Approval, User
from archive.models import Cause, Disposal
from gdpr.models import Request


def erasure(approval: Approval, _actor: User) -> Described:
    """Say how many messages would be erased, and for which request."""
    row = Disposal.objects.filter(cause=Cause.ERASURE, id=UUID(approval.subject)).first()
    request = Request.objects.filter(id=row.request_id).first() if row else None
    if row is None or request is None:
        return Described(title=_("Erase mail on request"), effect=_("The list is no longer there."))
    count = row.items.count()
    title = ngettext(
        "Erase %(count)d message: request %(number)s", "Erase %(count)d messages: request %(number)s", count
    )
    if row.cooling_days:
        first = ngettext(
            "For %(days)d day after the approval it can be stopped.",
            "For %(days)d days after the approval it can be stopped.",
            row.cooling_days,
        )
    else:
        first = _("Once it is approved it can be carried out at once.")
    effect = _(
        "Their keys are destroyed, and index, texts and staged exports are purged: nobody can read them again, and "
        "nothing brings them back. What a legal hold, another request or a legal duty keeps by then is spared and "
        "restricted."
    )
    return Described(
        title=title % {"count": count, "number": request.number},
        effect=f"{first % {'days': row.cooling_days}} {effect}",
        address=reverse("request-approval", args=[row.id]),
    )
