"""Look through the texts of one message within a budget of characters and seconds, whatever they hold.

A long text is read in windows. Each is detected with a margin on both sides, wide enough for the words and links that
`detect` weighs, and keeps what begins inside it: so the windows find what the whole text would.
"""

from collections.abc import Callable, Iterator
from typing import Final

from muniment.pii.detect import detect
from muniment.pii.model import Finding

WINDOW_CHARS: Final = 65_536  # of hostile text some 0.25 s (docs/personal-data-detection.md): how far a budget can slip
MARGIN_CHARS: Final = 1_024  # the longest identifier (an address, 254) with the 200 characters before it, and room
MAX_CHARS: Final = 24_000_000  # of one message: what the index keeps of a body and its attachments
MAX_SECONDS: Final = 20.0  # of one message: 24 million characters of mail take under 1 s, of hostile text 90 s


class Reader:
    """Reads the texts of one message; `in_part` tells afterwards whether anything was left unread."""

    def __init__(
        self, *, clock: Callable[[], float], max_chars: int = MAX_CHARS, max_seconds: float = MAX_SECONDS
    ) -> None:
        """`clock` counts seconds of work, such as `time.thread_time`: a busy machine must not shorten what is read."""
        self._clock = clock
        self._until = clock() + max_seconds
        self._chars_left = max_chars
        self.in_part = False

    def read(self, text: str) -> Iterator[Finding]:
        """Yield the findings of one text by place, those of its unread rest left out; never raises."""
        end = min(len(text), self._chars_left)
        for start in range(0, end, WINDOW_CHARS):
            if self._clock() > self._until:
                end = start
                break
            yield from _of_window(text, start, min(start + WINDOW_CHARS, end))
        self._chars_left -= end
        self.in_part = self.in_part or end < len(text)


def _of_window(text: str, start: int, end: int) -> Iterator[Finding]:
    first = max(0, start - MARGIN_CHARS)
    for found in detect(text[first : end + MARGIN_CHARS]):
        if start <= first + found.start < end:
            yield found if first == 0 else found.moved(first)
