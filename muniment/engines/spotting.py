"""Find the words of one query in one text after the other, reading each different word once.

The memory of a query keeps, for each piece, the words as they are written that it stands for. A text then costs one
pass of a regular expression and a few operations on sets. A text of plain ASCII that holds none of the letters a piece
needs (`needles`) costs a search for those alone.
"""

import re
from collections.abc import Iterable, Iterator

from muniment.engines.analysis import (
    ENGLISH,
    EXACT,
    FRENCH,
    MARK_LENGTH,
    WINDOW,
    Analysed,
    every_form,
    fold,
    languages_of,
    places_of,
    written_words,
)
from muniment.engines.matching import positions
from muniment.engines.patterns import Pattern, Piece, Row

_CHANGED = 3  # letters at the end of a stem that a word may not have: "publiqu" of publication, "die" of dying
_ASCII = "\x7f"  # its last character
_STARS = re.compile("[*?]")
_LITERAL = re.compile(r"[^*?]+")


class Spotter:
    """The memory of one query; `spot` one text after the other."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._seen: set[str] = set()
        self._found = {piece: Spelled() for piece in pieces}
        self._initials = _initials(self._found)

    def spot(self, text: str) -> "Spotted":
        """Return the words of a text, of which pieces can be asked for."""
        written = written_words(text)
        distinct = set(written)
        self._learn(distinct - self._seen)
        return Spotted(text, written, distinct, self._found)

    def _learn(self, new: set[str]) -> None:
        self._seen |= new
        initials = self._initials
        likely = list(new) if initials is None else [word for word in new if word[0] in initials or word[0] > _ASCII]
        if likely:
            forms = every_form(likely)
            for piece, spelled in self._found.items():
                spelled.learn(piece, likely, forms)


class Spelled:
    """The words as they are written that one piece stands for: wherever they stand, or by a stem of one language."""

    def __init__(self) -> None:
        self.anywhere: set[str] = set()
        self.english: set[str] = set()
        self.french: set[str] = set()

    def learn(self, piece: Piece, written: list[str], forms: Analysed) -> None:
        """Add those of some words; by both stems is wherever it stands, for every text is read as one at least."""
        by_mark: dict[str, list[str]] = {ENGLISH: [], FRENCH: []}
        whole: list[str] = []
        for term in piece.terms:
            by_mark.get(term[:MARK_LENGTH], whole).append(term)
        rest = Piece(terms=tuple(whole), wildcard=piece.wildcard, fuzzy=piece.fuzzy)
        sure, english, french = (
            {written[number] for number in positions(one, forms)}
            for one in (rest, Piece(terms=tuple(by_mark[ENGLISH])), Piece(terms=tuple(by_mark[FRENCH])))
        )
        self.anywhere |= sure | (english & french)
        self.english |= english
        self.french |= french


class Spotted:
    """The words of one text."""

    def __init__(self, text: str, written: list[str], distinct: set[str], found: dict[Piece, Spelled]) -> None:
        self._text = text
        self._written = written
        self._distinct = distinct
        self._found = found

    def positions(self, piece: Piece) -> set[int]:
        """Return the numbers of the words that a piece stands for."""
        spelled = self._found[piece]
        anywhere = spelled.anywhere & self._distinct
        english = (spelled.english & self._distinct) - anywhere
        french = (spelled.french & self._distinct) - anywhere
        at = {number for number, word in enumerate(self._written) if word in anywhere} if anywhere else set()
        return at | set(self._by_language(english, french)) if english or french else at

    def places(self, numbers: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Return where these words stand in the text."""
        return places_of(self._text, numbers)

    def _by_language(self, english: set[str], french: set[str]) -> Iterator[int]:
        reads_english, reads_french = languages_of(self._written)
        for number, word in enumerate(self._written):
            window = number // WINDOW
            if (word in english and reads_english[window]) or (word in french and reads_french[window]):
                yield number


def _initials(pieces: Iterable[Piece]) -> frozenset[str] | None:
    """Return the letters that the words of these pieces begin with, where they are ASCII; None where all may."""
    begun = [needle[:1] for piece in pieces for needle in _starts_of(piece)]
    return frozenset("".join(begun) + "".join(begun).upper()) if all(begun) else None


def _starts_of(piece: Piece) -> tuple[str, ...]:
    """Return what words of a piece begin with; an empty text for any."""
    if piece.fuzzy:
        return ("",)
    if piece.wildcard is not None:
        return (_STARS.split(piece.wildcard, maxsplit=1)[0],)
    return tuple(fold(_beginning_of(term)) for term in piece.terms)


def needles(pattern: Pattern) -> tuple[str, ...] | None:
    """Return texts of which `may_hold` needs one before the pattern can stand there; None where nothing is sure."""
    rows = [_needles_of_row(row) for row in pattern]
    return tuple(needle for row in rows if row for needle in row) if all(rows) else None


def may_hold(text: str, wanted: tuple[str, ...] | None) -> bool:
    """Tell whether a text can hold a pattern with these needles; only plain ASCII is looked at."""
    if wanted is None or not text.isascii():
        return True
    plain = text.lower().replace("'", "").replace("`", "")
    return any(needle in plain for needle in wanted)


def _needles_of_row(row: Row) -> tuple[str, ...]:
    """Return the needles of the piece that is hardest to find; none where a piece has none."""
    return max((_needles_of(piece) for _, piece in row), key=lambda some: min(map(len, some), default=0))


def _needles_of(piece: Piece) -> tuple[str, ...]:
    if piece.wildcard is not None:
        return (max(_LITERAL.findall(piece.wildcard), key=len),)
    if piece.fuzzy:
        return ()
    return tuple({_beginning_of(term) for term in piece.terms})


def _beginning_of(term: str) -> str:
    if term[:MARK_LENGTH] in {ENGLISH, FRENCH}:
        return term[MARK_LENGTH : max(MARK_LENGTH + 1, len(term) - _CHANGED)]
    return term.removeprefix(EXACT)
