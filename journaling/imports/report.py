"""The list of what an import refused: JSON lines under MUNIMENT_DATA/imports, names and reasons, no content."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

from muniment.mail.mailboxes.model import Refusal

_NAME_CHARACTERS: Final = 60
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


class RefusalReport:
    """Writes refusals as they come; the file is made with the first one."""

    def __init__(self, folder: Path, *, source: str, started_at: datetime) -> None:
        self._folder = folder
        self._stem = f"{started_at:%Y%m%dT%H%M%S%fZ}-{_UNSAFE.sub('-', source)[:_NAME_CHARACTERS]}"
        self._file: TextIO | None = None
        self.path: Path | None = None

    def add(self, refusal: Refusal) -> None:
        """Append one refusal."""
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.path = self._folder / f"{self._stem}.jsonl"
            self._file = self.path.open("x", encoding="utf-8")
        line = {"item": refusal.name, "reason": refusal.reason}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
