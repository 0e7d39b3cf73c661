"""How requests for approval about matters read."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.approving import Described
from accounts.models import Approval, CustodianProposal, User


def custodian(approval: Approval, _actor: User) -> Described:
    """Say whose mail would be opened, to whom."""
    proposal = _proposal(approval.subject.partition(":")[2])
    if proposal is None:
        return Described(title=_("Open a person’s mail to a matter"), effect=_("The request is no longer there."))
    matter = proposal.matter
    person = f"{proposal.name} <{proposal.address}>" if proposal.name else proposal.address
    members = matter.members.filter(removed_at__isnull=True).select_related("user").order_by("user__email")
    names = ", ".join(member.user.email for member in members)
    effect = _(
        "All mail of this person that the archive has, and all that still comes, can be searched, read and exported by"
        " the members of the matter (now: %(names)s), until the matter is closed or the custodian is removed. What was"
        " read or exported by then cannot be taken back."
    )
    return Described(
        title=_("Open the mail of %(person)s to the matter %(reference)s, %(name)s")
        % {"person": person, "reference": matter.reference, "name": matter.name},
        effect=effect % {"names": names},
        address=f"/matters/{matter.pk}/",
    )


def _proposal(text: str) -> CustodianProposal | None:
    try:
        identifier = UUID(text)
    except ValueError:
        return None
    return CustodianProposal.objects.select_related("matter").filter(pk=identifier).first()
