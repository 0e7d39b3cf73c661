"""What every command shares: `--json`, progress on stderr, and exit codes (DESIGN.md section 8)."""

import json
import sys
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from muniment.errors import MunimentError

DONE: Final = 0
FOUND: Final = 1  # something was found or failed, and is listed
WRONG_USAGE: Final = 2


class PlainCommand(BaseCommand):
    """`run` returns the exit code; errors of Muniment end in one plain sentence."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="write one JSON document to standard output")
        self.add_options(parser)

    def add_options(self, parser: CommandParser) -> None:
        """Add the command's own arguments."""

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.prepare()
            code = self.run(options)
        except MunimentError as error:
            self.stderr.write(f"{error}")
            code = FOUND
        except BrokenPipeError:
            code = FOUND
        if code:
            sys.exit(code)

    @abstractmethod
    def prepare(self) -> None:
        """Make or find what the command works on; raise `Refused`."""

    @abstractmethod
    def run(self, options: dict[str, Any]) -> int:
        """Do the command's work and return its exit code."""

    def write_json(self, document: Any) -> None:
        """Write the one JSON document."""
        self.stdout.write(json.dumps(document, ensure_ascii=False, default=str))

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator["Step"]:
        """Show a bar on a terminal, nothing elsewhere; the value yielded is called with how much was just done."""
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
            yield Step(bar, bar.add_task(label, total=total))


class Step:
    """Advances a progress bar."""

    def __init__(self, bar: Progress, task: Any) -> None:
        self._bar = bar
        self._task = task
        self._done = 0

    def add(self, count: int) -> None:
        """Note `count` more as done."""
        self._done += count
        self._bar.update(self._task, completed=self._done)

    def reach(self, count: int) -> None:
        """Note that `count` are done in all."""
        self._done = count
        self._bar.update(self._task, completed=count)
