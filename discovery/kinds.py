"""Kinds of personal data as the page's language calls them."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muniment.pii.model import Kind
from muniment.pii.names import name_of
from muniment.query.vocabulary import ANY_KIND


def kind_label(kind: str) -> str:
    """Return what a kind is called in the language of the page; the kind itself where it is not known any more."""
    if kind == ANY_KIND:
        return _("any kind")
    try:
        return name_of(Kind(kind), language="fr" if get_language() == "fr" else "en")
    except ValueError:
        return kind
