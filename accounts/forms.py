"""What the page of the audit trail reads from its address: a filter that is no filter is said and left out."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Action
from accounts.queries.audit import AuditFilter

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
