"""Approvals: acts that one person asks for and another allows, once."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from accounts.models.people import User


class ApprovalState(models.TextChoices):
    """Where an approval stands. OPEN → GIVEN → USED is the way through; all others are ends."""

    OPEN = "open", pgettext_lazy("approval", "open")
    GIVEN = "given", pgettext_lazy("approval", "given")
    USED = "used", pgettext_lazy("approval", "used")
    REFUSED = "refused", pgettext_lazy("approval", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("approval", "withdrawn")
    EXPIRED = "expired", pgettext_lazy("approval", "expired")


_LIVE = (ApprovalState.OPEN, ApprovalState.GIVEN)
_DECIDED = (ApprovalState.GIVEN, ApprovalState.USED, ApprovalState.REFUSED)


class Approval(models.Model):
    """One act that one person asks for and another allows, once, before it expires.

    `kind` and `subject` say what (a code, an id); `digest` binds the approval to what exactly was proposed.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField()
    expires_at = models.DateTimeField(db_index=True)
    may_approve = models.JSONField()  # roles
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.OPEN)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="approval_by_another_person"
            ),
            models.CheckConstraint(
                condition=(
                    Q(decided_by__isnull=True, decided_at__isnull=True)
                    | Q(decided_by__isnull=False, decided_at__lt=F("expires_at"))
                ),
                name="approval_decided_in_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=_DECIDED, decided_by__isnull=False)
                    | Q(state__in=(ApprovalState.OPEN, ApprovalState.WITHDRAWN), decided_by__isnull=True)
                    | Q(state=ApprovalState.EXPIRED)
                ),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=ApprovalState.USED, used_at__lt=F("expires_at"), used_at__gte=F("decided_at"))
                    | (~Q(state=ApprovalState.USED) & Q(used_at__isnull=True))
                ),
                name="approval_used_in_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="approval_expires_after_it_is_asked"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state__in=_LIVE), name="one_live_approval_of_a_subject"
            ),
        ]
