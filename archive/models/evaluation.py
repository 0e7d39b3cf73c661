"""What the retention rules say of the whole archive: counted ahead, so that pages are quick. Nothing acts on it.

    Evaluation          one run over all messages; the standings are of the last one
    MessageStanding     what the rules said of one message, on the day of the run
    RuleChangeDraft     a change of rules with what it would do; put in force only after that was looked at

All of it can be lost: a run makes it again. What is destroyed is decided again when it is proposed and when it is done.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import User


class Evaluation(models.Model):
    """One run over all messages in the order of their ids; it can stop anywhere and go on."""

    today = models.DateField()  # the day about which it decides
    started_at = models.DateTimeField()
    total = models.PositiveBigIntegerField(default=0)  # messages when it began
    done = models.PositiveBigIntegerField(default=0)
    reached = models.UUIDField(null=True)  # the last message that was looked at
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["today"], condition=Q(finished_at__isnull=True), name="one_open_evaluation_a_day"
            )
        ]


class MessageStanding(models.Model):
    """What the rules said of one message. Without a foreign key: a message's id may become a smaller one."""

    message_id = models.UUIDField(primary_key=True)
    outcome = models.PositiveSmallIntegerField()  # muniment.policy.decide.Outcome
    due_on = models.DateField(null=True)
    rules = models.TextField(blank=True)  # "id@version" of those that had a say, sorted, with spaces between
    evaluated_on = models.DateField()
    evaluation_id = models.BigIntegerField(db_index=True)  # of the run that wrote it last

    class Meta:
        indexes = [
            models.Index(fields=["outcome", "due_on", "message_id"], name="standings_by_outcome"),
            models.Index(fields=["outcome", "rules"], name="standings_by_rule"),
        ]


class DraftState(models.TextChoices):
    """COUNTING → COUNTED → IN_FORCE; WITHDRAWN is the other end."""

    COUNTING = "counting", pgettext_lazy("draft", "being counted")
    COUNTED = "counted", pgettext_lazy("draft", "counted")
    IN_FORCE = "in-force", pgettext_lazy("draft", "in force")
    WITHDRAWN = "withdrawn", pgettext_lazy("draft", "withdrawn")


class RuleChangeDraft(models.Model):
    """New versions of rules that somebody proposes, and what they would do."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    bodies = models.JSONField()  # of the new versions, each as muniment.policy.coding.encode_rule writes it
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=DraftState, default=DraftState.COUNTING, db_index=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command
    made_at = models.DateTimeField()
    total = models.PositiveBigIntegerField(default=0)  # messages to look at
    done = models.PositiveBigIntegerField(default=0)
    against = models.CharField(max_length=64, blank=True)  # digest of the rules that it was compared with
    counts = models.JSONField(null=True)  # what it would do (archive.services.simulations)
    counted_at = models.DateTimeField(null=True)
    shortens = models.BooleanField(default=True)  # it may let mail go sooner: a second person must approve
    digest = models.CharField(max_length=64, blank=True)  # of bodies, `against` and counts: what was seen
