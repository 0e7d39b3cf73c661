"""Text of calendars (RFC 5545) and contact cards (RFC 6350, 2.1 and 3.0 too): the property values people read."""

import re
from collections.abc import Iterator
from quopri import decodestring
from typing import Final

from icalendar import Calendar

from muniment.extract.plain import decoded, refuse_rest
from muniment.extract.reading import Item, Reading
from muniment.mail.charsets import decode_text

MAX_CALENDAR_BYTES: Final = 1024 * 1024  # icalendar needs about 1 s for it; larger ones are read line by line
_FOLD: Final = re.compile(r"\n[ \t]")
_SOFT_BREAK: Final = re.compile(r"=\n")  # vCard 2.1 folds quoted-printable so
_LINE: Final = re.compile(r"([A-Za-z0-9.-]{1,80})((?:;[^:]{0,2000})?):(.*)")
_ESCAPES: Final = re.compile(r"\\([nN,;\\:])")
_NAMES: Final = frozenset(
    "SUMMARY DESCRIPTION LOCATION COMMENT CATEGORIES CONTACT ORGANIZER ATTENDEE RESOURCES URL DTSTART DTEND DUE "
    "X-ALT-DESC FN N NICKNAME EMAIL TEL ADR LABEL ORG TITLE ROLE NOTE BDAY IMPP CALADRURI RELATED ANNIVERSARY".split()
)


def read_calendar(item: Item, reading: Reading) -> str:
    """Add what a calendar says: summaries, descriptions, places, people, times."""
    text = _unix(decoded(item, reading))
    lines = [] if len(item.content) > MAX_CALENDAR_BYTES else _of_icalendar(text)
    for line in lines or _of_lines(text):
        reading.add(line + "\n")
    refuse_rest(item, reading)
    return ""


def read_card(item: Item, reading: Reading) -> str:
    """Add what a contact card says: names, addresses, numbers, notes."""
    for line in _of_lines(_unix(decoded(item, reading))):
        reading.add(line + "\n")
    refuse_rest(item, reading)
    return ""


def _unix(text: str) -> str:
    """Return the text with LF line ends; careless programs write CR alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _of_icalendar(text: str) -> list[str]:
    """Return the values; none when the calendar is too odd for the library, which skips one that is not closed."""
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        return [
            line
            for calendar in calendars
            for name, value in calendar.property_items()
            if name in _NAMES
            for line in _shown(value)
        ]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError):
        return []


def _shown(value: object) -> Iterator[str]:
    parameters = getattr(value, "params", {})
    name = parameters.get("CN") if hasattr(parameters, "get") else None
    if name:
        yield str(name)
    moment = getattr(value, "dt", None)
    members = getattr(value, "cats", None)
    if moment is not None:
        yield str(moment)
    elif members is not None:
        yield from map(str, members)
    else:
        yield str(value)


def _of_lines(text: str) -> Iterator[str]:
    if "QUOTED-PRINTABLE" in text.upper():
        text = _SOFT_BREAK.sub("", text)
    for line in _FOLD.sub("", text).split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        name, parameters, value = match.groups()
        if name.rpartition(".")[2].upper() not in _NAMES or "BASE64" in parameters.upper():
            continue
        yield _value(parameters.upper(), value)


def _value(parameters: str, value: str) -> str:
    if "QUOTED-PRINTABLE" in parameters:
        charset = parameters.partition("CHARSET=")[2].partition(";")[0]
        value = decode_text(decodestring(value.encode()), charset)[0]
    unescaped = _ESCAPES.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    return unescaped.replace(";", " ").strip()
