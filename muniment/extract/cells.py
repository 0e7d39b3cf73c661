"""A spreadsheet cell's stored value to the text that a person sees, as far as search needs it.

Dates become ISO 8601, percentages and fixed decimals follow their format, other numbers have Excel's 15 digits.
"""

import re
from datetime import UTC, datetime, timedelta
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
    try:
        number = float(value)
    except ValueError:
        return value
    pattern = _LITERALS.sub("", code[:_MAX_FORMAT].split(";", 1)[0]).lower()
    if _is_date(pattern) and 0 <= number <= _MAX_DATE:
        return _date(number, pattern, _EPOCH_1904 if from_1904 else _EPOCH_1900)
    if "e+" in pattern or "e-" in pattern:
        return f"{number:.15g}"
    decimals = _DECIMALS.search(pattern)
    if "%" in pattern:
        return f"{number * 100:.{len(decimals[1]) if decimals else 0}f}%"
    if decimals and abs(number) < _MAX_EXACT:
        return f"{number:.{len(decimals[1])}f}"
    if abs(number) < _MAX_INTEGER and number.is_integer():
        return str(int(number))
    return f"{number:.15g}"


def _is_date(pattern: str) -> bool:
    return "general" not in pattern and any(letter in pattern for letter in "ymdhs")


def _date(number: float, pattern: str, epoch: datetime) -> str:
    moment = epoch + timedelta(seconds=round(number * 86_400))
    has_day = any(letter in pattern for letter in "yd") or "mmm" in pattern
    has_time = any(letter in pattern for letter in "hs")
    if has_day and has_time:
        return f"{moment:%Y-%m-%d %H:%M:%S}"
    if has_time:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d}"
