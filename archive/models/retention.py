"""Retention: versions of rules, and what people say of messages that the mail itself does not.

What is said of a message hangs on the id of one of its sightings: a message's own id may become a smaller one, and a
rebuild drops the rows of the catalogue, but a sighting keeps its id for ever. So none of these is a foreign key.
"""

from django.db import models

from accounts.models import User


class RuleVersion(models.Model):
    """One version of one retention rule. Never changed or deleted: the database refuses (migration)."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    rule_id = models.CharField(max_length=63)
    version = models.PositiveIntegerField()
    body = models.TextField()  # canonical JSON: muniment.policy.coding.encode_rule
    digest = models.CharField(max_length=64)  # hex SHA-256 of `body`
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command
    made_at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule_id", "version"], name="one_row_per_rule_version")]


class SightingLabel(models.Model):
    """A label that somebody put on a message: rules speak of labels ("accounting", "applicant")."""

    sighting_id = models.UUIDField(db_index=True)
    label = models.CharField(max_length=60, db_index=True)  # lower case
    put_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sighting_id", "label"], name="one_label_per_sighting")]


class CustodianEvent(models.Model):
    """Something outside the mail from which a term counts: a departure, a contract's end. The latest day counts."""

    address = models.CharField(max_length=320, db_index=True)  # lower case, of the custodian
    event = models.CharField(max_length=20)  # muniment.policy.facts.Event
    on = models.DateField()
    noted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()


class ReviewVerdict(models.Model):
    """What a person decided about a message that came up for review. The latest counts."""

    sighting_id = models.UUIDField(db_index=True)
    decided_on = models.DateField()
    keep_through = models.DateField(null=True)  # null: let it go
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    reason = models.TextField(blank=True)


class Restriction(models.Model):
    """A message that may only be stored (GDPR Article 18), because of one request, until it is lifted."""

    sighting_id = models.UUIDField(db_index=True)
    request_id = models.UUIDField(db_index=True)  # of the data subject's request
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sighting_id", "request_id"], name="one_restriction_a_request")]
