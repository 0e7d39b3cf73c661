"""The catalogue: what PostgreSQL or SQLite knows of the vault. All of it is rebuilt from segments.

Segment 1─* SegmentStage          what is done for each segment
└─* Sighting *─1 Message       one logical mail, one or more observations
├─* Participant
└─* Part 1─1 PartText
ThreadKey                         message ids → thread
StaleDocument                     index documents whose id is no message's any more

An index is here because a query at a million messages needs it (docs/decisions/0027-postgresql-at-scale.md). Columns of
text have theirs in `Meta`, where PostgreSQL makes one; `db_index` would make a second for LIKE. A foreign key that a
constraint begins with has none of its own.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """The work that every segment gets after its capture, in this order."""

    CATALOGUE = "catalogue", _("catalogue")
    INDEX = "index", _("index")
    TEXT = "text", _("attachment text")
    PERSONAL_DATA = "personal", _("personal data")


class StageState(models.TextChoices):
    """How far a stage is. FAILED is tried again by the sweep, up to a limit, and listed."""

    PENDING = "pending", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Segment(models.Model):
    """One sealed segment of the vault."""

    id = models.UUIDField(primary_key=True)
    retention_class = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    lock_until = models.DateTimeField(null=True)
    merkle_root = models.BinaryField(max_length=32)
    frame_count = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    log_index = models.PositiveBigIntegerField(null=True, unique=True)  # of its leaf in the evidence log; NULL: not yet

    class Meta:
        indexes = [models.Index(fields=["id"], name="segments_to_log", condition=Q(log_index__isnull=True))]


class SegmentStage(models.Model):
    """The state of one stage of one segment."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="stages", db_index=False)
    stage = models.CharField(max_length=12, choices=Stage)
    state = models.CharField(max_length=8, choices=StageState, default=StageState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "stage"], name="one_state_per_stage")]
        indexes = [models.Index(fields=["stage", "state", "segment"], name="undone_stages")]


class Searchable(models.TextChoices):
    """Whether the index holds a message."""

    WAITING = "waiting", _("waiting for the index")
    YES = "yes", _("searchable")
    FAILED = "failed", _("not searchable")


class Message(models.Model):
    """The logical mail. Its id is the smallest id of its sightings, so a rebuild finds the same."""

    id = models.UUIDField(primary_key=True)
    fingerprint = models.BinaryField(max_length=32)
    fingerprint_version = models.PositiveSmallIntegerField()
    rfc_message_id = models.CharField(max_length=998, blank=True)
    thread_id = models.UUIDField(db_index=True)
    subject = models.TextField(blank=True)
    sender = models.CharField(max_length=500, blank=True)  # first From address as shown
    preview = models.CharField(max_length=300, blank=True)
    date = models.DateTimeField(null=True)
    date_offset_minutes = models.SmallIntegerField(null=True)  # zone of the Date field, east of UTC
    captured_at = models.DateTimeField()  # of the first sighting
    size_bytes = models.PositiveBigIntegerField()
    attachment_count = models.PositiveIntegerField(default=0)
    flags = models.JSONField(default=list)
    defects = models.JSONField(default=list)
    searchable = models.CharField(max_length=8, choices=Searchable, default=Searchable.WAITING)
    not_searchable_reason = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1)  # grows with each change that the index must learn of
    indexed_revision = models.PositiveIntegerField(default=0)  # what the index has learnt

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fingerprint", "fingerprint_version"], name="one_message_per_fingerprint")
        ]
        indexes = [
            models.Index(fields=["id"], name="messages_to_index", condition=Q(indexed_revision__lt=F("revision"))),
            models.Index(fields=["id"], name="messages_not_found", condition=~Q(searchable="yes")),
        ]


class Sighting(models.Model):
    """One observation of a message; its whole capture is in the sealed frame."""

    id = models.UUIDField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="sightings")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="sightings")
    source = models.CharField(max_length=200)
    captured_at = models.DateTimeField()
    custodian = models.CharField(max_length=320, blank=True)
    item = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)  # hex, of raw
    commitment = models.CharField(max_length=64)  # hex
    size_bytes = models.PositiveBigIntegerField()
    import_key = models.CharField(max_length=64, blank=True)  # "" for what came by a listener

    class Meta:
        indexes = [
            models.Index(fields=["source", "captured_at"], name="sightings_of_a_source"),
            models.Index(fields=["custodian"], name="sightings_of_a_custodian"),
            models.Index(fields=["import_key"], name="sightings_of_an_import"),
        ]


class ParticipantRole(models.TextChoices):
    """How an address takes part."""

    FROM = "from", _("From")
    SENDER = "sender", _("Sender")
    REPLY_TO = "reply-to", _("Reply to")
    TO = "to", _("To")
    CC = "cc", _("Cc")
    BCC = "bcc", _("Bcc")
    DELIVERED = "delivered", _("Delivered to")


class Known(models.TextChoices):
    """From where a participant is known."""

    HEADER = "header", _("header")
    ENVELOPE = "envelope", _("envelope")
    CUSTODIAN = "custodian", _("mailbox")


class Participant(models.Model):
    """(message, address, role, how known). `address` is lower-cased; "" when only a name was given."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="participants", db_index=False)
    address = models.CharField(max_length=500, blank=True)
    domain = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=500, blank=True)
    role = models.CharField(max_length=10, choices=ParticipantRole)
    known = models.CharField(max_length=10, choices=Known)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "role", "known", "address", "name"], name="one_participation")
        ]
        indexes = [  # scopes are read from these alone, without the rows
            models.Index(fields=["address", "message"], name="messages_of_an_address"),
            models.Index(fields=["domain", "message"], name="messages_of_a_domain"),
        ]


class Part(models.Model):
    """One leaf or nested message of the MIME tree that a reader may open."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="parts", db_index=False)
    path = models.CharField(max_length=300)
    content_type = models.CharField(max_length=255)
    real_type = models.CharField(max_length=255, blank=True)
    disposition = models.CharField(max_length=10)
    filename = models.CharField(max_length=500, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "path"], name="one_part_per_path")]


class PartText(models.Model):
    """The text drawn from an attachment, or the reason why there is none."""

    part = models.OneToOneField(Part, on_delete=models.CASCADE, primary_key=True, related_name="text")
    outcome = models.CharField(max_length=12)
    detail = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["outcome"], name="texts_by_outcome")]


class ThreadKey(models.Model):
    """A message id (SHA-256 of it) that ties messages to a thread. A thread's id is its smallest message id."""

    key = models.CharField(max_length=64, primary_key=True)
    thread_id = models.UUIDField(db_index=True)


class StaleDocument(models.Model):
    """An index document to remove: its message took a smaller id, or is gone."""

    document_id = models.UUIDField(primary_key=True)
