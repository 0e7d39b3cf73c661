"""People, and the mail that each may see."""

from uuid import UUID

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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

    # Set on the value, never stored: the id of the access token through which the person acts now.
    through_token: UUID | None = None

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
