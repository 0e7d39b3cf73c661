"""Dates as people read them: in the zone the sender wrote, and in UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from django.utils.translation import gettext, gettext_noop

from accounts.dates import written
from archive.models import Message
from muniment.engines.port import Interval

_MINUTES_PER_DAY = 1440
_PATTERNS = {Interval.DAY: gettext_noop("j M Y"), Interval.MONTH: gettext_noop("M Y"), Interval.YEAR: "Y"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One point in time: `local` in its own zone with the offset, `utc`, and `iso` for machines."""

    local: str
    utc: str
    iso: str


def sent(message: Message) -> Moment | None:
    """Return the Date field of a message; None when it has none that can be read."""
    return moment(message.date, offset_minutes=message.date_offset_minutes) if message.date else None


def moment(at: datetime, *, offset_minutes: int | None = 0) -> Moment:
    """Write an aware time in the zone `offset_minutes` east of UTC."""
    offset = offset_minutes or 0
    if abs(offset) >= _MINUTES_PER_DAY:
        offset = 0
    try:
        local = at.astimezone(timezone(timedelta(minutes=offset)))
    except OverflowError:  # the first or last day of the calendar
        local, offset = at.astimezone(UTC), 0
    zone = "UTC" if not offset else local.strftime("%z")
    to_the_minute, to_the_second = gettext("j M Y, H:i"), gettext("j M Y, H:i:s")
    return Moment(
        local=f"{written(local, to_the_minute)} {zone}",
        utc=f"{written(at.astimezone(UTC), to_the_second)} UTC",
        iso=at.astimezone(UTC).isoformat(),
    )


def day(value: date) -> str:
    """Write a day."""
    return written(value, gettext(_PATTERNS[Interval.DAY]))


def span(first: date, interval: Interval) -> str:
    """Write what a bar of the histogram stands for."""
    return written(first, gettext(_PATTERNS[interval]))
