"""One document being read: what was found so far, and how much more may be spent on it.

A reader adds text piece by piece, so that whatever stops it (a limit, a broken page), the text up to there is kept.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from muniment.extract.model import Outcome
from muniment.mail.charsets import clean

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one attachment may cost. The defaults are ours: far above honest documents, far below a machine's means."""

    input_bytes: int = 100 * MIB
    text_chars: int = 10_000_000  # some 5,000 printed pages
    members: int = 2_000  # files inside containers, all levels together
    depth: int = 5  # containers inside containers
    unpacked_bytes: int = 256 * MIB  # all levels together
    ratio: int = 250  # unpacked : packed of one member, once it is large; deflate can reach 1,032
    ratio_from_bytes: int = 8 * MIB
    pages: int = 10_000
    cells: int = 2_000_000
    seconds: float = 15.0  # asked between pieces; below the parent's wall clock, so that text found is not lost


class Stop(Exception):
    """The document, or the member of it, is read no further; the text added so far is kept."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


class Exhausted(Stop):
    """A budget of the whole attachment is spent: no further member is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Bytes to read, with what their sender says of them."""

    content: bytes
    content_type: str = ""
    filename: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one document or member went."""

    outcome: Outcome
    detail: str = ""
    final: bool = False  # a budget is spent


Attempt = Callable[[Item, "Reading"], Verdict]


class Reading:
    """The text of one attachment as it grows, its budgets, and how its members went."""

    def __init__(self, *, limits: Limits, clock: Callable[[], float], attempt: Attempt) -> None:
        self.limits = limits
        self.words_seen = 0  # pieces that were more than white space
        self.members: Counter[Outcome] = Counter()
        self._attempt = attempt
        self._clock = clock
        self._deadline = clock() + limits.seconds
        self._pieces: list[str] = []
        self._length = 0
        self._opened = 0
        self._depth = 0
        self._unpacked = 0

    @property
    def text(self) -> str:
        """The text so far: valid Unicode without NUL."""
        return clean("".join(self._pieces))

    def add(self, text: str) -> None:
        """Keep text. Raises Exhausted when the time or the room for text is spent; what fits is kept."""
        self.check_time()
        room = self.limits.text_chars - self._length
        self._pieces.append(text[:room])
        self._length += min(len(text), room)
        if text and not text.isspace():
            self.words_seen += 1
        if len(text) > room:
            raise Exhausted(
                Outcome.TOO_LARGE,
                f"The text is longer than {self.limits.text_chars:,} characters; the rest is not searched.",
            )

    def check_time(self) -> None:
        """Raise Exhausted when the time is spent."""
        if self._clock() > self._deadline:
            raise Exhausted(
                Outcome.TIMEOUT, f"Reading took more than {self.limits.seconds:g} s; the rest is not searched."
            )

    def unpack(self, size_bytes: int) -> None:
        """Count bytes that came out of a container. Raises Exhausted past the limit."""
        self._unpacked += size_bytes
        if self._unpacked > self.limits.unpacked_bytes:
            raise Exhausted(
                Outcome.TOO_LARGE,
                f"Unpacked it is larger than {self.limits.unpacked_bytes // MIB} MiB; the rest is not searched.",
            )

    def open_member(self) -> None:
        """Count one file inside a container. Raises Exhausted past the limit."""
        self._opened += 1
        if self._opened > self.limits.members:
            raise Exhausted(
                Outcome.TOO_LARGE, f"It holds more than {self.limits.members:,} files; the rest is not searched."
            )
        self.check_time()

    def dive(self, item: Item) -> Verdict:
        """Read a member by the same rules, one level deeper, and note how it went.

        Raises Exhausted when a budget of the whole attachment is spent.
        """
        if self._depth >= self.limits.depth:
            verdict = Verdict(outcome=Outcome.TOO_DEEP, detail=f"Nested deeper than {self.limits.depth} levels.")
            self.members[verdict.outcome] += 1
        else:
            before = self.members.total()
            self._depth += 1
            try:
                verdict = self._attempt(item, self)
            finally:
                self._depth -= 1
            # A container's outcome repeats its members', which are counted, unless it says something of its own.
            if self.members.total() == before or verdict.outcome in {Outcome.TEXT, Outcome.CORRUPT}:
                self.members[verdict.outcome] += 1
        if verdict.final:
            raise Exhausted(verdict.outcome, verdict.detail)
        return verdict
