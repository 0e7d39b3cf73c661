"""`manage.py pack`: make large segments of small ones, and let go of what is packed or dead."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from archive.management.base import DONE, FOUND, ArchiveCommand
from archive.services import packing
from archive.services.notes import log_pending
from archive.wiring import archive


class Command(ArchiveCommand):
    help = "Pack small segments into large ones, and let go of those whose locks are over. Workers do so every hour."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--after-hours",
            type=int,
            default=settings.MUNIMENT_PACK_AFTER_HOURS,
            help="pack what is older than this (MUNIMENT_PACK_AFTER_HOURS)",
        )

    def run(self, options: dict[str, Any]) -> int:
        ports = archive()
        log_pending(ports, wait=True)  # what the evidence log does not know yet is not packed
        done = packing.run(
            ports,
            after=timedelta(hours=options["after_hours"]),
            term=timedelta(days=settings.MUNIMENT_LOCK_DAYS),
            wait=True,
        )
        if options["json"]:
            self.write_json(asdict(done))
        else:
            self.stdout.write(
                f"{done.sources} segments with {done.frames} frames were packed into {done.packs}; "
                f"{done.let_go} segments were let go, the locks of {done.extended} extended"
            )
        if done.damaged:
            self.stderr.write(f"{done.damaged} segments do not open and were passed over: run verify")
        return FOUND if done.damaged else DONE
