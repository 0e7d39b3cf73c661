"""Find a pattern in analysed words, one word after the other: what `memory` searches by and `highlight` marks by."""

from collections.abc import Iterator

from muniment.engines.analysis import ENGLISH, EXACT, FRENCH, MARK_LENGTH, Analysed
from muniment.engines.patterns import Pattern, Piece, Row
from muniment.engines.selection import Proximity
from muniment.engines.wildcards import python_regex

Place = tuple[int, int]  # the numbers of the first and the last word


def find(pattern: Pattern, words: Analysed) -> list[Place]:
    """Return where any row of the pattern stands."""
    return [place for row in pattern for place in _find_row(row, words)]


def find_near(near: Proximity, words: Analysed) -> list[tuple[Place, Place]]:
    """Return the pairs of places that are near enough: at most `distance` words between, in order if it is asked."""
    lefts, rights = find(near.left, words), find(near.right, words)
    return [(left, right) for left in lefts for right in rights if _is_near(near, left, right)]


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


def _find_row(row: Row, words: Analysed) -> Iterator[Place]:
    (_, first), *others = row
    length = row[-1][0]
    starts = _positions(first, words)
    for offset, piece in others if starts else ():
        starts = starts & {position - offset for position in _positions(piece, words)}
    return ((start, start + length) for start in sorted(starts))


def _positions(piece: Piece, words: Analysed) -> set[int]:
    if piece.wildcard is not None:
        matches = python_regex(piece.wildcard).fullmatch
        return {at for at, word in enumerate(words.folded) if matches(word)}
    if piece.fuzzy:
        return {at for at, word in enumerate(words.folded) if within_edits(word, piece.terms[0], piece.fuzzy)}
    return {at for term in piece.terms for at in _positions_of(term, words)}


def _positions_of(term: str, words: Analysed) -> list[int]:
    """Return where one form stands; the mark before it says which form it is."""
    form = {ENGLISH: words.english, FRENCH: words.french, EXACT: words.exact}.get(term[:MARK_LENGTH])
    if form is None:
        return [at for at, word in enumerate(words.folded) if word == term]
    wanted = term[MARK_LENGTH:]
    return [at for at, word in enumerate(form) if word == wanted]


def _is_near(near: Proximity, left: Place, right: Place) -> bool:
    if 1 <= right[0] - left[1] <= near.distance + 1:
        return True
    return not near.ordered and 1 <= left[0] - right[1] <= near.distance + 1
