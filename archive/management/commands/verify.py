"""`manage.py verify`: open every segment, check every commitment."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from archive.management.base import DONE, FOUND, ArchiveCommand
from archive.services import integrity
from archive.wiring import archive


class Command(ArchiveCommand):
    help = "Open every segment and check every commitment; name what is damaged."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="check N segments chosen at random")

    def run(self, options: dict[str, Any]) -> int:
        with self.progress("verify") as step:
            report = integrity.verify(vault=archive().vault, sample=options["sample"], progress=step.reach)
        if options["json"]:
            self.write_json(asdict(report))
        else:
            self.stdout.write(f"{report.segments} segments, {report.sightings} sightings proved unchanged")
            for item in report.damaged:
                place = f"sighting {item['sighting']}" if "sighting" in item else f"segment {item['segment']}"
                self.stdout.write(f"DAMAGED {place}: {item['reason']}")
        return FOUND if report.damaged else DONE
