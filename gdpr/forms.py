"""What the pages of requests read: a new request, the filters of the register, the information of Article 15(1)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gdpr.clock import Standing
from gdpr.models import Channel, Information, RequestState, Right
from gdpr.models.requests import Calendar
from gdpr.queries.register import Wanted
from gdpr.shown import STANDINGS
from muniment.policy.erasure_request import Ground

GROUNDS = (
    (Ground.NO_LONGER_NECESSARY.value, _("(a) the data is no longer necessary")),
    (Ground.CONSENT_WITHDRAWN.value, _("(b) consent was withdrawn")),
    (Ground.OBJECTION.value, _("(c) the person objects")),
    (Ground.UNLAWFUL.value, _("(d) the processing was unlawful")),
    (Ground.LEGAL_OBLIGATION.value, _("(e) a law obliges to erase")),
    (Ground.CHILD.value, _("(f) the data was collected from a child for an online service")),
)
_BAD_DATE = _("This is not a date. Write year-month-day, such as 2026-03-31.")


class NewRequest(forms.Form):
    """A request as it came in."""

    use_required_attribute = False

    right = forms.ChoiceField(label=_("What is asked for"), choices=Right.choices)
    person_name = forms.CharField(label=_("Name, as the person writes it"), max_length=200)
    addresses = forms.CharField(
        label=_("E-mail addresses that the person gives, one a line"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=5_000,
    )
    received_on = forms.DateField(
        label=_("Received by your organisation on"),
        help_text=_("The clock counts from this day, whoever received it, not from today."),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _BAD_DATE},
    )
    channel = forms.ChoiceField(label=_("How it came"), choices=Channel.choices)
    language = forms.ChoiceField(label=_("Language of the answer"), choices=[("fr", "Français"), ("en", "English")])
    grounds = forms.MultipleChoiceField(
        label=_("Grounds of Article 17(1), for an erasure"),
        choices=GROUNDS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    calendar = forms.ChoiceField(label=_("Public holidays"), choices=Calendar.choices)
    pauses_count = forms.BooleanField(
        label=_("The authority accepts that a question pauses the clock"), required=False, initial=True
    )


class RegisterForm(forms.Form):
    """The filters of the register: a filter that is none is left out."""

    use_required_attribute = False

    text = forms.CharField(required=False, label=_("Number or name"), max_length=200)
    right = forms.ChoiceField(required=False, label=_("Right"), choices=[("", _("Every right")), *Right.choices])
    state = forms.ChoiceField(required=False, label=_("State"), choices=[("", _("Every state")), *RequestState.choices])
    standing = forms.ChoiceField(
        required=False,
        label=_("Deadline"),
        choices=[("", _("Every deadline")), *((standing.value, STANDINGS[standing]) for standing in Standing)],
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000, widget=forms.HiddenInput)

    def wanted(self) -> Wanted:
        """Return the filters that were understood."""
        self.is_valid()
        given = self.cleaned_data
        return Wanted(
            text=given.get("text") or "",
            right=Right(given["right"]) if given.get("right") else None,
            state=RequestState(given["state"]) if given.get("state") else None,
            standing=Standing(given["standing"]) if given.get("standing") else None,
            page=given.get("page") or 1,
        )


class InformationForm(forms.ModelForm):
    """The information of Article 15(1) in one language."""

    use_required_attribute = False

    class Meta:
        model = Information
        fields = (
            "controller",
            "purposes",
            "categories",
            "recipients",
            "retention",
            "rights",
            "complaint",
            "source",
            "automated",
        )
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in fields}
