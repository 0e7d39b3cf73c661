"""Destruction: what was proposed, what was decided about each message, and which sightings are gone.

    Disposal 1─* DisposalItem      one message of the frozen list
    DestroyedSighting              a sighting whose key is gone, or must go: the tombstone, kept for ever

Tombstones are made again from the erasure ledger in the vault (`archive.ledger`).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User


class Cause(models.TextChoices):
    """Why mail is destroyed."""

    DISPOSAL = "disposal", _("disposal")
    ERASURE = "erasure", _("erasure")


class DisposalState(models.TextChoices):
    """PROPOSED → EXECUTING → DONE, once a second person approved; WITHDRAWN is the other end."""

    PROPOSED = "proposed", pgettext_lazy("disposal", "proposed")
    EXECUTING = "executing", pgettext_lazy("disposal", "under way")
    DONE = "done", pgettext_lazy("disposal", "done")
    WITHDRAWN = "withdrawn", pgettext_lazy("disposal", "withdrawn")


class Disposal(models.Model):
    """One governed destruction: a frozen list of messages, approved as it stands (`digest`)."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    cause = models.CharField(max_length=8, choices=Cause)
    request_id = models.UUIDField(null=True, db_index=True)  # of the data subject's request, for an erasure
    state = models.CharField(max_length=10, choices=DisposalState, default=DisposalState.PROPOSED, db_index=True)
    reason = models.TextField(blank=True)
    as_of = models.DateField()  # the day that the list was decided about
    digest = models.CharField(max_length=64)  # hex SHA-256 of the frozen list: what the approval is bound to
    rules = models.JSONField(default=dict)  # "rule@version" → how many messages it let go
    cooling_days = models.PositiveSmallIntegerField(default=0)  # between the approval and the execution
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    executed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    certificate = models.TextField(blank=True)  # canonical JSON; "" until it is issued

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cause=Cause.DISPOSAL, request_id__isnull=True)
                | Q(cause=Cause.ERASURE, request_id__isnull=False),
                name="erasure_names_its_request",
            )
        ]


class ItemOutcome(models.TextChoices):
    """What became of a message of the list."""

    WAITING = "waiting", pgettext_lazy("disposal", "waiting")
    DESTROYED = "destroyed", pgettext_lazy("disposal", "destroyed")
    SPARED = "spared", pgettext_lazy("disposal", "spared")


class DisposalItem(models.Model):
    """One message of the frozen list."""

    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="items", db_index=False)
    message_id = models.UUIDField(db_index=True)
    due_on = models.DateField(null=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sighting_count = models.PositiveIntegerField(default=0)
    rules = models.JSONField(default=list)  # "rule@version" that let it go
    outcome = models.CharField(max_length=10, choices=ItemOutcome, default=ItemOutcome.WAITING)
    why = models.CharField(max_length=500, blank=True)  # why it was spared

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disposal", "message_id"], name="one_item_per_message")]
        indexes = [models.Index(fields=["disposal", "outcome"], name="items_by_outcome")]


class DestroyedSighting(models.Model):
    """A tombstone. From the moment the row is committed, the sighting is destroyed: its key goes next.

    The database refuses the row while a hold that stands covers the sighting, and a hold on a sighting that has one.
    """

    sighting_id = models.UUIDField(primary_key=True)
    segment_id = models.UUIDField(db_index=True)
    message_id = models.UUIDField(db_index=True)
    disposal_id = models.UUIDField(db_index=True)
    import_mark = models.CharField(max_length=64, null=True, db_index=True)  # noqa: DJ001 - NULL: it was not imported
    destroyed_at = models.DateTimeField()
    shredded_at = models.DateTimeField(null=True)  # when the key had left the keyring
    purged_at = models.DateTimeField(null=True)  # when index, texts, rows and staged exports had been purged
    ciphertext_gone_at = models.DateTimeField(null=True)  # when no object held the sealed bytes any more
