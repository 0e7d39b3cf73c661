"""What a scenario found, and how the scenarios of capture are judged."""

from dataclasses import dataclass, field

from benchmarks.faults.place import Place


@dataclass(slots=True)
class Outcome:
    """What one scenario found."""

    scenario: str
    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    twice: int = 0
    damaged: int = 0
    differences: dict = field(default_factory=dict)
    note: str = ""
    skipped: bool = False

    @property
    def good(self) -> bool:
        return not (self.lost or self.twice or self.damaged or self.differences)


def judge(outcome: Outcome, place: Place, expected: list[str]) -> Outcome:
    """Catalogue and index what is waiting, then compare what was promised with what is there."""
    place.json("reconcile", "--repair")
    found = place.digests()
    outcome.acknowledged = len(expected)
    outcome.lost = sum(found[digest] == 0 for digest in expected)
    outcome.twice = sum(count > 1 for count in found.values())
    outcome.damaged = len(place.json("verify")["damaged"])
    outcome.differences = place.json("reconcile")["differences"]
    return outcome


@dataclass(slots=True)
class Verdict:
    """What a scenario of destruction, export or race found: figures by name, and what was wrong."""

    scenario: str
    rounds: int
    figures: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def count(self, name: str, number: int = 1) -> None:
        self.figures[name] = self.figures.get(name, 0) + number
