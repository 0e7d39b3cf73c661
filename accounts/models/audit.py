"""The audit trail: entries, their free texts apart, and the head that gives them their order.

Audit entries are append-only: the database itself refuses to change or delete them (migration 0003). A migration that
rebuilds their table on SQLite has to make the triggers again; `verify` tells when they are missing.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Action(models.TextChoices):
    """What an audit entry is about: a closed set. A new one needs its line here and its French."""

    SIGN_IN = "sign-in", _("Signed in")
    SIGN_IN_REFUSED = "sign-in-refused", _("Sign-in refused")
    SIGN_OUT = "sign-out", _("Signed out")
    SEARCH = "search", _("Searched")
    VIEW = "view", _("Viewed")
    DOWNLOAD = "download", _("Downloaded")
    EXPORT = "export", _("Exported")
    REFUSAL = "refusal", _("Refused")
    PERSON_ADDED = "person-added", _("Person added")
    PERSON_CHANGED = "person-changed", _("Person changed")
    GRANT_GIVEN = "grant-given", _("Grant given")
    GRANT_ENDED = "grant-ended", _("Grant ended")
    APPROVAL_ASKED = "approval-asked", _("Approval asked for")
    APPROVAL_GIVEN = "approval-given", _("Approval given")
    APPROVAL_REFUSED = "approval-refused", _("Approval refused")
    APPROVAL_WITHDRAWN = "approval-withdrawn", _("Approval withdrawn")
    APPROVAL_EXPIRED = "approval-expired", _("Approval expired")
    APPROVAL_USED = "approval-used", _("Approval used")
    IMPORT = "import", _("Mail imported")
    VERIFY = "verify", _("Archive verified")
    RECONCILE_REPAIR = "reconcile-repair", _("Archive mended")
    REBUILD = "rebuild", _("Archive rebuilt")
    TEXTS_ERASED = "texts-erased", _("Texts of the audit trail erased")
    MATTER_OPENED = "matter-opened", _("Matter opened")
    MATTER_CHANGED = "matter-changed", _("Matter changed")
    MATTER_CLOSED = "matter-closed", _("Matter closed")
    SEARCH_SAVED = "search-saved", _("Search saved")
    HOLD_PLACED = "hold-placed", _("Hold placed")
    HOLD_RELEASED = "hold-released", _("Hold released")
    RULE_CHANGED = "rule-changed", _("Retention rule changed")
    LABEL_CHANGED = "label-changed", _("Label put or taken off")
    EVENT_NOTED = "event-noted", _("Event noted")
    REVIEWED = "reviewed", _("Message reviewed")
    SIMULATED = "simulated", _("Rules simulated")
    DESTRUCTION_PROPOSED = "destruction-proposed", _("Destruction proposed")
    DESTRUCTION_WITHDRAWN = "destruction-withdrawn", _("Destruction withdrawn")
    DESTRUCTION_BEGUN = "destruction-begun", _("Destruction begun")
    DESTRUCTION_DONE = "destruction-done", _("Destruction done")
    RESTRICTED = "restricted", _("Message restricted")
    RESTRICTION_LIFTED = "restriction-lifted", _("Restriction lifted")
    REQUEST_RECEIVED = "request-received", _("Request received")
    REQUEST_CHANGED = "request-changed", _("Request changed")
    REQUEST_DECIDED = "request-decided", _("Request decided")
    REQUEST_CLOSED = "request-closed", _("Request closed")
    TOKEN_GIVEN = "token-given", _("Access token given")
    TOKEN_ENDED = "token-ended", _("Access token ended")


class Outcome(models.TextChoices):
    """How an act ended."""

    DONE = "done", _("done")
    REFUSED = "refused", pgettext_lazy("outcome", "refused")
    FAILED = "failed", _("failed")


class TextKind(models.TextChoices):
    """A free text of an audit entry. People are named in such texts, so each can be erased."""

    QUERY = "query", _("query")
    PURPOSE = "purpose", _("purpose")
    REASON = "reason", _("reason")
    ADDRESS = "address", _("address typed")


class AuditEntry(models.Model):
    """One act. Its hash covers every field below and the hash before; `accounts.chain` defines it.

    Action and outcome have no `choices` here: a new action must not touch this table.
    """

    number = models.PositiveBigIntegerField(primary_key=True)  # from 1, without gaps
    at = models.DateTimeField(db_index=True)
    person_id = models.BigIntegerField(null=True)  # id of the User; null for a command and for nobody
    actor = models.CharField(max_length=320)  # address of the person, "command line: NAME", or "" for nobody
    action = models.CharField(max_length=24)
    outcome = models.CharField(max_length=8)
    matter_id = models.UUIDField(null=True)
    scope = models.JSONField(default=dict)  # counts, never addresses
    objects_named = models.JSONField(default=list)  # "kind:id"
    details = models.JSONField(default=dict)  # counts and codes
    text_digests = models.JSONField(default=dict)  # TextKind → hex SHA-256(salt ‖ text)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "number"], name="audit_of_a_person"),
            models.Index(fields=["action", "number"], name="audit_of_an_action"),
            models.Index(
                fields=["matter_id", "number"], name="audit_of_a_matter", condition=Q(matter_id__isnull=False)
            ),
        ]


class AuditText(models.Model):
    """A free text of an entry with its salt. Without the row nobody can tell what the text was; the chain holds."""

    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="texts")
    kind = models.CharField(max_length=8)
    salt = models.BinaryField(max_length=16)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "kind"], name="one_text_of_a_kind")]


class AuditHead(models.Model):
    """The last entry. One row: whoever locks it writes the next."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    number = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_audit_head")]
