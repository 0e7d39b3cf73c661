"""People and their roles."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do. `accounts.permissions` turns a role into a scope."""

    EMPLOYEE = "employee", _("Employee")
    COMPLIANCE = "compliance", _("Compliance officer")
    LEGAL = "legal", _("Legal")
    DPO = "dpo", _("Data protection officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class User(AbstractUser):
    """A person who signs in with an address. An employee sees the mail of that address, nobody else's."""

    email = models.EmailField(_("address"), unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.EMPLOYEE)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]
    objects = UserManager()
