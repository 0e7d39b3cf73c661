"""Mark what was looked for in the texts of a hit: the subject, the best part of the body and of the attachments."""

from dataclasses import dataclass

from muniment.engines.analysis import analyse, joined_places, places_of
from muniment.engines.matching import find, find_near
from muniment.engines.patterns import Pattern
from muniment.engines.port import Highlight
from muniment.engines.selection import proximity, select
from muniment.engines.texts import PROSE, Area
from muniment.query.tree import And, Field, Near, Node, Or, Phrase, Term

MAX_TEXT = 100_000  # characters of a text that are read for marks; later ones are found but not shown
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
        self._words: list[tuple[tuple[Area, ...], Pattern]] = []
        self._pairs = [proximity(leaf) for leaf in leaves if isinstance(leaf, Near)]
        for leaf in leaves:
            if isinstance(leaf, Term | Phrase) and leaf.field in _SHOWN:
                selection = select(leaf, blind=False)
                self._words.append((_SHOWN[leaf.field], selection.pattern))

    def highlights(self, texts: Texts) -> tuple[Highlight, ...]:
        """Return the subject if it has marks, fragments of the body or its beginning, fragments of the attachments."""
        found: list[Highlight] = []
        subject = self._marks(Area.SUBJECT, texts.subject)
        if subject:
            found.append(Highlight(field="subject", fragments=_cut(texts.subject, subject, 0, len(texts.subject))))
        body = texts.body[:MAX_TEXT]
        found += _fragments("body", body, self._marks(Area.BODY, body)) or _beginning(body)
        attachment = texts.attachment[:MAX_TEXT]
        found += _fragments("attachment", attachment, self._marks(Area.ATTACHMENT, attachment))
        return tuple(found)

    def _marks(self, area: Area, text: str) -> Marks:
        patterns = [pattern for areas, pattern in self._words if area in areas]
        pairs = [near for near in self._pairs if area in near.areas]
        if not text or not (patterns or pairs):
            return []
        words = analyse(text)
        found = [place for pattern in patterns for place in find(pattern, words)]
        found += [place for near in pairs for pair in find_near(near, words) for place in pair]
        places = places_of(text) if found else []
        marks = [(places[first][0], places[last][1]) for first, last in found]
        return _merged(marks + _numbers(patterns, text))


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


def _numbers(patterns: list[Pattern], text: str) -> Marks:
    wanted = {term for pattern in patterns for row in pattern if len(row) == 1 for term in row[0][1].terms}
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
    rest = marks
    while rest:
        start = _word_start(text, max(0, rest[0][0] - _LEAD_IN))
        end = max(_word_end(text, start + FRAGMENT), rest[0][1])
        inside = [mark for mark in rest if mark[1] <= end]
        windows.append((start, end, inside))
        rest = [mark for mark in rest if mark[1] > end and mark[0] >= inside[-1][1]]
    best = sorted(windows, key=lambda window: -len(window[2]))[:FRAGMENTS]
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
