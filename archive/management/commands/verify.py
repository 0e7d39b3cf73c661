"""`manage.py verify`: open every segment, check every commitment and the chain of the audit trail."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from accounts.actors import operator
from accounts.services.checks import check_audit
from archive.management.base import DONE, FOUND, ArchiveCommand
from archive.services import integrity
from archive.wiring import archive


class Command(ArchiveCommand):
    help = "Open every segment, check every commitment and the audit trail; name what is damaged."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="check N segments chosen at random")

    def run(self, options: dict[str, Any]) -> int:
        with self.progress("verify") as step:
            report = integrity.verify(vault=archive().vault, sample=options["sample"], progress=step.reach)
        found = {"segments": report.segments, "sightings": report.sightings, "damaged": len(report.damaged)}
        audit = check_audit(actor=operator(), details=found)
        if options["json"]:
            self.write_json(asdict(report) | {"audit": asdict(audit)})
        else:
            self.stdout.write(f"{report.segments} segments, {report.sightings} sightings proved unchanged")
            for item in report.damaged:
                place = f"sighting {item['sighting']}" if "sighting" in item else f"segment {item['segment']}"
                self.stdout.write(f"DAMAGED {place}: {item['reason']}")
            self.stdout.write(f"{audit.entries} entries of the audit trail, {len(audit.broken)} broken")
            for fault in audit.broken:
                self.stdout.write(f"BROKEN entry {fault['entry'] or '-'}: {fault['reason']}")
        return FOUND if report.damaged or audit.broken else DONE
