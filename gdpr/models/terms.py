"""By what a person is known: addresses, names, other names, telephone numbers."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from gdpr.models.requests import Request


class TermKind(models.TextChoices):
    """What a term is. Addresses find mail of the person; all kinds find mail that mentions them."""

    ADDRESS = "address", pgettext_lazy("term", "address")
    NAME = "name", pgettext_lazy("term", "name")
    ALIAS = "alias", _("other name")
    PHONE = "phone", _("telephone")


class TermState(models.TextChoices):
    """Only a confirmed term is searched for."""

    PROPOSED = "proposed", pgettext_lazy("term", "proposed")
    CONFIRMED = "confirmed", pgettext_lazy("term", "confirmed")
    REFUSED = "refused", pgettext_lazy("term", "not this person")


class TermOrigin(models.TextChoices):
    """Where a term comes from."""

    GIVEN = "given", _("given with the request")
    SAME_NAME = "same-name", _("seen with the same name")
    SAME_ADDRESS = "same-address", _("seen with the same address")


class SubjectTerm(models.Model):
    """One term; addresses in lower case."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="terms")
    kind = models.CharField(max_length=7, choices=TermKind)
    value = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=TermState, default=TermState.PROPOSED)
    origin = models.CharField(max_length=12, choices=TermOrigin, default=TermOrigin.GIVEN)
    seen = models.PositiveIntegerField(default=0)  # messages in which it was seen when it was proposed
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "kind", "value"], name="one_term_of_a_request")]
