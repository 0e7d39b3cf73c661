"""Telephone numbers: the French plan, international numbers, and the North American and British forms."""

import re

from muniment.pii.checks import digits_of
from muniment.pii.judged import Judged, whole
from muniment.pii.model import Confidence, Evidence

_E164_DIGITS = range(8, 16)  # ITU-T E.164: at most 15; shorter ones are service numbers
# Country codes of ITU-T E.164 (list of assigned codes), and the lengths of the national number where they are fixed.
_CODES = frozenset(
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81"
    " 82 84 86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233"
    " 234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260"
    " 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371"
    " 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507"
    " 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685"
    " 686 687 688 689 690 691 692 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963"
    " 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998".split()
)
_NATIONAL = {
    "1": range(10, 11),
    "7": range(10, 11),
    "31": range(9, 10),
    "32": range(8, 10),
    "33": range(9, 10),
    "34": range(9, 10),
    "39": range(6, 12),
    "41": range(9, 10),
    "44": range(9, 11),
    "45": range(8, 9),
    "46": range(7, 14),
    "47": range(8, 9),
    "48": range(9, 10),
    "49": range(6, 14),
    "61": range(9, 10),
    "81": range(9, 11),
    "86": range(9, 12),
    "91": range(10, 11),
    "212": range(9, 10),
    "213": range(8, 10),
    "216": range(8, 9),
    "262": range(9, 10),
    "351": range(9, 10),
    "352": range(6, 12),
    "590": range(9, 10),
    "594": range(9, 10),
    "596": range(9, 10),
}
_NANP_CODE = 3
_BRITISH_DIGITS = (10, 11)
_LABELLED_DIGITS = range(7, 13)  # from a local number of seven digits
_DATE = re.compile(rb"\b(?:19|20)\d\d[ .-]\d\d[ .-]\d\d\b|\b\d\d[ .-]\d\d[ .-](?:19|20)\d\d\b")


def french(candidate: bytes) -> Judged | None:
    """Ten digits from 01 to 09 (ARCEP, plan national de numérotation), in pairs or in one run."""
    digits = digits_of(candidate)
    if len(set(digits[1:])) == 1:
        return None
    if len(candidate) > len(digits):
        return whole(candidate, Confidence.HIGH, Evidence.NUMBERING_PLAN, Evidence.LAYOUT)
    return whole(candidate, Confidence.MEDIUM, Evidence.NUMBERING_PLAN)


def international(candidate: bytes) -> Judged | None:
    """`+` or `00`, an assigned country code, and as many digits as that country has."""
    text = candidate.decode("latin-1")
    digits = digits_of(candidate)
    if text.startswith("00"):
        digits = digits[2:]
    code = next((digits[:size] for size in (1, 2, 3) if digits[:size] in _CODES), None)
    if code is None or len(digits) not in _E164_DIGITS:
        return None
    national = digits[len(code) :]
    if "(0)" in text or (code in {"33", "44", "49", "31", "41"} and national.startswith("0")):
        national = national.removeprefix("0")
    if len(national) not in _NATIONAL.get(code, range(6, 13)):
        return None
    if code == "1" and (national[0] in "01" or national[_NANP_CODE] in "01"):
        return None
    if text.startswith("+"):
        return whole(candidate, Confidence.HIGH, Evidence.NUMBERING_PLAN, Evidence.LAYOUT)
    spaced = len(candidate) > len(digits) + 2
    return whole(candidate, Confidence.MEDIUM if spaced else None, Evidence.NUMBERING_PLAN)


def north_american(candidate: bytes) -> Judged | None:
    """Area and exchange from 200, neither of them N11 (NANPA); in parentheses, hyphens or points it stands alone."""
    digits = digits_of(candidate)[-10:]
    if digits[1:3] == "11" or digits[4:6] == "11":
        return None
    telling = any(sign in candidate for sign in (b"(", b"-", b"."))
    return whole(candidate, Confidence.MEDIUM if telling else None, Evidence.NUMBERING_PLAN, Evidence.LAYOUT)


def british(candidate: bytes) -> Judged | None:
    """Ten or eleven digits from 01, 02, 03, 07 or 08 (Ofcom, National Telephone Numbering Plan)."""
    if len(digits_of(candidate)) not in _BRITISH_DIGITS:
        return None
    return whole(candidate, None, Evidence.NUMBERING_PLAN)


def labelled(candidate: bytes) -> Judged | None:
    """Any country's way of writing, where the form asks for a word like telephone right before it; dates are none."""
    digits = digits_of(candidate)
    if len(digits) not in _LABELLED_DIGITS or len(set(digits)) == 1 or _DATE.search(candidate):
        return None
    return whole(candidate, None, Evidence.LAYOUT)
