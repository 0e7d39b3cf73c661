"""French identifiers: NIR, SPI tax number, SIREN, SIRET and VAT number."""

import re

from muniment.pii.checks import alphanumeric_of, digits_of, luhn
from muniment.pii.judged import Judged, whole
from muniment.pii.model import Confidence, Evidence

# Months 20 to 42 and 50 to 99 stand for unknown ones (INSEE, instructions on the RNIPP).
_MONTHS = frozenset((*range(1, 13), *range(20, 43), *range(50, 100)))
_SURE_SEXES = "12"  # 3, 4, 7 and 8 are provisional numbers, rare enough to want a context word
_LA_POSTE = "356000000"  # its establishments after the first carry a sum divisible by 5 instead of Luhn's
_VAT_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # neither I nor O
_SPI_MODULUS = 511
_SIRET_DIGITS = 14
_SIRET_GROUPS = re.compile(rb"\d{3}\D\d{3}\D\d{3}\D\d{5}")
_TIME_STAMP = re.compile(rb"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")


def nir(candidate: bytes) -> Judged | None:
    """Number of the national register: sex, year, month, department, commune, rank, key (Code de la santé, INSEE).

    The key is 97 minus the 13 digits modulo 97; Corsica counts as 19 (2A) and 18 (2B).
    """
    number = alphanumeric_of(candidate)
    department = number[5:7]
    digits = number.replace("2A", "19").replace("2B", "18") if not department.isdigit() else number
    if not (digits.isdigit() and int(number[3:5]) in _MONTHS and department != "00"):
        return None
    if 97 - int(digits[:13]) % 97 != int(digits[13:]):
        return None
    if number[0] not in _SURE_SEXES:
        return whole(candidate, None, Evidence.CHECK_DIGITS, Evidence.NUMBERING_PLAN)
    if len(candidate) > len(number):
        return whole(candidate, Confidence.HIGH, Evidence.CHECK_DIGITS, Evidence.NUMBERING_PLAN, Evidence.LAYOUT)
    return whole(candidate, Confidence.MEDIUM, Evidence.CHECK_DIGITS, Evidence.NUMBERING_PLAN)


def spi(candidate: bytes) -> Judged | None:
    """Tax number of a person (SPI): 13 digits from 0 to 3, the last three are the first ten modulo 511."""
    digits = digits_of(candidate)
    if int(digits[:10]) % _SPI_MODULUS != int(digits[10:]):
        return None
    return whole(candidate, None, Evidence.CHECK_DIGITS)


def siren(candidate: bytes) -> Judged | None:
    """Nine digits with Luhn's sum (INSEE, Sirene)."""
    return whole(candidate, None, Evidence.CHECK_DIGITS) if is_siren(digits_of(candidate)) else None


def siret(candidate: bytes) -> Judged | None:
    """A SIREN and five digits, with Luhn's sum over both; La Poste has its own sum.

    It stands alone in the groups 3 3 3 5, and as a run of digits unless these are a time stamp.
    """
    digits = digits_of(candidate)
    if not is_siret(digits):
        return None
    if _SIRET_GROUPS.fullmatch(candidate):
        return whole(candidate, Confidence.MEDIUM, Evidence.CHECK_DIGITS, Evidence.LAYOUT)
    if len(candidate) == len(digits) and not _TIME_STAMP.fullmatch(candidate):
        return whole(candidate, Confidence.MEDIUM, Evidence.CHECK_DIGITS)
    return whole(candidate, None, Evidence.CHECK_DIGITS)


def vat(candidate: bytes) -> Judged | None:
    """FR, a key of two, a SIREN (CGI annexe I, article 286 ter A; key formulas as published by the EU for VIES)."""
    number = alphanumeric_of(candidate)[2:]
    key, company = number[:2], number[2:]
    if not (is_siren(company) or company.startswith("000")):  # 000: Monaco, which has no SIREN
        return None
    if key.isdigit():
        right = int(key) == (12 + 3 * (int(company) % 97)) % 97
    else:
        first, second = (_VAT_LETTERS.index(char) for char in key)
        check = first * 24 + second - 10 if key[0].isdigit() else first * 34 + second - 100
        right = (int(company) + 1 + check // 11) % 11 == check % 11
    return whole(candidate, Confidence.HIGH, Evidence.CHECK_DIGITS, Evidence.LAYOUT) if right else None


def is_siren(digits: str) -> bool:
    """Nine digits, not all zero, with Luhn's sum."""
    return digits != "000000000" and luhn(digits)


def is_siret(digits: str) -> bool:
    """Fourteen digits that are an establishment of a SIREN."""
    if len(digits) != _SIRET_DIGITS or not is_siren(digits[:9]):
        return False
    if digits.startswith(_LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return True
    return luhn(digits)
