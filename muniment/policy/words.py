"""Sentences in English and French: the pair of texts, dates in words, and French spacing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from muniment.errors import Refused

Language = Literal["en", "fr"]

_MONTHS: dict[Language, tuple[str, ...]] = {
    "en": tuple(
        "January February March April May June July August September October November December".split(),
    ),
    "fr": tuple(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    ),
}
_NO_BREAK = "\N{NO-BREAK SPACE}"
_FRENCH_SPACING = ((" :", f"{_NO_BREAK}:"), (" ;", f"{_NO_BREAK};"), ("« ", f"«{_NO_BREAK}"), (" »", f"{_NO_BREAK}»"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same text in English and French; neither may be empty."""

    en: str
    fr: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.fr.strip():
            raise Refused("A text is empty in English or in French: write both.")

    def to(self, language: Language) -> str:
        """Return the text in this language."""
        return self.fr if language == "fr" else self.en


class SaidNo(Refused):
    """A rule says no, in a sentence of both languages; as a string it is the English one."""

    def __init__(self, text: Text, /, **values: str | int | date) -> None:
        super().__init__()
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.to("en")

    def to(self, language: Language) -> str:
        """Return the sentence in this language; days are written in words."""
        shown = {name: day(one, language) if isinstance(one, date) else str(one) for name, one in self.values.items()}
        return sentence(self.text, language, **shown)


def sentence(text: Text, language: Language, /, **values: str) -> str:
    """Fill in a sentence. Values stand as they are."""
    return typeset(text, language).format(**values)


def typeset(text: Text, language: Language) -> str:
    """Return the text in this language; French gets its no-break spaces before : ; and inside « »."""
    found = text.to(language)
    if language == "fr":
        for loose, tight in _FRENCH_SPACING:
            found = found.replace(loose, tight)
    return found


def day(value: date, language: Language) -> str:
    """Write a day in words: 1 March 2026, 1er mars 2026."""
    number = "1er" if language == "fr" and value.day == 1 else str(value.day)
    return f"{number} {_MONTHS[language][value.month - 1]} {value.year}"


def counted(number: int, one: Text, many: Text, language: Language) -> str:
    """Write a number with its noun: 1 year, 2 years; French takes the singular below 2."""
    single = number in {0, 1} if language == "fr" else number == 1
    return f"{number} {(one if single else many).to(language)}"


def enumerated(parts: Iterable[str], language: Language, *, last: Text) -> str:
    """Join with commas, and `last` ("and", "or") before the last part."""
    found = list(parts)
    if len(found) < 2:  # noqa: PLR2004 - two things make a list
        return "".join(found)
    return f"{', '.join(found[:-1])} {last.to(language)} {found[-1]}"
