"""Access tokens: what a program signs in with on behalf of a person; and requests that were done once.

The token itself is shown when it is made and never kept: the database has its SHA-256 alone.
"""

from django.db import models
from django.db.models import F, Q

from accounts.models.people import User

MAX_TOKEN_NAME_CHARS = 100


class AccessToken(models.Model):
    """A token that acts as its person, with whatever role and scope the person has then."""

    id = models.UUIDField(primary_key=True)  # UUIDv7; what the audit trail names
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=MAX_TOKEN_NAME_CHARS)
    digest = models.CharField(max_length=64, unique=True)  # hex SHA-256 of the token
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # the first moment at which it no longer counts
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command
    last_used_at = models.DateTimeField(null=True)  # to some minutes

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("given_at")), name="token_expires_after_it_is_given"),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False), name="token_ended_by_somebody_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["person", "expires_at"], name="tokens_of_a_person")]


class OnceKey(models.Model):
    """An Idempotency-Key of a person: what it stood for (a keyed digest) and the id of what was made. No content."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    made = models.CharField(max_length=100, blank=True)  # "" while it is being made
    begun_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_request_of_a_key")]
