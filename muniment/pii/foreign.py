"""Identifiers of persons in other countries, each with the sum or the plan that makes it precise."""

from muniment.pii.checks import alphanumeric_of, digits_of, luhn, mod_11_10, plausible_day, weighted
from muniment.pii.judged import Judged, whole
from muniment.pii.model import Confidence, Evidence

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # Spain, Real Decreto 1553/2005: the number modulo 23
_HETU_LETTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"  # Finland, DVV: the nine digits modulo 31
# Italy, D.M. 23 December 1976: values of the characters at odd places.
_CODICE_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        map(
            int, "1 0 5 7 9 13 15 17 19 21 1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23".split()
        ),
        strict=True,
    )
)
_NINO_UNUSED = frozenset("BG GB KN NK NT TN ZZ".split())  # United Kingdom, HMRC NIM39110
_SSN_UNUSED = frozenset(("000", "666"))  # United States, SSA: nor 900 to 999
_CENTURY_2000 = 10**9
_IMEI_CHECKED = 15


def be_national(candidate: bytes) -> Judged | None:
    """Belgium, rijksregisternummer: 97 minus nine digits modulo 97; born since 2000: with a 2 before them."""
    digits = digits_of(candidate)
    stem, key = int(digits[:9]), int(digits[9:])
    if key not in {97 - stem % 97, 97 - (2 * _CENTURY_2000 + stem) % 97} or not 0 <= int(digits[2:4]) % 20 <= 12:
        return None
    grouped = candidate.count(b".") == 3  # 00.00.00-000.00
    return whole(candidate, Confidence.HIGH if grouped else None, Evidence.CHECK_DIGITS, Evidence.LAYOUT)


def br_cpf(candidate: bytes) -> Judged | None:
    """Brazil, CPF: two digits modulo 11; in the groups 000.000.000-00."""
    digits = digits_of(candidate)
    if len(set(digits)) == 1:
        return None
    first = weighted(digits[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = weighted(digits[:10], range(11, 1, -1)) * 10 % 11 % 10
    if digits[9:] != f"{first}{second}":
        return None
    return whole(candidate, Confidence.MEDIUM, Evidence.CHECK_DIGITS, Evidence.LAYOUT)


def ch_ahv(candidate: bytes) -> Judged | None:
    """Switzerland, AHV/AVS: 756 and ten digits with the sum of EAN-13."""
    if weighted(digits_of(candidate), (1, 3) * 6 + (1,)) % 10:
        return None
    return whole(candidate, Confidence.HIGH, Evidence.CHECK_DIGITS, Evidence.NUMBERING_PLAN)


def de_tax(candidate: bytes) -> Judged | None:
    """Germany, Steuer-IdNr: MOD 11,10, and one digit of the first ten stands there two or three times (BZSt)."""
    digits = digits_of(candidate)
    most = max(digits[:10].count(digit) for digit in set(digits[:10]))
    repeated = sum(digits[:10].count(digit) > 1 for digit in set(digits[:10]))
    if digits[0] == "0" or most not in {2, 3} or repeated != 1 or not mod_11_10(digits):
        return None
    return whole(candidate, None, Evidence.CHECK_DIGITS)


def es_dni(candidate: bytes) -> Judged | None:
    """Spain, DNI and NIE: the number modulo 23 gives the letter; X, Y, Z of a NIE count as 0, 1, 2."""
    number = alphanumeric_of(candidate)
    foreigner = number[0] in "XYZ"
    stem = str("XYZ".index(number[0])) + number[1:-1] if foreigner else number[:-1]
    if _DNI_LETTERS[int(stem) % 23] != number[-1]:
        return None
    return whole(candidate, Confidence.MEDIUM if foreigner else None, Evidence.CHECK_DIGITS, Evidence.LAYOUT)


def fi_hetu(candidate: bytes) -> Judged | None:
    """Finland, henkilötunnus: day, century sign, number, and a character for the nine digits modulo 31."""
    code = candidate.decode("latin-1")
    digits = code[:6] + code[7:10]
    if not plausible_day(int(code[:2]), int(code[2:4])) or _HETU_LETTERS[int(digits) % 31] != code[10].upper():
        return None
    return whole(candidate, None, Evidence.CHECK_DIGITS, Evidence.LAYOUT)


def gb_nhs(candidate: bytes) -> Judged | None:
    """United Kingdom, NHS number: modulo 11 with weights 10 to 2 (NHS data dictionary)."""
    digits = digits_of(candidate)
    if (weighted(digits[:9], range(10, 1, -1)) + int(digits[9])) % 11:
        return None
    return whole(candidate, None, Evidence.CHECK_DIGITS)


def gb_nino(candidate: bytes) -> Judged | None:
    """United Kingdom, National Insurance number: no check digit, letters that are given out (HMRC NIM39110)."""
    if alphanumeric_of(candidate)[:2] in _NINO_UNUSED:
        return None
    return whole(candidate, None, Evidence.NUMBERING_PLAN, Evidence.LAYOUT)


def imei(candidate: bytes) -> Judged | None:
    """Number of a mobile device (3GPP TS 23.003): 14 digits, a fifteenth by Luhn, or 16 with a software version."""
    digits = digits_of(candidate)
    if len(digits) != _IMEI_CHECKED:
        return whole(candidate, None, Evidence.LAYOUT)
    return whole(candidate, None, Evidence.CHECK_DIGITS) if luhn(digits) else None


def it_codice_fiscale(candidate: bytes) -> Judged | None:
    """Italy, codice fiscale: the sum over fifteen characters modulo 26 is the last letter."""
    code = alphanumeric_of(candidate)
    total = sum(_CODICE_ODD[char] for char in code[0:15:2])
    total += sum(int(char) if char.isdigit() else ord(char) - ord("A") for char in code[1:15:2])
    if chr(ord("A") + total % 26) != code[15]:
        return None
    return whole(candidate, Confidence.HIGH, Evidence.CHECK_DIGITS, Evidence.LAYOUT)


def nl_bsn(candidate: bytes) -> Judged | None:
    """Netherlands, burgerservicenummer: weights 9 to 2 and -1, divisible by 11."""
    digits = digits_of(candidate)
    if not int(digits) or weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11:
        return None
    return whole(candidate, None, Evidence.CHECK_DIGITS)


def no_fodselsnummer(candidate: bytes) -> Judged | None:
    """Norway, fødselsnummer: two digits modulo 11; D-numbers add 40 to the day, H-numbers to the month."""
    digits = digits_of(candidate)
    if not plausible_day(int(digits[:2]) % 40, int(digits[2:4]) % 40):
        return None
    first = weighted(digits[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11
    second = weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11
    return None if first or second else whole(candidate, None, Evidence.CHECK_DIGITS)


def pl_pesel(candidate: bytes) -> Judged | None:
    """Poland, PESEL: weights 1 3 7 9, divisible by 10; the century is in the month."""
    digits = digits_of(candidate)
    if not plausible_day(int(digits[4:6]), int(digits[2:4]) % 20):
        return None
    return (
        None
        if weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10
        else whole(candidate, None, Evidence.CHECK_DIGITS)
    )


def pt_nif(candidate: bytes) -> Judged | None:
    """Portugal, NIF: weights 9 to 2, modulo 11."""
    digits = digits_of(candidate)
    check = (11 - weighted(digits[:8], range(9, 1, -1))) % 11 % 10
    return whole(candidate, None, Evidence.CHECK_DIGITS) if check == int(digits[8]) else None


def ro_cnp(candidate: bytes) -> Judged | None:
    """Romania, CNP: twelve weighted digits modulo 11, ten counts as one."""
    digits = digits_of(candidate)
    check = weighted(digits[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    if (
        digits[0] == "0"
        or not plausible_day(int(digits[5:7]), int(digits[3:5]))
        or (check % 10 + check // 10) != int(digits[12])
    ):
        return None
    return whole(candidate, None, Evidence.CHECK_DIGITS)


def se_personnummer(candidate: bytes) -> Judged | None:
    """Sweden, personnummer and samordningsnummer (day plus 60): Luhn's sum over ten digits."""
    digits = digits_of(candidate)[-10:]
    if not plausible_day(int(digits[4:6]) % 60, int(digits[2:4])) or not luhn(digits):
        return None
    return whole(candidate, None, Evidence.CHECK_DIGITS)


def us_ssn(candidate: bytes) -> Judged | None:
    """United States, social security number: no check digit, only numbers that are never given out."""
    digits = digits_of(candidate)
    if digits[:3] in _SSN_UNUSED or digits[0] == "9" or digits[3:5] == "00" or digits[5:] == "0000":
        return None
    return whole(candidate, None, Evidence.NUMBERING_PLAN, Evidence.LAYOUT)
