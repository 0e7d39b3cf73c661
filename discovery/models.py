"""What is kept of searches: those that were saved, and exports as jobs.

Both belong to a person, or to a matter whose members share them. What a job makes lies outside of the database
(`archive.exporting.ready`), so that erasure finds it without asking here.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Matter, User

MAX_NAME_CHARS = 200


class SavedSearch(models.Model):
    """A search under a name. It is run within the scope of whoever runs it."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="searches")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=MAX_NAME_CHARS)
    parameters = models.JSONField(default=dict)  # of `discovery.criteria.Criteria`, as an address has them
    created_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    last_total = models.PositiveBigIntegerField(null=True)  # as whoever ran it last could see

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(matter__isnull=True), name="one_own_search_of_a_name"
            ),
            models.UniqueConstraint(
                fields=["matter", "name"], condition=Q(matter__isnull=False), name="one_search_of_a_name_in_a_matter"
            ),
        ]


class ExportState(models.TextChoices):
    """QUEUED → RUNNING → DONE → EXPIRED is the way through; FAILED, CANCELLED and ERASED are the other ends."""

    QUEUED = "queued", pgettext_lazy("export", "waiting")
    RUNNING = "running", pgettext_lazy("export", "being made")
    DONE = "done", pgettext_lazy("export", "ready")
    FAILED = "failed", pgettext_lazy("export", "failed")
    CANCELLED = "cancelled", pgettext_lazy("export", "cancelled")
    EXPIRED = "expired", pgettext_lazy("export", "removed after its time")
    ERASED = "erased", pgettext_lazy("export", "removed because a message in it was erased")


LIVE_STATES = (ExportState.QUEUED, ExportState.RUNNING)
_MADE = (ExportState.DONE, ExportState.EXPIRED, ExportState.ERASED)


class ExportJob(models.Model):
    """One export that somebody asked for. It is made within what the asker may see when it runs."""

    id = models.UUIDField(primary_key=True)  # UUIDv7; the name of the file
    matter = models.ForeignKey(Matter, null=True, on_delete=models.PROTECT, related_name="exports")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports")
    name = models.CharField(max_length=MAX_NAME_CHARS)
    purpose = models.CharField(max_length=200, blank=True)
    parameters = models.JSONField(default=dict)  # of the search
    message_ids = models.JSONField(default=list)  # chosen one by one, instead of a search
    all_copies = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.QUEUED, db_index=True)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()  # the last sign of life
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    runs = models.PositiveIntegerField(default=0)  # how often it was begun or gone on with
    why = models.CharField(max_length=20, blank=True)  # why it failed: a code
    detail = models.CharField(max_length=500, blank=True)
    folder_key = models.CharField(max_length=32, blank=True)
    scope = models.JSONField(default=dict)  # within which it was made
    result = models.JSONField(default=dict)  # found, messages, files, exceptions by code
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # of its SHA256SUMS: to hand over apart from it
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(state__in=_MADE, finished_at__isnull=False, expires_at__isnull=False) & ~Q(digest="")
                    | Q(state__in=(*LIVE_STATES, ExportState.FAILED, ExportState.CANCELLED), digest="")
                ),
                name="export_made_has_its_digest",
            )
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="exports_of_a_person")]
