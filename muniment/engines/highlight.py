"""Mark what was looked for in the texts of a hit: the subject, the best part of the body and of the attachments."""

from dataclasses import dataclass
from heapq import nlargest

from muniment.engines.analysis import MIN_JOINED, joined_places
from muniment.engines.matching import find_at, find_near_at
from muniment.engines.patterns import Pattern
from muniment.engines.port import Highlight
from muniment.engines.selection import Proximity, proximity, select
from muniment.engines.spotting import Spotter, may_hold, needles
from muniment.engines.texts import PROSE, Area
from muniment.query.tree import And, Field, Near, Node, Or, Phrase, Term

MAX_TEXT = 100_000  # characters of a text that are read for marks; later ones are found but not shown
FIRST_LOOK = 16_000  # characters that are read first, four pages; the others only where these hold no mark
FRAGMENT = 240  # characters: some three lines of a result
FRAGMENTS = 2  # of the body, and of the attachments
_LEAD_IN = 60  # characters before the first mark of a fragment

Marks = list[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What an engine keeps of a document to show fragments of."""

    subject: str
    body: str
    attachment: str


class Highlighter:
    """Marks for one query; what stands under NOT is not marked."""

    def __init__(self, query: Node) -> None:
        leaves = list(_positive(query))
        pairs = [proximity(leaf) for leaf in leaves if isinstance(leaf, Near)]
        words = [
            (_SHOWN[leaf.field], select(leaf, blind=False).pattern)
            for leaf in leaves
            if isinstance(leaf, Term | Phrase) and leaf.field in _SHOWN
        ]
        self._wanted = {area: _wanted(area, words, pairs) for area in PROSE}
        patterns = [*(pattern for _, pattern in words), *(side for near in pairs for side in (near.left, near.right))]
        self._spotter = Spotter(piece for pattern in patterns for row in pattern for _, piece in row)

    def highlights(self, texts: Texts) -> tuple[Highlight, ...]:
        """Return the subject if it has marks, fragments of the body or its beginning, fragments of the attachments."""
        found: list[Highlight] = []
        subject = self._marks(Area.SUBJECT, texts.subject)
        if subject:
            found.append(Highlight(field="subject", fragments=_cut(texts.subject, subject, 0, len(texts.subject))))
        body = texts.body[:MAX_TEXT]
        found += _fragments("body", body, self._first_marks(Area.BODY, body)) or _beginning(body)
        attachment = texts.attachment[:MAX_TEXT]
        found += _fragments("attachment", attachment, self._first_marks(Area.ATTACHMENT, attachment))
        return tuple(found)

    def _first_marks(self, area: Area, text: str) -> Marks:
        """Return the marks of the first pages that have any."""
        if len(text) > FIRST_LOOK:
            marks = self._marks(area, text[: _word_end(text, FIRST_LOOK)])
            if marks:
                return marks
        return self._marks(area, text)

    def _marks(self, area: Area, text: str) -> Marks:
        wanted = self._wanted[area]
        marks = _numbers(wanted.numbers, text) if wanted.numbers else []
        patterns = [pattern for pattern, needs in wanted.patterns if may_hold(text, needs)]
        pairs = [near for near, needs in wanted.pairs if may_hold(text, needs)]
        if not text or not (patterns or pairs):
            return _merged(marks)
        words = self._spotter.spot(text)
        found = [place for pattern in patterns for place in find_at(pattern, words.positions)]
        found += [place for near in pairs for pair in find_near_at(near, words.positions) for place in pair]
        places = words.places(number for place in found for number in place)
        return _merged(marks + [(places[first][0], places[last][1]) for first, last in found])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is marked in one area; patterns and pairs with the needles that tell texts without them."""

    patterns: list[tuple[Pattern, tuple[str, ...] | None]]
    pairs: list[tuple[Proximity, tuple[str, ...] | None]]
    numbers: frozenset[str]


_SHOWN: dict[Field, tuple[Area, ...]] = {
    Field.ANY: PROSE,
    Field.SUBJECT: (Area.SUBJECT,),
    Field.BODY: (Area.BODY,),
    Field.ATTACHMENT: (Area.ATTACHMENT,),
    Field.FILENAME: (Area.ATTACHMENT,),
}


def _positive(node: Node) -> list[Term | Phrase | Near]:
    match node:
        case Term() | Phrase() | Near():
            return [node]
        case And() | Or():
            return [leaf for clause in node.clauses for leaf in _positive(clause)]
        case _:
            return []


def _wanted(area: Area, words: list[tuple[tuple[Area, ...], Pattern]], pairs: list[Proximity]) -> _Wanted:
    patterns = [pattern for areas, pattern in words if area in areas]
    alone = {term for pattern in patterns for row in pattern if len(row) == 1 for term in row[0][1].terms}
    return _Wanted(
        patterns=[(pattern, needles(pattern)) for pattern in patterns],
        pairs=[(near, needles(near.left)) for near in pairs if area in near.areas],
        numbers=frozenset(term for term in alone if len(term) >= MIN_JOINED and any(map(str.isdigit, term))),
    )


def _numbers(wanted: frozenset[str], text: str) -> Marks:
    return [(start, end) for joined, start, end in joined_places(text) if joined in wanted]


def _merged(marks: Marks) -> Marks:
    merged: Marks = []
    for start, end in sorted(marks):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _fragments(field: str, text: str, marks: Marks) -> list[Highlight]:
    """Return the fragments with most marks, in the order of the text."""
    windows: list[tuple[int, int, Marks]] = []
    for mark in marks:
        if windows and mark[1] <= windows[-1][1]:
            windows[-1][2].append(mark)
        else:
            start = _word_start(text, max(0, mark[0] - _LEAD_IN))
            windows.append((start, max(_word_end(text, start + FRAGMENT), mark[1]), [mark]))
    best = nlargest(FRAGMENTS, windows, key=lambda window: len(window[2]))
    return [Highlight(field=field, fragments=_cut(text, marks, start, end)) for start, end, marks in sorted(best)]


def _beginning(body: str) -> list[Highlight]:
    lead = body[: FRAGMENT * 2].strip()
    if not lead:
        return []
    return [Highlight(field="body", fragments=((lead[: _word_end(lead, FRAGMENT)], False),))]


def _word_start(text: str, at: int) -> int:
    if at == 0:
        return 0
    space = text.find(" ", at, at + _LEAD_IN)
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, at - _LEAD_IN), at)
    return space if space > 0 else at


def _cut(text: str, marks: Marks, start: int, end: int) -> tuple[tuple[str, bool], ...]:
    parts: list[tuple[str, bool]] = []
    at = start
    for first, last in marks:
        parts += [(text[at:first], False), (text[first:last], True)]
        at = last
    parts.append((text[at:end], False))
    return tuple(part for part in parts if part[0])
