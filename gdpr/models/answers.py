"""What is given to the person: letters, the pack of an access, and the information of Article 15(1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from gdpr.models.requests import Request


class LetterKind(models.TextChoices):
    """What a letter says."""

    ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement")
    IDENTITY = "identity", _("question about identity")
    CLARIFICATION = "clarification", _("request for clarification")
    EXTENSION = "extension", _("notice of extension")
    REFUSAL = "refusal", _("reasoned refusal")
    CLOSING = "closing", _("reply")


class Letter(models.Model):
    """One letter as it was written."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=15, choices=LetterKind)
    template_version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2)
    text = models.TextField(blank=True)  # "" once the person is forgotten
    digest = models.CharField(max_length=64)  # hex SHA-256 of the text
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class PackState(models.TextChoices):
    """WAITING → READY → EXPIRED."""

    WAITING = "waiting", pgettext_lazy("pack", "being made")
    READY = "ready", pgettext_lazy("pack", "ready")
    FAILED = "failed", pgettext_lazy("pack", "failed")
    EXPIRED = "expired", pgettext_lazy("pack", "expired")


class AccessPack(models.Model):
    """The copy that an access gives. The file goes when it expires; its digests stay."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="pack")
    state = models.CharField(max_length=8, choices=PackState, default=PackState.WAITING)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    messages = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)  # released messages that could not be opened
    information_version = models.PositiveIntegerField(default=0)  # of `Information`, fixed at the release
    reason = models.CharField(max_length=500, blank=True)
    downloads = models.PositiveIntegerField(default=0)


class Information(models.Model):
    """Article 15(1)(a) to (h) in one language. Each save is a new version; the latest counts."""

    language = models.CharField(max_length=2)
    version = models.PositiveIntegerField()
    controller = models.TextField(_("Controller and data-protection officer"))
    purposes = models.TextField(_("(a) Purposes of the processing"))
    categories = models.TextField(_("(b) Categories of personal data"))
    recipients = models.TextField(_("(c) Recipients, and transfers to third countries (15(2))"))
    retention = models.TextField(_("(d) How long the data is kept"))
    rights = models.TextField(_("(e) Rights to rectification, erasure, restriction and objection"))
    complaint = models.TextField(_("(f) Right to lodge a complaint, with the authority"))
    source = models.TextField(_("(g) Where the data comes from"))
    automated = models.TextField(_("(h) Automated decisions"))
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "version"], name="one_information_per_version")]
