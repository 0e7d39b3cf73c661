"""What every command over the archive shares: a prepared archive."""

from accounts.management.base import DONE, FOUND, WRONG_USAGE, PlainCommand, Step
from archive.services.setup import prepare

__all__ = ["DONE", "FOUND", "WRONG_USAGE", "ArchiveCommand", "Step"]


class ArchiveCommand(PlainCommand):
    """A command over the archive, which is made where there is none."""

    def prepare(self) -> None:
        prepare()
