"""Personal data that was found in messages: kinds, places and counts, never a value. Made again by a scan."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Place(models.TextChoices):
    """Where in a message something was found."""

    SUBJECT = "subject", _("subject")
    BODY = "body", _("body")
    ATTACHMENT = "attachment", _("attachment")


class PersonalScan(models.Model):
    """A message was looked through; one without findings holds nothing that this version of the detector knows."""

    message = models.OneToOneField(
        "archive.Message", on_delete=models.CASCADE, primary_key=True, related_name="personal_scan"
    )
    detector_version = models.PositiveSmallIntegerField(db_index=True)
    texts = models.PositiveIntegerField(default=0)  # of attachments, as many as there were
    in_part = models.BooleanField(default=False)  # longer than what is read of one message, or too slow to read
    scanned_at = models.DateTimeField()


class PersonalFinding(models.Model):
    """One kind of identifier in one text of a message."""

    message = models.ForeignKey("archive.Message", on_delete=models.CASCADE, related_name="personal_findings")
    kind = models.CharField(max_length=20)  # a value of `muniment.pii.model.Kind`
    place = models.CharField(max_length=10, choices=Place)
    part = models.ForeignKey(
        "archive.Part", null=True, on_delete=models.CASCADE, related_name="personal_findings", db_index=False
    )
    count = models.PositiveIntegerField()
    offsets = models.JSONField()  # [[start, length], …] in code points of the text, the first ones

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "kind", "place"],
                condition=models.Q(part__isnull=True),
                name="one_finding_per_kind_and_own_text",
            ),
            models.UniqueConstraint(fields=["part", "kind"], name="one_finding_per_kind_and_attachment"),
            models.CheckConstraint(
                condition=models.Q(place=Place.ATTACHMENT, part__isnull=False)
                | (~models.Q(place=Place.ATTACHMENT) & models.Q(part__isnull=True)),
                name="finding_in_an_attachment_names_it",
            ),
        ]
        indexes = [models.Index(fields=["kind", "message"], name="messages_of_a_kind")]
