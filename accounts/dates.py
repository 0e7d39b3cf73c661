"""Days written out for people: French calls the first of a month “1er” and counts the others."""

from datetime import date, datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import get_language

_DAY: Final = "j"  # of Django's format: the day of the month without a leading zero
_FIRST: Final = r"j\e\r"


def written(value: date | datetime, pattern: str) -> str:
    """Write a day by a pattern of Django's `date_format`, in the language of the page."""
    if value.day == 1 and (get_language() or "").startswith("fr"):
        pattern = pattern.replace(_DAY, _FIRST)
    return date_format(value, pattern)
