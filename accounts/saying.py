"""A refusal in the language of the page: services translate theirs, those of the core bring both languages."""

from django.utils.translation import get_language

from muniment.errors import MunimentError
from muniment.policy.words import SaidNo


def said(error: MunimentError) -> str:
    """Return what a refusal says to the reader."""
    if isinstance(error, SaidNo) and (get_language() or "").startswith("fr"):
        return error.to("fr")
    return str(error)
