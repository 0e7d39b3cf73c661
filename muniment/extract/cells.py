"""A spreadsheet cell's stored value to the text that a person sees, as far as search needs it.

Dates become ISO 8601, percentages and fixed decimals follow their format, other numbers have Excel's 15 digits.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

# ISO/IEC 29500-1 section 18.8.30: number formats that are not written out in the file.
_BUILT_IN: Final = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0",
    38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
}  # fmt: skip
_LITERALS: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DECIMALS: Final = re.compile(r"0\.(0{1,15})(?![0#?])")
_MAX_EXACT: Final = 1e15  # Excel shows 15 digits
_MAX_INTEGER: Final = 2**53  # a double holds every integer below; account numbers must stay findable
_MAX_DATE: Final = 2_958_465  # 9999-12-31
_MAX_FORMAT: Final = 255  # Excel's limit of a format's length
_EPOCH_1900: Final = datetime(1899, 12, 30, tzinfo=UTC)  # counts Lotus's 29 February 1900
_EPOCH_1904: Final = datetime(1904, 1, 1, tzinfo=UTC)


def built_in(number: int) -> str:
    """Return the format code of a built-in number format, or ""."""
    return _BUILT_IN.get(number, "")


def shown(value: str, code: str, *, from_1904: bool = False) -> str:
    """Return a numeric cell as text; what is no number comes back as it is."""
    if len(value) > _MAX_FORMAT:
        return value
    look = _look_of(code)
    if look.is_general and value.isdigit():
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if look.date and 0 <= number <= _MAX_DATE:
        return f"{(_EPOCH_1904 if from_1904 else _EPOCH_1900) + _span(number):{look.date}}"
    if look.is_percent:
        return f"{number * 100:.{look.decimals}f}%"
    if look.decimals > 0 and abs(number) < _MAX_EXACT:
        return f"{number:.{look.decimals}f}"
    if abs(number) < _MAX_INTEGER and number.is_integer():
        return str(int(number))
    return f"{number:.15g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a number format code asks for, as far as it is followed."""

    date: str = ""  # for strftime; "" when it shows no date or time
    is_percent: bool = False
    decimals: int = 0
    is_general: bool = False


@lru_cache(maxsize=1024)
def _look_of(code: str) -> _Look:
    pattern = _LITERALS.sub("", code[:_MAX_FORMAT].split(";", 1)[0]).lower()
    if "general" in pattern or "e+" in pattern or "e-" in pattern:
        return _Look(is_general=True)
    if any(letter in pattern for letter in "ymdhs"):
        return _Look(date=_date_shape(pattern))
    decimals = _DECIMALS.search(pattern)
    places = len(decimals[1]) if decimals else 0
    is_percent = "%" in pattern
    return _Look(is_percent=is_percent, decimals=places, is_general=not places and not is_percent)


def _date_shape(pattern: str) -> str:
    has_day = any(letter in pattern for letter in "yd") or "mmm" in pattern
    has_time = any(letter in pattern for letter in "hs")
    if has_day and has_time:
        return "%Y-%m-%d %H:%M:%S"
    return "%H:%M:%S" if has_time else "%Y-%m-%d"


def _span(days: float) -> timedelta:
    return timedelta(seconds=round(days * 86_400))
