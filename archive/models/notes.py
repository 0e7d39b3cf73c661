"""What is to be said in the evidence log: written in the transaction of the act, logged soon after, exactly once."""

from django.db import models
from django.db.models import Q


class LogNote(models.Model):
    """One entry for the evidence log, with the document that its commitment is of."""

    id = models.UUIDField(primary_key=True)  # UUIDv7: notes are logged in this order
    entry = models.BinaryField()  # muniment.log.entries.encode of the entry, at the time of the act
    subject = models.CharField(max_length=80, db_index=True)  # "hold:<id>", "disposal:<id>", "rule:<id>@<version>"
    document = models.TextField(blank=True)  # what the commitment is of, with `salt`; "" where the entry has none
    salt = models.BinaryField(max_length=32, blank=True)
    log_index = models.PositiveBigIntegerField(null=True, unique=True)  # NULL: not logged yet

    class Meta:
        indexes = [models.Index(fields=["id"], name="notes_to_log", condition=Q(log_index__isnull=True))]
