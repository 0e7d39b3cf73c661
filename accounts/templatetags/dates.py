"""`{{ day|written:_("j M Y") }}`: the `date` filter, with the first of a month as French writes it."""

from datetime import date

from django import template

from accounts import dates

register = template.Library()


@register.filter(expects_localtime=True)
def written(value: date | None, pattern: str) -> str:
    """Write a day; "" for none."""
    return dates.written(value, pattern) if value else ""
