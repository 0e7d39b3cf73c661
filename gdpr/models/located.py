"""What was found of a person, and what was decided about each message."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from gdpr.models.requests import Request


class Concern(models.TextChoices):
    """How a message concerns the person; the first that fits."""

    SENDER = "sender", _("sent by the person")
    RECIPIENT = "recipient", _("sent to the person")
    CUSTODIAN = "custodian", _("in the person’s mailbox")
    MENTIONED = "mentioned", _("mentions the person")


class Choice(models.TextChoices):
    """What the reviewer decided. The first two are of an access, the next three of an erasure."""

    RELEASE = "release", _("hand over")
    WITHHOLD = "withhold", _("withhold")
    ERASE = "erase", _("erase")
    KEEP = "keep", pgettext_lazy("decision", "keep")
    RESTRICT = "restrict", _("restrict until it can be decided")
    UNRELATED = "unrelated", _("not about this person")


class Code(models.TextChoices):
    """Why a message is withheld (Article 15(4)) or kept (Article 17(3))."""

    OTHERS = "others", _("rights and freedoms of others")
    SECRECY = "secrecy", _("secrecy of correspondence")
    TRADE = "trade", _("trade secret")
    PROPERTY = "property", _("intellectual property")
    PRIVILEGE = "privilege", _("legal privilege")
    SECURITY = "security", _("national security")
    INVESTIGATION = "investigation", _("ongoing investigation")
    EXPRESSION = "17-3-a", _("freedom of expression and information (Article 17(3)(a))")
    DUTY = "17-3-b", _("duty under Union or Member State law (Article 17(3)(b))")
    HEALTH = "17-3-c", _("public health (Article 17(3)(c))")
    ARCHIVING = "17-3-d", _("archiving in the public interest (Article 17(3)(d))")
    CLAIMS = "17-3-e", _("legal claims (Article 17(3)(e))")


class CarriedOut(models.TextChoices):
    """What became of a message. Only what is restricted is decided about again, when what stands against it ends."""

    ERASED = "erased", pgettext_lazy("message", "erased")
    RESTRICTED = "restricted", pgettext_lazy("message", "restricted")
    KEPT = "kept", pgettext_lazy("message", "kept")
    RELEASED = "released", pgettext_lazy("message", "handed over")
    WITHHELD = "withheld", pgettext_lazy("message", "withheld")
    MISSING = "missing", _("could not be opened")
    UNRELATED = "unrelated", _("not about this person")
    GONE = "gone", _("left the archive before")


class SearchReport(models.Model):
    """One run of the search: what was asked, how much was found, what was not searched, and the list's digest."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    term_ids = models.JSONField(default=list)
    with_mentions = models.BooleanField()
    everything = models.BooleanField()  # whether the officer sees all mail: else only what is granted was searched
    counts = models.JSONField(default=dict)  # Concern → messages
    coverage = models.JSONField(default=dict)  # counts of archive.queries.coverage.Coverage
    digest = models.CharField(max_length=64)  # hex SHA-256 of the list: sighting ids and classes, in order

    class Meta:
        ordering = ["id"]


class LocatedItem(models.Model):
    """One message of the list. It hangs on its first sighting: a message's own id may become a smaller one."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="items")
    sighting_id = models.UUIDField()
    message_id = models.UUIDField(db_index=True)
    concern = models.CharField(max_length=9, choices=Concern)
    sent_at = models.DateTimeField(null=True)
    term_ids = models.JSONField(default=list)  # SubjectTerm ids that found it
    others = models.PositiveIntegerField(default=0)  # other addresses that take part
    proposal = models.CharField(max_length=13, blank=True)  # policy.erasure.ErasureOutcome; "" of an access
    reasons = models.JSONField(default=dict)  # language → sentences
    choice = models.CharField(max_length=9, choices=Choice, blank=True, default="")
    code = models.CharField(max_length=13, choices=Code, blank=True, default="")
    reason = models.TextField(blank=True)
    chosen_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(null=True)
    carried_out = models.CharField(max_length=10, choices=CarriedOut, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "sighting_id"], name="one_item_per_sighting"),
            models.CheckConstraint(condition=Q(choice="") | ~Q(reason=""), name="choice_has_its_reason"),
        ]
        indexes = [models.Index(fields=["request", "concern", "choice"], name="located_by_class")]
