"""People, what they may see, what was done, and who agreed to it.

    User 1─* Grant               mail that a person may see, for a time, and who said so
    AuditEntry 1─* AuditText     the audit trail; its free texts apart, so that they can be erased
    AuditHead                    number and hash of the last entry: the lock that gives entries their order
    Approval                     one act that needs a second person

Audit entries are append-only: the database itself refuses to change or delete them (migration 0003). A migration that
rebuilds their table on SQLite has to make the triggers again; `verify` tells when they are missing.
"""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person may do. `accounts.permissions` turns role and grants into a scope."""

    EMPLOYEE = "employee", _("Employee")
    COMPLIANCE = "compliance", _("Compliance officer")
    LEGAL = "legal", _("Legal")
    DPO = "dpo", _("Data protection officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class User(AbstractUser):
    """A person who signs in with an address. An employee sees the mail of that address, all others what is granted."""

    email = models.EmailField(_("address"), unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.EMPLOYEE)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]
    objects = UserManager()


class GrantKind(models.TextChoices):
    """What a grant opens."""

    EVERYTHING = "everything", _("everything")
    ADDRESS = "address", _("address")
    DOMAIN = "domain", _("domain")
    CUSTODIAN = "custodian", _("custodian")


class Grant(models.Model):
    """Mail that a person may see from `valid_from` until `valid_until`. Grants are ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=10, choices=GrantKind)
    value = models.CharField(
        max_length=320, blank=True
    )  # lower-cased address or domain; RFC 5321 4.5.3.1: 64 + @ + 255
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)  # the first moment at which it no longer holds
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: a command
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=GrantKind.EVERYTHING, value="") | (~Q(kind=GrantKind.EVERYTHING) & ~Q(value="")),
                name="grant_names_what_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")), name="grant_by_another_person"
            ),
        ]
        indexes = [models.Index(fields=["user", "valid_until"], name="grants_of_a_person")]


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


class ApprovalState(models.TextChoices):
    """Where an approval stands. OPEN → GIVEN → USED is the way through; all others are ends."""

    OPEN = "open", pgettext_lazy("approval", "open")
    GIVEN = "given", pgettext_lazy("approval", "given")
    USED = "used", pgettext_lazy("approval", "used")
    REFUSED = "refused", pgettext_lazy("approval", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("approval", "withdrawn")
    EXPIRED = "expired", pgettext_lazy("approval", "expired")


_LIVE = (ApprovalState.OPEN, ApprovalState.GIVEN)
_DECIDED = (ApprovalState.GIVEN, ApprovalState.USED, ApprovalState.REFUSED)


class Approval(models.Model):
    """One act that one person asks for and another allows, once, before it expires.

    `kind` and `subject` say what (a code, an id); `digest` binds the approval to what exactly was proposed.
    """

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField()
    expires_at = models.DateTimeField(db_index=True)
    may_approve = models.JSONField()  # roles
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.OPEN)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="approval_by_another_person"
            ),
            models.CheckConstraint(
                condition=(
                    Q(decided_by__isnull=True, decided_at__isnull=True)
                    | Q(decided_by__isnull=False, decided_at__lt=F("expires_at"))
                ),
                name="approval_decided_in_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=_DECIDED, decided_by__isnull=False)
                    | Q(state__in=(ApprovalState.OPEN, ApprovalState.WITHDRAWN), decided_by__isnull=True)
                    | Q(state=ApprovalState.EXPIRED)
                ),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=ApprovalState.USED, used_at__lt=F("expires_at"), used_at__gte=F("decided_at"))
                    | (~Q(state=ApprovalState.USED) & Q(used_at__isnull=True))
                ),
                name="approval_used_in_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="approval_expires_after_it_is_asked"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state__in=_LIVE), name="one_live_approval_of_a_subject"
            ),
        ]
