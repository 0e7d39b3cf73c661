"""How requests for the release of a hold read on the page of approvals."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.approving import Described
from accounts.models import Approval, User
from archive.models import Hold
from archive.queries.holds import covered_sightings


def release(approval: Approval, actor: User) -> Described:
    """Say which hold would be released, how much of what `actor` may see it covers, and what that lets happen."""
    hold = _hold(approval.subject)
    if hold is None:
        return Described(title=_("Release a hold"), effect=_("The request is no longer there."))
    count = covered_sightings(actor, hold).count()
    covered = (
        ngettext(
            "Of what you may see it covers %(count)d captured copy.",
            "Of what you may see it covers %(count)d captured copies.",
            count,
        )
        if count
        else _("It covers nothing that you may see; it can cover mail that you may not see.")
    )
    effect = _(
        "What no other hold covers can be destroyed as soon as its retention rules say so, and a request for erasure"
        " can reach it. It cannot be undone: a new hold comes too late for what is destroyed by then."
    )
    return Described(
        title=_("Release the hold “%(hold)s” of the matter %(reference)s, %(name)s")
        % {"hold": hold.name, "reference": hold.matter.reference, "name": hold.matter.name},
        effect=f"{covered % {'count': count}} {effect}",
        address=reverse("matter-hold", args=[hold.matter_id, hold.pk]),
    )


def lost(approval: Approval, _actor: User) -> Described:
    """Say which lost hold would be let go, and what that lets happen."""
    return Described(
        title=_("Let the lost hold %(hold)s go") % {"hold": approval.subject},
        effect=_(
            "The evidence log tells of this hold, and the database does not know it. When it is let go, what no other"
            " hold covers can be destroyed as soon as its retention rules say so. Make sure that it was placed again,"
            " or is over."
        ),
        address=reverse("lost-holds"),
    )


def _hold(text: str) -> Hold | None:
    try:
        identifier = UUID(text)
    except ValueError:
        return None
    return Hold.objects.select_related("matter").filter(pk=identifier).first()
