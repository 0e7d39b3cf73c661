"""Check-digit sums that several kinds share, over ASCII digits."""

from collections.abc import Sequence

_NOT_DIGITS = bytes(byte for byte in range(256) if not 0x30 <= byte <= 0x39)
_NOT_ALPHANUMERIC = bytes(byte for byte in range(256) if byte > 0x7F or not bytes([byte]).isalnum())
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def digits_of(candidate: bytes) -> str:
    """Give the ASCII digits of `candidate`, without whatever stands between them."""
    return candidate.translate(None, _NOT_DIGITS).decode("ascii")


def alphanumeric_of(candidate: bytes) -> str:
    """Give the ASCII letters and digits of `candidate` in capitals."""
    return candidate.translate(None, _NOT_ALPHANUMERIC).decode("ascii").upper()


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B: double every second digit from the right, sum of digits divisible by 10."""
    total = sum(map(int, digits[-1::-2])) + sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])
    return total % 10 == 0


def weighted(digits: str, weights: Sequence[int]) -> int:
    """Sum each digit times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def letters_as_numbers(text: str) -> str:
    """Write A as 10 up to Z as 35 (ISO/IEC 7064)."""
    return "".join(str(int(char, 36)) for char in text)


def mod_11_10(digits: str) -> bool:
    """ISO/IEC 7064 MOD 11,10 with the check digit last."""
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (product + int(digits[-1])) % 10 == 1


def plausible_day(day: int, month: int) -> bool:
    """Tell whether a day of that number can be in that month of some year."""
    if not 1 <= month <= 12:
        return False
    return 1 <= day <= (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
