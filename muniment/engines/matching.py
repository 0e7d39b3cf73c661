"""Find a pattern in analysed words, one word after the other: what `memory` searches by and `highlight` marks by."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import partial

from muniment.engines.analysis import ENGLISH, EXACT, FRENCH, MARK_LENGTH, Analysed
from muniment.engines.patterns import Pattern, Piece, Row
from muniment.engines.selection import Proximity
from muniment.engines.wildcards import python_regex

Place = tuple[int, int]  # the numbers of the first and the last word
Positions = Callable[[Piece], set[int]]  # the numbers of the words that a piece stands for


def find(pattern: Pattern, words: Analysed) -> list[Place]:
    """Return where any row of the pattern stands."""
    return find_at(pattern, partial(positions, words=words))


def find_at(pattern: Pattern, at: Positions) -> list[Place]:
    """Return where any row of the pattern stands, given where each piece does."""
    return [place for row in pattern for place in _find_row(row, at)]


def find_near(near: Proximity, words: Analysed) -> list[tuple[Place, Place]]:
    """Return the pairs of places that are near enough: at most `distance` words between, in order if it is asked."""
    return find_near_at(near, partial(positions, words=words))


def find_near_at(near: Proximity, at: Positions) -> list[tuple[Place, Place]]:
    """Return the pairs of places that are near enough, given where each piece does."""
    lefts, rights = find_at(near.left, at), find_at(near.right, at)
    pairs = list(_followed(lefts, rights, near.distance))
    if near.ordered:
        return pairs
    return pairs + [(left, right) for right, left in _followed(rights, lefts, near.distance)]


def positions(piece: Piece, words: Analysed) -> set[int]:
    """Return the numbers of the words that a piece stands for."""
    if piece.wildcard is not None:
        matches = python_regex(piece.wildcard).fullmatch
        return {at for at, word in enumerate(words.folded) if matches(word)}
    if piece.fuzzy:
        return set(_like(piece.terms[0], piece.fuzzy, words.folded))
    return {at for term in piece.terms for at in _positions_of(term, words)}


def within_edits(word: str, other: str, limit: int) -> bool:
    """Tell whether two words differ by at most `limit` letters added, dropped, changed, or swapped with a neighbour."""
    if abs(len(word) - len(other)) > limit:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1] <= limit


def _find_row(row: Row, at: Positions) -> Iterator[Place]:
    (_, first), *others = row
    length = row[-1][0]
    starts = at(first)
    for offset, piece in others if starts else ():
        starts = starts & {position - offset for position in at(piece)}
    return ((start, start + length) for start in sorted(starts))


def _like(term: str, limit: int, words: list[str]) -> Iterator[int]:
    """Yield the words within so many edits; an edit changes at most two letters of the set of a word's letters."""
    letters = set(term)
    lengths = range(len(term) - limit, len(term) + limit + 1)
    for at, word in enumerate(words):
        likely = len(word) in lengths and len(letters.symmetric_difference(word)) <= 2 * limit
        if likely and within_edits(word, term, limit):
            yield at


def _positions_of(term: str, words: Analysed) -> list[int]:
    """Return where one form stands; the mark before it says which form it is."""
    form = {ENGLISH: words.english, FRENCH: words.french, EXACT: words.exact}.get(term[:MARK_LENGTH])
    if form is None:
        return [at for at, word in enumerate(words.folded) if word == term]
    wanted = term[MARK_LENGTH:]
    return [at for at, word in enumerate(form) if word == wanted]


def _followed(firsts: list[Place], seconds: list[Place], distance: int) -> Iterator[tuple[Place, Place]]:
    """Yield each first with each second that begins after it, at most `distance` words between."""
    ordered = sorted(seconds)
    begins = [start for start, _ in ordered]
    for first in firsts:
        near = slice(bisect_left(begins, first[1] + 1), bisect_right(begins, first[1] + distance + 1))
        yield from ((first, second) for second in ordered[near])
