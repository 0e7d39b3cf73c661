"""What pages read: the filters of the audit trail (one that is no filter is said and left out), a new access token."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Action
from accounts.models.tokens import MAX_TOKEN_NAME_CHARS
from accounts.queries.audit import AuditFilter
from accounts.services.tokens import MAX_DAYS

_BAD_DATE = _("This is not a date. Write year-month-day, such as 2024-03-31.")


class AuditForm(forms.Form):
    """The filters of the audit trail."""

    use_required_attribute = False

    actor = forms.CharField(required=False, label=_("Person"), max_length=320)
    action = forms.ChoiceField(required=False, label=_("Action"), choices=[("", _("Every action")), *Action.choices])
    after = forms.DateField(
        required=False,
        label=pgettext_lazy("date", "From"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _BAD_DATE},
    )
    before = forms.DateField(
        required=False,
        label=pgettext_lazy("date", "To"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _BAD_DATE},
    )
    matter = forms.UUIDField(
        required=False, label=_("Matter"), error_messages={"invalid": _("This is not the id of a matter.")}
    )

    def wanted(self) -> AuditFilter:
        """Return the filters that were understood."""
        self.is_valid()
        given = self.cleaned_data
        action = given.get("action")
        return AuditFilter(
            actor=given.get("actor") or "",
            action=Action(action) if action else None,
            first=given.get("after"),
            last=given.get("before"),
            matter_id=given.get("matter"),
        )


class TokenForm(forms.Form):
    """A new access token."""

    use_required_attribute = False

    name = forms.CharField(
        label=_("Name: which program will use it"),
        max_length=MAX_TOKEN_NAME_CHARS,
        error_messages={"required": _("Name the program that will use it.")},
    )
    days = forms.IntegerField(
        label=_("Days until it expires (at most 366)"),
        min_value=1,
        max_value=MAX_DAYS,
        initial=90,
        error_messages={
            name: _("Write a number of days between 1 and 366.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
