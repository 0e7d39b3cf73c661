"""Which database server the archive was last served from, so that another one in its place is noticed."""

from django.db import models
from django.db.models import Q


class ServedDatabase(models.Model):
    """Identity and timeline of the server whose rows are known to be in order. One row, at most."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    identity = models.CharField(max_length=80)  # archive.services.continuity
    since = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_served_database")]
