"""Leaves of a query tree → rows of words, before any engine: what each engine looks for and what is marked.

A pattern is a choice of rows; a row is pieces at word offsets; a piece is a choice of word forms of `analysis`, or a
wildcard or a fuzzy word over the folded forms.
"""

import re
from dataclasses import dataclass

from muniment.engines.analysis import (
    ENGLISH,
    EXACT,
    FRENCH,
    english_stem,
    french_stems,
    is_cjk,
    is_english,
    is_french,
    joined_whole,
    words_of,
)
from muniment.query.refusals import QueryError
from muniment.query.tree import Phrase, Term

MIN_WILDCARD_LETTERS = 2  # one letter and * stands for a tenth of all words

_SPLIT = re.compile(r"([*?])")
_FEMININE = re.compile(r"ee(s?)$")
_MASCULINE = re.compile(r"(?<!e)e(s?)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One word of a row: any of `terms`, or what `wildcard` stands for, or a word within `fuzzy` edits of the term."""

    terms: tuple[str, ...] = ()
    wildcard: str | None = None  # a folded word with * and ?
    fuzzy: int = 0


Row = tuple[tuple[int, Piece], ...]
Pattern = tuple[Row, ...]


def pattern_of(leaf: Term | Phrase) -> Pattern:
    """Return the rows that a word or a phrase is found by; empty where it has no word.

    Raises `QueryError` for a wildcard that stands for too much, or a fuzzy word that is several.
    """
    if isinstance(leaf, Phrase):
        rows = _phrase_rows(leaf)
    elif leaf.wildcard:
        rows = (_wildcard_row(leaf.text, leaf),)
    else:
        rows = _term_rows(leaf)
    joined = joined_whole(leaf.text)
    if joined is not None and len(rows) == 1 and len(rows[0]) > 1:
        return (*rows, ((0, Piece(terms=(joined,))),))
    return tuple(row for row in rows if row)


def check_breadth(text: str, leaf: Term | Phrase) -> None:
    """Refuse a wildcard of fewer than two letters and digits (a Chinese character is enough)."""
    letters = [character for character in text if character.isalnum()]
    if len(letters) < MIN_WILDCARD_LETTERS and not any(map(is_cjk, letters)):
        raise QueryError("too-broad", start=leaf.span.start, end=leaf.span.end, value=leaf.text)


def _phrase_rows(leaf: Phrase) -> Pattern:
    if "*" in leaf.text:
        return (_wildcard_row(leaf.text.replace("?", " "), leaf),)
    folded, _ = words_of(leaf.text)
    return (_row([Piece(terms=(word,)) for word in folded]),)


def _term_rows(leaf: Term) -> Pattern:
    folded, exact = words_of(leaf.text)
    if leaf.fuzzy:
        if len(folded) != 1:
            raise QueryError("fuzzy-one-word", start=leaf.span.start, end=leaf.span.end, value=leaf.text)
        return (_row([Piece(terms=(folded[0],), fuzzy=leaf.fuzzy)]),)
    if leaf.exact:
        return (_row([Piece(terms=(EXACT + word,)) for word in exact]),)
    if len(folded) == 1:
        return (_row([Piece(terms=inflections(folded[0], exact[0]))]),)
    return (_row([Piece(terms=(word,)) for word in folded]),)


def inflections(folded: str, exact: str) -> tuple[str, ...]:
    """Return the forms that find a word and its inflections.

    Typed without accents, `licencie` and `licenciee` are read as `licencié` and `licenciée` too. A word of the grammar
    of one language (not, les) has no inflections in the other: `not` is no form of the French `note`.
    """
    if not folded.isalpha():
        return (folded,)
    terms = [folded]
    if is_english(folded) or not is_french(folded):
        terms.append(ENGLISH + english_stem(folded))
    if is_french(folded) or not is_english(folded):
        terms += [FRENCH + stem for stem in french_stems(_accented(folded, exact))]
    return tuple(dict.fromkeys(terms))


def _accented(folded: str, exact: str) -> list[str]:
    acute = (_FEMININE.sub("ée\\1", folded), _MASCULINE.sub("é\\1", folded)) if folded == exact else ()
    return [exact, folded, *acute]


def _wildcard_row(text: str, leaf: Term | Phrase) -> Row:
    """Read each run of letters, digits, `*` and `?`; stars alone fall away at an end, and are any word in between."""
    check_breadth(text, leaf)
    pieces = [_wildcard_piece(run) for run in _wildcard_runs(text)]
    while pieces and pieces[0] is None:
        pieces.pop(0)
    while pieces and pieces[-1] is None:
        pieces.pop()
    return tuple((offset, piece) for offset, piece in enumerate(pieces) if piece is not None)


def _wildcard_runs(text: str) -> list[str]:
    """Fold and split; the wildcards pass through the analysis as letters of a private alphabet."""
    runs: list[str] = []
    for run in re.findall(r"[\w*?'’\u0300-\u036f]+", text.replace("_", " ")):
        parts = [part if part in {"*", "?"} else _folded(part) for part in _SPLIT.split(run)]
        runs.extend("".join(parts).split())
    return runs


def _folded(part: str) -> str:
    """Fold the letters between two wildcards; a Chinese character stands alone, so a wildcard beside it does too."""
    words = words_of(part)[0] if part else []
    return "".join(f" {word} " if is_cjk(word) else word for word in words)


def _wildcard_piece(run: str) -> Piece | None:
    if not run.strip("*?"):
        return None
    if "*" not in run and "?" not in run:
        return Piece(terms=(run,))
    return Piece(wildcard=run)


def _row(pieces: list[Piece]) -> Row:
    return tuple(enumerate(pieces))
