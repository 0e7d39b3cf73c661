"""Bank accounts: IBAN (ISO 13616, SWIFT IBAN registry release 101) and BIC (ISO 9362)."""

import re

from muniment.pii.checks import letters_as_numbers
from muniment.pii.judged import Judged, whole
from muniment.pii.model import Confidence, Evidence

# Country: the form of what follows the two check digits; n digits, a letters, c either.
_FORMS = """
AD 8n12c  AE 19n    AL 8n16c AT 16n    AZ 4a20c AX 14n    BA 16n   BE 12n    BG 4a6n8c BH 4a14c BI 23n   BL 10n11c2n
BR 23n1a1c BY 4c4n16c CH 5n12c CR 18n  CY 8n16c CZ 20n    DE 18n   DJ 23n    DK 14n    DO 4c20n EE 16n   EG 25n
ES 20n    FI 14n    FK 2a12n FO 14n    FR 10n11c2n GB 4a14n GE 2a16n GF 10n11c2n GG 4a14n GI 4a15c GL 14n
GP 10n11c2n GR 7n16c GT 24c  HN 4a20n  HR 17n   HU 24n    IE 4a14n IL 19n    IM 4a14n  IQ 4a15n IS 22n  IT 1a10n12c
JE 4a14n  JO 4a4n18c KW 4a22c KZ 3n13c LB 4n20c LC 4a24c  LI 5n12c LT 16n    LU 3n13c  LV 4a13c LY 21n
MC 10n11c2n MD 20c  ME 18n   MF 10n11c2n MK 3n10c2n MN 16n MQ 10n11c2n MR 23n MT 4a5n18c MU 4a19n3a NC 10n11c2n
NI 4a20n  NL 4a10n  NO 11n   OM 3n16c  PF 10n11c2n PK 4a16c PL 24n PM 10n11c2n PS 4a21c PT 21n  QA 4a21c
RE 10n11c2n RO 4a16c RS 18n  RU 14n15c SA 2n18c SC 4a20n3a SD 14n  SE 20n    SI 15n    SK 20n   SM 1a10n12c SO 19n
ST 21n    SV 4a20n  TF 10n11c2n TL 19n TN 20n   TR 6n16c  UA 6n19c VA 18n    VG 4a16n  WF 10n11c2n XK 16n YE 4a4n18c
YT 10n11c2n
"""
_CLASSES = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
_STEP = re.compile(r"(\d+)([nac])")


def _compile(form: str) -> tuple[int, re.Pattern[str]]:
    steps = [(int(count), kind) for count, kind in _STEP.findall(form)]
    pattern = "".join(f"{_CLASSES[kind]}{{{count}}}" for count, kind in steps)
    return 4 + sum(count for count, _ in steps), re.compile(pattern)


_words = _FORMS.split()
_COUNTRIES = {country: _compile(form) for country, form in zip(_words[::2], _words[1::2], strict=True)}
_RIB = frozenset("FR MC BL GF GP MF MQ NC PF PM RE TF WF YT".split())
_RIB_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_ISO_3166 = frozenset(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA"
    " CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA"
    " GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP"
    " KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS"
    " MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS"
    " RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW"
    " TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW".split()
)


def rib_key_is_right(bban: str) -> bool:
    """The French key: 97 minus (89 bank + 15 branch + 3 account) modulo 97, letters as in the RIB (CFONB)."""
    digits = bban.translate(_RIB_LETTERS)
    bank, branch, account, key = int(digits[:5]), int(digits[5:10]), int(digits[10:21]), int(digits[21:])
    return key == 97 - (89 * bank + 15 * branch + 3 * account) % 97


def is_iban(number: str) -> bool:
    """Tell whether capitals and digits without separators are an IBAN of a country that gives them out."""
    known = _COUNTRIES.get(number[:2])
    if known is None or len(number) != known[0] or not known[1].fullmatch(number, 4):
        return False
    return int(letters_as_numbers(number[4:] + number[:4])) % 97 == 1


def iban(candidate: bytes) -> Judged | None:
    """Judge as many letters and digits as the country's IBANs have; what follows must be another word."""
    known = _COUNTRIES.get(candidate[:2].decode("latin-1").upper())
    if known is None:
        return None
    chars: list[str] = []
    end = 0
    for at, char in enumerate(candidate.decode("latin-1")):
        if char.isascii() and char.isalnum():
            chars.append(char)
        if len(chars) == known[0]:
            end = at + 1
            break
    number = "".join(chars)
    if number.upper() != number and number.lower() != number:
        return None
    number = number.upper()
    if not end or not is_iban(number) or candidate[end : end + 1].isalnum():
        return None
    why = [Evidence.CHECK_DIGITS, Evidence.NUMBERING_PLAN]
    if number[:2] in _RIB and rib_key_is_right(number[4:]):
        why.append(Evidence.NATIONAL_KEY)
    return Judged(start=0, end=end, alone=Confidence.HIGH, why=tuple(why))


def bic(candidate: bytes) -> Judged | None:
    """Eight or eleven capitals with a country in the middle; the pattern asks for the word BIC or SWIFT before it."""
    if candidate[4:6].decode("latin-1") not in _ISO_3166:
        return None
    return whole(candidate, None, Evidence.LAYOUT)
