"""Date fields to aware datetimes: RFC 5322 section 3.3 and 4.3, and the slips of wild senders."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from typing import Final

FIRST_YEAR: Final = 1900  # RFC 5322 section 3.3
LAST_YEAR: Final = 2199  # our choice: later is a broken clock, and arithmetic on it must not overflow
MAX_DATE_CHARS: Final = 200

_MONTHS: Final = {
    name: place + 1 for place, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split())
}
_USUAL: Final = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s+)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|GMT|UTC?)"
    r"(?:\s*\([^()]*\))?\s*\Z"
)
_ISO: Final = re.compile(
    r"\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?)?\s*(\S*)"
)
_COMMENT: Final = re.compile(r"\([^()]*\)")
_HALF_DAY: Final = re.compile(r"\d\s*([ap])\.?m\b", re.IGNORECASE)
_AROUND_COLON: Final = re.compile(r"\s*:\s*")
_MAX_COMMENT_DEPTH: Final = 4
_SUMMER_NAME: Final = re.compile(r"([a-z]{3,4})-?\d{1,2}[a-z]{3,4}\Z")  # "EST5EDT": the zone, whatever the season
_OFFSET: Final = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})\Z", re.IGNORECASE)
_TIME_ZONE_GLUED: Final = re.compile(r"(\d{2}:\d{2}:\d{2})([+-]\d{4}|[A-Z]{3})")
_WEEKDAY: Final = re.compile(r"\s*[^\W\d]{2,12}\.?,\s*")
_DOTTED_TIME: Final = re.compile(r"\b(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?=\s)")
_NUMBERS: Final = re.compile(
    r"\s*(\d{1,2})[./-]([A-Za-z]{3,9}|\d{1,2})[./-](\d{4})[ ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(\S*)"
)
# Zones of RFC 5322 section 4.3, military letters as that section says (unknown), and what European and Asian
# senders write; hours and minutes east of Greenwich. Ambiguous ones are read as their mail senders meant them.
_ZONES: Final = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 100, "bst": 100, "ist": 530, "cet": 100, "met": 100,
    "mez": 100, "cest": 200, "mest": 200, "mesz": 200, "eet": 200, "eest": 300, "msk": 300, "msd": 400,
    "est": -500, "edt": -400, "cst": -600, "cdt": -500, "mst": -700, "mdt": -600, "pst": -800, "pdt": -700,
    "ast": -400, "adt": -300, "nst": -330, "ndt": -230, "akst": -900, "akdt": -800, "hst": -1000, "hkt": 800,
    "sgt": 800, "jst": 900, "kst": 900, "awst": 800, "acst": 930, "acdt": 1030, "aest": 1000, "aedt": 1100,
    "nzst": 1200, "nzdt": 1300, "sast": 200, "wib": 700, "ict": 700, "pkt": 500, "brt": -300, "art": -300,
}  # fmt: skip


def parse_date(text: str) -> tuple[datetime | None, bool]:
    """Read a date.

    Returns an aware datetime with the field's own zone (UTC where it names none that is known), or None; and whether
    nothing had to be guessed. Years out of `FIRST_YEAR` to `LAST_YEAR` give None. Never raises.
    """
    match = _USUAL.match(text)
    if match:
        day, month, year, hour, minute, second, zone = match.groups()
        number = _MONTHS.get(month.lower())
        if number:
            return _build((int(year), number, int(day), int(hour), int(minute), int(second or 0)), _zone(zone))
    return _parse_lenient(text[:MAX_DATE_CHARS])


def _parse_lenient(text: str) -> tuple[datetime | None, bool]:
    iso = _ISO.match(text)
    if iso:
        year, month, day, hour, minute, second, zone = iso.groups()
        built = _build(tuple(int(part or 0) for part in (year, month, day, hour, minute, second)), _zone(zone))
        return built[0], False
    numbers = _NUMBERS.match(_WEEKDAY.sub("", text, count=1))
    if numbers:
        day, month, year, hour, minute, second, zone = numbers.groups()
        number = int(month) if month.isdigit() else _MONTHS.get(month[:3].lower(), 0)
        built = _build((int(year), number, int(day), int(hour), int(minute), int(second or 0)), _zone(zone))
        return built[0], False
    return _parse_with_stdlib(text)


def _parse_with_stdlib(text: str) -> tuple[datetime | None, bool]:
    for _ in range(_MAX_COMMENT_DEPTH):
        text = _COMMENT.sub(" ", text)
    bare = _TIME_ZONE_GLUED.sub(r"\1 \2", _AROUND_COLON.sub(":", text).strip())
    if ":" not in bare:
        bare = _DOTTED_TIME.sub(lambda found: ":".join(part for part in found.groups() if part), bare)
    try:
        found = parsedate_tz(bare)
    except (ValueError, IndexError, TypeError, OverflowError, AttributeError):
        return None, False
    if found is None:
        return None, False
    year, month, day, hour, minute, second = found[:6]
    half = _HALF_DAY.search(bare)
    if half and 1 <= hour <= 12:  # noqa: PLR2004 - a clock's face
        hour = hour % 12 + (12 if half.group(1) in "Pp" else 0)
    last = bare.rsplit(None, 1)[-1]
    offset = _zone(last)
    if offset is None and found[9] and abs(found[9]) < 86_400:  # noqa: PLR2004 - seconds of a day; 0 says nothing
        offset = timezone(timedelta(seconds=found[9]))
    built, whole = _build((year, month, day, hour, minute, second), offset)
    return built, whole and not half and "," in bare[:5]


@lru_cache(maxsize=256)
def _zone(text: str) -> timezone | None:
    """Return the zone of an offset or a name, or None when it says none."""
    name = text.strip("()\"' ").lower()
    both = _SUMMER_NAME.match(name)
    name = both.group(1) if both else name
    if name in _ZONES:
        return _hhmm(_ZONES[name])
    match = _OFFSET.match(text)
    if not match:
        return None
    sign = -1 if match.group(1) == "-" else 1
    return _hhmm(sign * (int(match.group(2)) * 100 + int(match.group(3))))


def _hhmm(value: int) -> timezone | None:
    hours, minutes = divmod(abs(value), 100)
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - a clock's face
        return None
    seconds = (hours * 60 + minutes) * 60
    return timezone(timedelta(seconds=-seconds if value < 0 else seconds)) if seconds else UTC


def _build(fields: tuple[int, ...], zone: timezone | None) -> tuple[datetime | None, bool]:
    year, month, day, hour, minute, second = fields
    short = False
    if 100 <= year <= 199:  # noqa: PLR2004 - RFC 5322 section 4.3: three digits count from 1900
        year, short = year + 1900, True
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None, False
    whole = zone is not None and not short
    if second >= 60:  # noqa: PLR2004 - a leap second, RFC 5322 section 3.3
        second, whole = 59, whole and second == 60  # noqa: PLR2004
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone or UTC), whole
    except (ValueError, OverflowError):
        return None, False
