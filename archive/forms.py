"""What the pages of retention read: reasons, days, labels, verdicts, events."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from archive.services.labels import MAX_LABEL_CHARS
from archive.services.proposals import MAX_REASON_CHARS
from muniment.policy.facts import Event

BAD_DATE = _("This is not a date. Write year-month-day, such as 2024-03-31.")
NEEDED = _("This is needed.")
EVENTS = {
    Event.DEPARTURE: _("departure of the employee"),
    Event.LAST_CONTACT: _("last contact from the person"),
    Event.CONTRACT_END: _("end of the contract"),
    Event.DELIVERY: _("delivery"),
}
_DAY = {"input_formats": ["%Y-%m-%d"], "error_messages": {"invalid": BAD_DATE, "required": NEEDED}}


def day_field(**options) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **_DAY, **options)


def reason_field(**options) -> forms.CharField:
    """Return a field for a reason, which stands for ever with what was done."""
    return forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON_CHARS,
        error_messages={"required": _("Say why: the reason stands with the decision.")},
        widget=forms.Textarea(attrs={"rows": 2}),
        **options,
    )


class ShownForm(forms.Form):
    """A form of these pages: `_field.html` shows its fields, with the ids that Django gives hints and errors."""

    use_required_attribute = False

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, label_suffix="", **options)


class ReasonForm(ShownForm):
    """A reason, and nothing else."""

    reason = reason_field()


class FilterForm(ShownForm):
    """Which messages of an outcome are listed."""

    rule = forms.CharField(required=False, label=_("Rule"), max_length=80)
    through = day_field(required=False, label=pgettext_lazy("date", "Due up to"))


class VerdictForm(ShownForm):
    """What a person decides about messages that have come up."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("keep", _("Keep through a day")), ("let-go", _("Let go"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you decide.")},
    )
    keep_through = day_field(required=False, label=_("Keep through"))
    reason = reason_field()

    def clean(self) -> dict[str, object]:
        given = super().clean()
        if given.get("decision") == "keep" and not given.get("keep_through") and "keep_through" not in self.errors:
            self.add_error("keep_through", _("Say through which day it is kept."))
        return given


class EventForm(ShownForm):
    """Something outside the mail that starts a term."""

    address = forms.EmailField(
        label=_("Address of the mailbox"),
        max_length=320,
        error_messages={"required": NEEDED, "invalid": _("Write an address, such as name@example.com.")},
    )
    event = forms.ChoiceField(label=_("Event"), choices=[(event.value, name) for event, name in EVENTS.items()])
    on = day_field(label=pgettext_lazy("date", "On"))


class LabelForm(ShownForm):
    """A label to put on a message or to take off."""

    label = forms.CharField(
        label=_("Label"),
        max_length=MAX_LABEL_CHARS,
        help_text=_("Rules speak of labels. What a message is about cannot be told from its headers."),
        error_messages={"required": NEEDED},
        widget=forms.TextInput(attrs={"list": "labels", "autocomplete": "off"}),
    )


class LibraryForm(ShownForm):
    """From when the starter library counts, and when the fiscal year closes."""

    valid_from = day_field(label=_("In force from"))
    year_end = forms.ChoiceField(
        label=_("Fiscal year closes at the end of"),
        choices=[
            (12, _("December")), (1, _("January")), (2, _("February")), (3, _("March")), (4, _("April")),
            (5, _("May")), (6, _("June")), (7, _("July")), (8, _("August")), (9, _("September")),
            (10, _("October")), (11, _("November")),
        ],
    )  # fmt: skip
