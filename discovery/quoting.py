"""Fold what a message quotes: runs of text for the page, quoted ones apart."""

from dataclasses import dataclass

MIN_FOLDED_LINES = 4  # shorter quotations are read in place
MAX_SHOWN_CHARACTERS = 500_000  # a page stays usable; the rest is in the downloads


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Consecutive lines of one kind."""

    text: str
    quoted: bool
    line_count: int

    @property
    def folded(self) -> bool:
        return self.quoted and self.line_count >= MIN_FOLDED_LINES


def runs_of(text: str) -> tuple[Run, ...]:
    """Cut `text` into runs of own and quoted lines (those that begin with ">")."""
    runs: list[Run] = []
    lines: list[str] = []
    quoted = False
    for line in text.splitlines():
        is_quoted = line.lstrip().startswith(">")
        if lines and is_quoted != quoted:
            runs.append(_run(lines, quoted=quoted))
            lines = []
        quoted = is_quoted
        lines.append(line)
    if lines:
        runs.append(_run(lines, quoted=quoted))
    return tuple(runs)


def _run(lines: list[str], *, quoted: bool) -> Run:
    return Run(text="\n".join(lines), quoted=quoted, line_count=len(lines))
