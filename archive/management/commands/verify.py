"""`manage.py verify`: open every segment, check every commitment, the evidence log and the audit trail."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from accounts.actors import operator
from accounts.services.checks import check_audit
from archive.management.base import DONE, FOUND, ArchiveCommand
from archive.services import integrity
from archive.services.evidence import check_log
from archive.wiring import archive


class Command(ArchiveCommand):
    help = "Open every segment, check every commitment and the evidence log and the audit trail; name what is damaged."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="check N segments chosen at random")

    def run(self, options: dict[str, Any]) -> int:
        with self.progress("verify") as step:
            report = integrity.verify(vault=archive().vault, sample=options["sample"], progress=step.reach)
        with self.progress("evidence log") as step:
            log = check_log(archive(), progress=step.reach)
        found = {
            "segments": report.segments,
            "sightings": report.sightings,
            "damaged": len(report.damaged) + len(log.damaged),
        }
        audit = check_audit(actor=operator(), details=found)
        if options["json"]:
            self.write_json(asdict(report) | {"log": asdict(log), "audit": asdict(audit)})
        else:
            self.stdout.write(f"{report.segments} segments, {report.sightings} sightings proved unchanged")
            for item in report.damaged:
                place = f"sighting {item['sighting']}" if "sighting" in item else f"segment {item['segment']}"
                self.stdout.write(f"DAMAGED {place}: {item['reason']}")
            self.stdout.write(f"{log.entries} entries of the evidence log, {len(log.damaged)} damaged")
            for item in log.damaged:
                self.stdout.write(f"DAMAGED {item['object']}: {item['reason']}")
            self.stdout.write(f"{audit.entries} entries of the audit trail, {len(audit.broken)} broken")
            for fault in audit.broken:
                self.stdout.write(f"BROKEN entry {fault['entry'] or '-'}: {fault['reason']}")
        return FOUND if report.damaged or log.damaged or audit.broken else DONE
