"""Local time as mail writes it. No time-zone database is asked, so that every machine writes the same bytes."""

from datetime import datetime, timedelta

from demo.people import Zone

# EU and UK summer time, local standard time (directive 2000/84/EC).
SUMMERS = (
    (datetime(2024, 3, 31, 2), datetime(2024, 10, 27, 3)),
    (datetime(2025, 3, 30, 2), datetime(2025, 10, 26, 3)),
)
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_JOURS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_MOIS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


def offset_hours(when: datetime, zone: Zone) -> int:
    """Return the hours that the zone is ahead of UTC."""
    summer = any(first <= when < last for first, last in SUMMERS)
    return int(summer) + (1 if zone is Zone.PARIS else 0)


def in_utc(when: datetime, zone: Zone) -> datetime:
    """Return the local time in UTC."""
    return when - timedelta(hours=offset_hours(when, zone))


def rfc5322(when: datetime, zone: Zone) -> str:
    """Return a Date field's value."""
    return f"{_day(when)} {when:%H:%M}:{_second(when):02d} +0{offset_hours(when, zone)}00"


def utc(when: datetime, zone: Zone, *, seconds: int = 0) -> str:
    """Return the moment in UTC, as a relay stamps it."""
    moment = in_utc(when, zone) + timedelta(seconds=_second(when) + seconds)
    return f"{_day(moment)} {moment:%H:%M:%S} +0000"


def asctime(when: datetime, zone: Zone) -> str:
    """Return the moment as the From_ line of an mbox has it."""
    moment = in_utc(when, zone)
    return f"{_DAYS[moment.weekday()]} {_MONTHS[moment.month - 1]} {moment.day:2d} {moment:%H:%M:%S} {moment.year}"


def spoken(when: datetime, *, french: bool) -> str:
    """Return the date of an attribution line."""
    if french:
        return f"{_JOURS[when.weekday()]} {when.day} {_MOIS[when.month - 1]} {when.year} à {when:%H:%M}"
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year} at {when:%H:%M}"


def _day(when: datetime) -> str:
    return f"{_DAYS[when.weekday()]}, {when.day} {_MONTHS[when.month - 1]} {when.year}"


def _second(when: datetime) -> int:
    return (when.minute * 7 + when.day * 13) % 60
