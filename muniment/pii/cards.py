"""Payment cards: Luhn's sum (ISO/IEC 7812-1) and the number ranges that the schemes publish."""

from muniment.pii.checks import digits_of, luhn
from muniment.pii.judged import Judged, whole
from muniment.pii.model import Confidence, Evidence

# First, last prefix and the lengths in use (issuer-range pages of the schemes).
_RANGES = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),  # Mastercard
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("300", "305", (14, 16)),  # Diners Club
    ("3095", "3095", (14, 16)),
    ("36", "36", (14, 16)),
    ("38", "39", (14, 16)),
    ("3528", "3589", (16, 17, 18, 19)),  # JCB
    ("2131", "2131", (15,)),  # JCB, older
    ("1800", "1800", (15,)),
    ("6011", "6011", (16, 19)),  # Discover
    ("644", "659", (16, 19)),
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
    ("81", "81", (16, 17, 18, 19)),
    ("2200", "2204", (16, 17, 18, 19)),  # Mir
    ("50", "50", (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("56", "58", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("6304", "6304", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("67", "67", (12, 13, 14, 15, 16, 17, 18, 19)),
)
# Among random runs of these lengths few pass Luhn and a range; other lengths want a context word.
_SURE_LENGTHS = (15, 16)


def _issued(digits: str) -> bool:
    return any(first <= digits[: len(first)] <= last and len(digits) in lengths for first, last, lengths in _RANGES)


def card(candidate: bytes) -> Judged | None:
    """A card number; written in groups it is surer than as a bare run of digits."""
    digits = digits_of(candidate)
    if not (_issued(digits) and luhn(digits)) or len(set(digits)) == 1:
        return None
    if len(candidate) > len(digits):
        alone = Confidence.HIGH if len(digits) in _SURE_LENGTHS else Confidence.MEDIUM
        return whole(candidate, alone, Evidence.CHECK_DIGITS, Evidence.NUMBERING_PLAN, Evidence.LAYOUT)
    alone_bare = Confidence.MEDIUM if len(digits) in _SURE_LENGTHS else None
    return whole(candidate, alone_bare, Evidence.CHECK_DIGITS, Evidence.NUMBERING_PLAN)
