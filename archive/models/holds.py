"""Legal holds, the sightings that each covers, and the segments that the store keeps for one that is being placed.

A message is held when one of its sightings is. What a hold covers hangs on sightings, by id and without a foreign key:
sightings keep their ids for ever, and a rebuild drops and makes their rows.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Matter, User


class HoldKind(models.TextChoices):
    """What a hold's terms are. Custodians and queries cover mail that arrives later, too."""

    CUSTODIANS = "custodians", _("custodians")
    QUERY = "query", _("query")
    MESSAGES = "messages", _("messages")


class Hold(models.Model):
    """One legal hold in a matter. It stands until it is released; what it says never changes."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="holds")
    name = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=HoldKind)
    addresses = models.JSONField(default=list)  # of CUSTODIANS, lower case
    query = models.TextField(blank=True)  # of QUERY, in the query language
    placed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command
    placed_at = models.DateTimeField()
    covered_at = models.DateTimeField(null=True)  # when all mail that was there had been looked through
    too_late_for = models.JSONField(default=list)  # ids of sightings that it would cover, had they not been destroyed
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    store_lifted_at = models.DateTimeField(null=True)  # when the store's legal hold had been lifted after the release

    class Meta:
        indexes = [models.Index(fields=["kind"], name="standing_holds", condition=Q(released_at__isnull=True))]


class HeldSighting(models.Model):
    """A sighting that a hold covers. Its row is never deleted while the hold stands (the database refuses)."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="covered", db_index=False)
    sighting_id = models.UUIDField(db_index=True)
    segment_id = models.UUIDField(db_index=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hold", "sighting_id"], name="one_cover_per_hold")]


class HoldIntent(models.Model):
    """A segment that the store is asked to keep for a hold that is being placed, until that covers its mail."""

    hold_id = models.UUIDField(db_index=True)  # of the hold that is being placed
    segment_id = models.UUIDField()
    since = models.DateTimeField()


class LostHold(models.Model):
    """A hold that the evidence log tells of and this database does not: it comes from a backup of before.

    While one stands nothing is destroyed. It is let go by two people, once the hold was placed again or is over.
    """

    hold_id = models.UUIDField(primary_key=True)
    placed_at = models.DateTimeField()  # as the log says
    found_at = models.DateTimeField()
    let_go_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    let_go_at = models.DateTimeField(null=True)
