"""What a verification found, what it proved, and what it did not."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

MAX_FINDINGS: Final = 10_000  # listed; more are counted
_LOOK_BACK: Final = 100  # a file that is read twice must not be named twice for one fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong, and the file of the bundle that it is wrong with."""

    file: str
    what: str


@dataclass(slots=True, kw_only=True)
class Proved:
    """How much was proved."""

    files: int = 0  # are what SHA256SUMS says
    sealed: int = 0  # sightings whose bytes give their commitment
    in_segment: int = 0  # sightings whose commitment leads to the root of their segment
    in_log: int = 0  # sightings whose segment is in the evidence log


@dataclass(slots=True, kw_only=True)
class Report:
    """The result of a verification."""

    findings: list[Finding] = field(default_factory=list)
    findings_left_out: int = 0
    proved: Proved = field(default_factory=Proved)
    not_proved: list[str] = field(default_factory=list)
    digest: str = ""  # SHA-256 of SHA256SUMS

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def add(self, file: str, what: str) -> None:
        """Note a finding, once."""
        if Finding(file=file, what=what) in self.findings[-_LOOK_BACK:]:
            return
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(file=file, what=what))
        else:
            self.findings_left_out += 1

    def document(self) -> dict[str, Any]:
        """Return the report for `--json`."""
        return {"sound": self.sound} | asdict(self)
