"""Text → words, the same for every engine: what is indexed, what is looked for, what is marked.

Every word has up to four forms:

    folded    lower case, without accents: œ is oe, ß is ss, full-width is half-width
    english   its stem by the English Snowball rules, where the text around reads as English or as neither
    french    its stem by the French rules, where the text around reads as French or as neither
    exact     lower case, accents kept

Words are runs of letters and digits. Underscores, dots, hyphens and @ part words, so an address is the row of its
words. An elided article (l', d', qu') and an English 's fall away; any other apostrophe inside a word closes up
(aujourd'hui is aujourdhui, O'Brien is obrien). Every Chinese, Japanese and Korean character is a word.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

MAX_WORD = 128  # characters; a longer run is encoded data, and is cut at both ends of the search alike
_REMEMBERED = 100_000  # words of which the stem is kept in memory, some 15 MB a language
WINDOW = 64  # words: some four lines, so that a French answer above an English quotation is read as both

ENGLISH = "\x01\x01\x01"  # before a stem; three characters, so that no word is within two edits of a stem
FRENCH = "\x03\x03\x03"
EXACT = "\x04\x04\x04"
MARK_LENGTH = 3

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff\u0e31-\u0e4e\u00ad\u200c\u200d\u2060"
_CJK = (
    "\u3041-\u3096\u30a1-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_ELIDED = r"(?:(?<![\w'])(?:[lLdDjJmMtTsSnNcC]|[qQ][uU]|[jJ]usqu|[lL]orsqu|[pP]uisqu|[qQ]uoiqu)'(?=\w))?"
_WORD = re.compile(rf"{_ELIDED}(\w[\w{_MARKS}]*(?:'\w[\w{_MARKS}]*)*)")
_ONE = rf"(?![{_CJK}])[\w{_MARKS}]"
_WORD_OR_CJK = re.compile(rf"{_ELIDED}([{_CJK}]|(?![{_CJK}])\w(?:{_ONE})*(?:'(?![{_CJK}])\w(?:{_ONE})*)*)")
_HAS_CJK = re.compile(f"[{_CJK}]")
_STRIPPED = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]")
_INVISIBLE = re.compile("[\u00ad\u200c\u200d\u2060 ]")
_POSSESSIVE = re.compile(r"'s$", re.MULTILINE)
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = "’ʼ‘`´＇"  # typed for an apostrophe

# Numbers that people write in groups: IBANs, cards, telephone and registration numbers.
_GROUPED = re.compile(
    r"(?<![0-9A-Za-z])"
    r"(?:[A-Za-z]{2}[0-9]{2}(?:[ .-][0-9A-Za-z]{4}){2,7}(?:[ .-][0-9A-Za-z]{1,3})?|[0-9]{1,6}(?:[ .-][0-9]{1,6}){2,10})"
    r"(?![0-9A-Za-z])"
)
_HAS_DIGITS = re.compile("[0-9]{2}")
MIN_JOINED = 8  # digits of the shortest number that is worth joining
_MAX_JOINED = 40  # an IBAN has at most 34 characters

_ENGLISH_WORDS = frozenset(
    "the of and to in is that for it with was are be this have from by not you we they which will would your our has"
    " had an at if do there their been were what when who can could should i he she his her its please".split()
)
_FRENCH_WORDS = frozenset(
    "le la les de des du et est une un dans pour que qui pas au aux par avec nous vous je il elle ce cette ces sont en"
    " ne se mais ou votre notre vos nos mon sa ses leur ont ete etre sans chez bonjour merci cordialement".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """The words of a text, four forms in four lists of one length; "" where a stem is left out."""

    folded: list[str]
    english: list[str]
    french: list[str]
    exact: list[str]


class _Stems:
    """Stems of one language, remembered: the words of mail come again, and a look-up is faster than the rules.

    Threads may share it: a full memory is replaced, never emptied.
    """

    def __init__(self, language: str) -> None:
        self._analyzer = TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.stemmer(language)).build()
        self._known: dict[str, str] = {}

    def of(self, words: list[str]) -> list[str]:
        """Return the stem of each word, folded."""
        known = self._known
        new = list(set(words).difference(known))
        if new:
            if len(known) + len(new) > _REMEMBERED:
                self._known = known = {}
                new = list(set(words))
            stems = "\n".join(self._analyzer.analyze(" ".join(new)))
            known.update(zip(new, (stems if stems.isascii() else _fold(stems)).split("\n"), strict=True))
        return [known[word] for word in words]


_ENGLISH_STEMS = _Stems("english")
_FRENCH_STEMS = _Stems("french")


def written_words(text: str) -> list[str]:
    """Return every word as it is written, in order."""
    prepared = _prepare(text)
    return _pattern(prepared).findall(prepared)


def words_of(text: str) -> tuple[list[str], list[str]]:
    """Return the folded and the exact form of every word, in order."""
    written = written_words(text)
    return _forms(written) if written else ([], [])


def places_of(text: str, wanted: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return where these words of `written_words` stand, by their numbers: start inclusive, end exclusive."""
    prepared = _prepare(text)
    matches = _pattern(prepared).finditer(prepared)
    places, after = {}, 0
    for number in sorted(set(wanted)):
        places[number] = next(islice(matches, number - after, None)).span(1)
        after = number + 1
    return places


def analyse(text: str) -> Analysed:
    """Return every form of every word of a text that is to be found."""
    folded, exact = words_of(text)
    if not folded:
        return Analysed(folded=[], english=[], french=[], exact=[])
    reads_english, reads_french = _languages(folded)
    english = _ENGLISH_STEMS.of(folded) if any(reads_english) else folded
    french = french_stems(exact) if any(reads_french) else folded
    return Analysed(
        folded=folded,
        english=_where(english, reads_english),
        french=_where(french, reads_french),
        exact=exact,
    )


def every_form(written: list[str]) -> Analysed:
    """Return every form of words as they are written, with both stems, whatever text they come from."""
    folded, exact = _forms(written) if written else ([], [])
    return Analysed(folded=folded, english=_ENGLISH_STEMS.of(folded), french=french_stems(exact), exact=exact)


def languages_of(written: list[str]) -> tuple[list[bool], list[bool]]:
    """Tell for each `WINDOW` of the words of a text whether it is stemmed as English, and whether as French."""
    return _languages(_forms(written)[0]) if written else ([], [])


def is_english(folded: str) -> bool:
    """Tell whether a word is one of English grammar."""
    return folded in _ENGLISH_WORDS


def is_french(folded: str) -> bool:
    """Tell whether a word is one of French grammar."""
    return folded in _FRENCH_WORDS


def english_stem(folded: str) -> str:
    """Return the English stem of one word."""
    return _ENGLISH_STEMS.of([folded])[0]


def french_stems(exact: list[str]) -> list[str]:
    """Return the French stem of each word, folded; the accents of the word take part in finding it."""
    return _FRENCH_STEMS.of(exact)


def joined_numbers(text: str) -> list[str]:
    """Return each number that is written in groups, closed up and folded."""
    if not _HAS_DIGITS.search(text):
        return []
    joined = (re.sub("[ .-]", "", match[0]).lower() for match in _GROUPED.finditer(text))
    return [number for number in joined if MIN_JOINED <= len(number) <= _MAX_JOINED]


def joined_places(text: str) -> list[tuple[str, int, int]]:
    """Return each number that is written in groups, closed up, with its place in the text."""
    found = ((match, joined_whole(match[0])) for match in _GROUPED.finditer(text))
    return [(joined, match.start(), match.end()) for match, joined in found if joined]


def is_cjk(word: str) -> bool:
    """Tell whether a word is one Chinese, Japanese or Korean character."""
    return bool(_HAS_CJK.match(word))


def joined_whole(text: str) -> str | None:
    """Return a text that is one number written in groups, or in one, closed up; None for any other."""
    match = _GROUPED.fullmatch(text.strip())
    if match is None:
        return None
    joined = joined_numbers(match[0])
    return joined[0] if joined else None


def fold(text: str) -> str:
    """Fold a whole value, such as a file name: lower case, without accents, white space as it is."""
    lowered = unicodedata.normalize("NFKC", text.lower())
    return lowered if lowered.isascii() else _fold(lowered)


def _prepare(text: str) -> str:
    """Replace characters one for one, so that places stay what they are."""
    text = text.replace("_", " ")
    if not text.isascii():
        for mark in _APOSTROPHES:
            text = text.replace(mark, "'")
    return text


def _pattern(prepared: str) -> re.Pattern[str]:
    return _WORD if prepared.isascii() or not _HAS_CJK.search(prepared) else _WORD_OR_CJK


def _forms(raw: list[str]) -> tuple[list[str], list[str]]:
    joined = "\n".join(raw).lower()
    if "'" in joined:
        joined = _POSSESSIVE.sub("", joined).replace("'", "")
    if joined.isascii():
        words = _cut(joined.split("\n"))
        return words, words
    joined = _INVISIBLE.sub("", unicodedata.normalize("NFKC", joined))
    folded = _INVISIBLE.sub("", _fold(joined))
    return _cut(folded.split("\n")), _cut(joined.split("\n"))


def _fold(lowered: str) -> str:
    bare = _STRIPPED.sub("", unicodedata.normalize("NFKD", lowered))
    return unicodedata.normalize("NFKC", bare.casefold().translate(_LIGATURES))


def _cut(words: list[str]) -> list[str]:
    if len(max(words, key=len)) > MAX_WORD:
        words = [word[:MAX_WORD] for word in words]
    return words if all(words) else [word or "-" for word in words]


def _where(stems: list[str], wanted: list[bool]) -> list[str]:
    if all(wanted):
        return stems
    kept = iter(stems)
    return [stem if wanted[number // WINDOW] else "" for number, stem in enumerate(kept)]


def _languages(folded: list[str]) -> tuple[list[bool], list[bool]]:
    """Tell, for each window of words, whether it reads as English and whether as French; a doubt is both."""
    votes = list(_votes(folded))
    whole = _reading(sum(english for english, _ in votes), sum(french for _, french in votes), (True, True))
    readings = [_reading(english, french, whole) for english, french in votes]
    return [english for english, _ in readings], [french for _, french in readings]


def _votes(folded: list[str]) -> Iterator[tuple[int, int]]:
    for start in range(0, len(folded), WINDOW):
        window = folded[start : start + WINDOW]
        english = sum(map(_ENGLISH_WORDS.__contains__, window))
        yield english, sum(map(_FRENCH_WORDS.__contains__, window))


def _reading(english: int, french: int, otherwise: tuple[bool, bool]) -> tuple[bool, bool]:
    if english > 2 * french:
        return True, False
    if french > 2 * english:
        return False, True
    return otherwise if not english and not french else (True, True)
