"""Packs: which segments were packed into which. Made again from the footers of packed segments.

Pack 1─* PackedSegment     a source, and whether its object is gone
"""

from django.db import models


class Pack(models.Model):
    """A segment that other segments are packed into. Its row stands before its first byte does."""

    id = models.UUIDField(primary_key=True)  # of the segment
    begun_at = models.DateTimeField()
    settled_at = models.DateTimeField(
        null=True
    )  # when it was catalogued, and found to hold no key of what is destroyed


class PackedSegment(models.Model):
    """A segment all of whose living frames are in a packed one as well."""

    source_id = models.UUIDField(db_index=True)
    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="sources")
    log_index = models.PositiveBigIntegerField(null=True)  # of the source's leaf in the evidence log, where it is known
    gone_at = models.DateTimeField(null=True)  # when the source's object was let go

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_id", "pack"], name="packed_once_into_each")]
        indexes = [
            models.Index(fields=["source_id"], name="sources_to_let_go", condition=models.Q(gone_at__isnull=True))
        ]
