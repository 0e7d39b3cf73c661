"""A bounded collector of defects, so that a hostile message cannot make the list of its faults endless."""

from muniment.mail.model import Defect, DefectKind

MAX_DEFECTS = 200  # our choice: more say nothing new to a reader
MAX_DETAIL_CHARS = 120


class DefectLog:
    """Collects defects in order; each (kind, part, detail) once, at most `MAX_DEFECTS`."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[tuple[DefectKind, str, str], None] = {}

    def add(self, kind: DefectKind, *, part: str = "", detail: str = "") -> None:
        """Note one defect; `detail` is cut to `MAX_DETAIL_CHARS`, a NUL in it becomes U+FFFD."""
        if len(self._seen) < MAX_DEFECTS:
            self._seen[(kind, part, detail[:MAX_DETAIL_CHARS].replace("\0", "\ufffd"))] = None

    def freeze(self) -> tuple[Defect, ...]:
        """Return what was noted, in order."""
        return tuple(Defect(kind=kind, part=part, detail=detail) for kind, part, detail in self._seen)
