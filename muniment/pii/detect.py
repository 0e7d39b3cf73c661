"""Find identifiers of persons in a text: prefilter, form, check, neighbours, words beside it.

One pass of an RE2 set over the text says which recognisers have anything to look for; only these search, judge each
candidate by its check digits or its numbering plan, and weigh it by what stands next to it. Time is linear in the text.
"""

from collections.abc import Iterator

from muniment.pii.judged import Judged
from muniment.pii.model import ALL_KINDS, Confidence, Evidence, Finding, Kind
from muniment.pii.recognisers import RECOGNISERS, TRIGGERS, Recogniser, compiled
from muniment.pii.view import view

_WORDS_BEFORE = 80  # characters in which a word speaks for or against a candidate: a line and its label
_WORDS_AFTER = 30
_URL_BEFORE = 200
_IN_URL = compiled(r"(?i)(?:[a-z]{3,6}://|www\.)[^\s<>\"()]*$")
_IN_ID = compiled(r"(?i)(?:[a-z]{3,6}://[^\s/?#]*|\b[cm]id:\S*)$")  # the user of a URL, a content or message id
_GLUE_BEFORE = b"/_%&\\~$\xa3"  # part of a path, of an encoded line, or an amount of money
_GLUE_AFTER = b"_%=@\\"
_JOINTS = b" .,-/:"
_JOINTS_OF = {Kind.IP: b"-"}  # a port or a prefix length may follow
# Which kind wins where two overlap: the one whose check says more.
_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (Kind.EMAIL, Kind.IBAN, Kind.NIR, Kind.CARD, Kind.IT_CODICE_FISCALE, Kind.FR_VAT, Kind.SIRET, Kind.CH_AHV)
    )
}


def detect(text: str, *, kinds: frozenset[Kind] = ALL_KINDS) -> tuple[Finding, ...]:
    """Find the identifiers of `kinds` in `text`, by place, without overlaps; never raises.

    Offsets count Unicode code points of `text`. The same text gives the same findings under one `DETECTOR_VERSION`.
    """
    data = view(text)
    found = [
        finding
        for index in TRIGGERS.Match(data) or ()
        if RECOGNISERS[index].kind in kinds
        for finding in _search(RECOGNISERS[index], data)
    ]
    return tuple(_without_overlaps(found)) if len(found) > 1 else tuple(found)


def _search(recogniser: Recogniser, data: bytes) -> Iterator[Finding]:
    group = 1 if recogniser.form.groups else 0
    at = 0
    while match := recogniser.form.search(data, at):
        start, end = match.span(group)
        judged = recogniser.judge(data[start:end])
        finding = _weigh(recogniser, data, start, judged) if judged is not None else None
        if finding is not None:
            at = finding.end
            yield finding
        else:
            at = match.start() + 1 if recogniser.bounded else match.end()


def _weigh(recogniser: Recogniser, data: bytes, offset: int, judged: Judged) -> Finding | None:
    start, end = offset + judged.start, offset + judged.end
    if _in_link(recogniser.kind, data, start):
        return None
    if recogniser.guarded and _is_glued(data, start, end):
        return None
    word = _word_beside(recogniser, data, start, end) if recogniser.guarded else None
    confidence = judged.alone
    why = judged.why
    if word:
        confidence, why = Confidence.HIGH, (*why, Evidence.CONTEXT_WORD)
    elif recogniser.guarded and _goes_on(_JOINTS_OF.get(recogniser.kind, _JOINTS), data, start, end):
        return None
    elif word is False:
        confidence = Confidence.MEDIUM if confidence is Confidence.HIGH else None
    if confidence is None:
        return None
    return Finding(kind=recogniser.kind, start=start, end=end, confidence=confidence, why=why)


def _word_beside(recogniser: Recogniser, data: bytes, start: int, end: int) -> bool | None:
    """True if the nearest word before speaks for the candidate, False if against; without one, look after it."""
    last = None
    for match in recogniser.cue.finditer(data, max(0, start - _WORDS_BEFORE), start):
        last = match
    if last is not None:
        return bool(last.start(1) >= 0)
    after = recogniser.cue.search(data, end, min(len(data), end + _WORDS_AFTER))
    return True if after is not None and after.start(1) >= 0 else None


def _in_link(kind: Kind, data: bytes, start: int) -> bool:
    """Tell whether a link holds it: numbers there are keys of pages, addresses of machines are meant."""
    if kind is Kind.IP:
        return False
    before = data[max(0, start - _URL_BEFORE) : start]
    return (_IN_ID if kind is Kind.EMAIL else _IN_URL).search(before) is not None


def _is_glued(data: bytes, start: int, end: int) -> bool:
    """Tell whether the neighbours make the candidate a part of a longer token."""
    before, after = data[start - 1 : start] if start else b"", data[end : end + 1]
    if (before and before in _GLUE_BEFORE) or (after and after in _GLUE_AFTER):
        return True
    if after in {b".", b","} and data[end + 1 : end + 2].isdigit():
        return True
    return before in {b".", b","} and data[max(0, start - 2) : start - 1].isdigit()


def _goes_on(joints: bytes, data: bytes, start: int, end: int) -> bool:
    """Tell whether more of a number or a code follows or precedes, as in a table or an order number."""
    before, after = data[max(0, start - 2) : start], data[end : end + 2]
    if before[1:] == b"=":
        return True
    first = data[start : start + 1].isdigit() and len(before) == 2 and before[1] in joints
    if first and (before[:1].isdigit() or (before[1:] == b"-" and before[:1].isalnum())):
        return True
    return data[end - 1 : end].isdigit() and len(after) == 2 and after[0] in joints and after[1:].isdigit()


def _without_overlaps(found: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for finding in sorted(found, key=_place):
        if kept and finding.start < kept[-1].end:
            if _strength(finding) < _strength(kept[-1]):
                kept[-1] = finding
            continue
        kept.append(finding)
    return kept


def _place(finding: Finding) -> tuple[int, int, int]:
    return finding.start, -finding.end, _RANK.get(finding.kind, len(_RANK))


def _strength(finding: Finding) -> tuple[int, int, int, int]:
    """Order findings of one place: the first is kept."""
    return (
        Evidence.CONTEXT_WORD not in finding.why and Evidence.CHECK_DIGITS not in finding.why,
        _RANK.get(finding.kind, len(_RANK)),
        Evidence.CONTEXT_WORD not in finding.why,
        finding.start - finding.end,
    )
