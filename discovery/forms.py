"""What the search page reads from its address, leniently: a filter that is no filter is said and left out."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from discovery.criteria import PAGE_SIZES, Attachment, Criteria
from muniment.engines.port import Sort
from muniment.query.vocabulary import PII_VALUES

SORT_LABELS = {
    Sort.DATE_DESC: _("Newest first"),
    Sort.DATE_ASC: _("Oldest first"),
    Sort.RELEVANCE: _("Most relevant first"),
    Sort.SENDER: _("By sender"),
    Sort.SIZE_DESC: _("Largest first"),
    Sort.SIZE_ASC: _("Smallest first"),
}
_ATTACHMENT_LABELS = {
    Attachment.ANY: _("With or without"),
    Attachment.WITH: _("With attachments"),
    Attachment.WITHOUT: _("Without attachments"),
}
_BAD_DATE = _("This is not a date. Write year-month-day, such as 2024-03-31.")


MAX_PURPOSE_CHARS = 200


class SearchForm(forms.Form):
    """The query and its filters. Every control belongs to the form `search`, wherever it stands on the page."""

    use_required_attribute = False

    q = forms.CharField(required=False, strip=False)
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
    sender = forms.CharField(required=False, label=_("Sender"), max_length=500)
    source = forms.CharField(required=False, max_length=200)
    filetype = forms.CharField(required=False, max_length=200)
    personal = forms.ChoiceField(required=False, choices=[(value, value) for value in PII_VALUES])
    attachment = forms.ChoiceField(required=False, label=_("Attachments"), choices=list(_ATTACHMENT_LABELS.items()))
    sort = forms.ChoiceField(required=False, label=_("Order"), choices=list(SORT_LABELS.items()))
    per = forms.TypedChoiceField(
        required=False,
        label=_("Per page"),
        coerce=int,
        empty_value=PAGE_SIZES[0],
        choices=[(size, size) for size in PAGE_SIZES],
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10**9)
    matter = forms.UUIDField(required=False)
    purpose = forms.CharField(required=False, label=_("Purpose"))

    def clean_purpose(self) -> str:
        """Cut what is too long: it must never be lost without a word."""
        return str(self.cleaned_data["purpose"])[:MAX_PURPOSE_CHARS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        after, before = cleaned.get("after"), cleaned.get("before")
        if isinstance(after, date) and isinstance(before, date) and before < after:
            self.add_error("before", _("This date lies before the first one: both are left out."))
            cleaned.pop("after")
        return cleaned

    def criteria(self) -> Criteria:
        """Return what is asked; parts that are not valid are left out (the page shows their errors)."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        if "attachment" in found:
            found["attachment"] = Attachment(found["attachment"])
        if "sort" in found:
            found["sort"] = Sort(found["sort"])
        return Criteria(**found)
