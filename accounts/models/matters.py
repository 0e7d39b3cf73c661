"""Matters: legal cases, who works on them, and whose mail they are about.

A matter is a boundary of what people may see, so it stands here, below holds, searches and exports.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.approvals import Approval
from accounts.models.people import User


class MatterState(models.TextChoices):
    """Whether a matter is worked on. A closed one opens no mail; its holds stand until they are released."""

    OPEN = "open", pgettext_lazy("matter", "open")
    CLOSED = "closed", pgettext_lazy("matter", "closed")


class Matter(models.Model):
    """One legal case."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    reference = models.CharField(_("reference"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(max_length=8, choices=MatterState, default=MatterState.OPEN)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MatterState.OPEN, closed_at__isnull=True)
                | Q(state=MatterState.CLOSED, closed_at__isnull=False),
                name="matter_closed_with_its_day",
            )
        ]


class MatterMember(models.Model):
    """A person who works on a matter from `added_at` until `removed_at`. Memberships are ended, never deleted."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "user"], condition=Q(removed_at__isnull=True), name="one_standing_membership"
            )
        ]


class MatterCustodian(models.Model):
    """A person whose mail the matter is about, by one address each. It opens that mail to the matter's members.

    Nobody opens mail alone: `approval` is the second person's, except for what a command adds.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="custodians")
    address = models.CharField(max_length=320)  # lower case
    name = models.CharField(max_length=200, blank=True)
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    approval = models.ForeignKey(Approval, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "address"], condition=Q(removed_at__isnull=True), name="one_standing_custodian"
            )
        ]
        indexes = [models.Index(fields=["address"], name="custodians_of_matters")]


class CustodianProposal(models.Model):
    """A custodian whom a member asked for. The approval's subject names this row, so that no address stands there."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="proposals")
    address = models.CharField(max_length=320)  # lower case
    name = models.CharField(max_length=200, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approval = models.ForeignKey(Approval, null=True, on_delete=models.PROTECT, related_name="+")
