"""`manage.py status`: counts, ages, coverage."""

from dataclasses import asdict
from typing import Any

from archive.management.base import DONE, FOUND, ArchiveCommand
from archive.queries.status import status
from archive.wiring import archive


class Command(ArchiveCommand):
    help = "Tell counts, queue ages, coverage and the state of each capture source."

    def run(self, options: dict[str, Any]) -> int:
        found = status(archive())
        if options["json"]:
            self.write_json(asdict(found))
        else:
            for name, value in asdict(found).items():
                if name == "sources":
                    continue
                self.stdout.write(f"{name.replace('_', ' '):28} {value}")
            for source in found.sources:
                self.stdout.write(f"source {source.source}: {source.sightings}, last at {source.last_captured_at}")
        healthy = not (found.segments_failed or found.index_error)
        return DONE if healthy else FOUND
