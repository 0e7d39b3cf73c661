"""`manage.py verify`: open every segment, check every commitment, the evidence log, the holds and the audit trail."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from accounts.actors import operator
from accounts.services.checks import check_audit
from archive.management.base import DONE, FOUND, ArchiveCommand
from archive.services import integrity
from archive.services.audit_heads import note_head
from archive.services.evidence import LogReport, check_log
from archive.services.hold_check import check_holds
from archive.services.notes import log_pending
from archive.wiring import archive


class Command(ArchiveCommand):
    help = (
        "Open every segment, check every commitment, the evidence log, the legal holds and the audit trail; name what "
        "is damaged."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--sample", type=int, metavar="N", help="check N segments chosen at random")

    def run(self, options: dict[str, Any]) -> int:
        with self.progress("verify") as step:
            report = integrity.verify(
                vault=archive().vault, copies=archive().copies, sample=options["sample"], progress=step.reach
            )
        with self.progress("evidence log") as step:
            log = check_log(archive(), progress=step.reach)
        with self.progress("legal holds") as step:
            held = check_holds(archive(), progress=step.reach)
        found = {
            "segments": report.segments,
            "sightings": report.sightings,
            "damaged": len(report.damaged) + len(log.damaged) + len(held.faults),
        }
        audit = check_audit(actor=operator(), details=found)
        _log_the_check(log)
        if options["json"]:
            self.write_json(asdict(report) | {"log": asdict(log), "holds": asdict(held), "audit": asdict(audit)})
        else:
            self.stdout.write(f"{report.segments} segments, {report.sightings} sightings proved unchanged")
            for item in report.damaged:
                place = f"sighting {item['sighting']}" if "sighting" in item else f"segment {item['segment']}"
                self.stdout.write(f"DAMAGED {place}: {item['reason']}")
                if "good_copies" in item:
                    self.stdout.write(f"  good bytes of it: {item['good_copies']}")
            self.stdout.write(f"{log.entries} entries of the evidence log, {len(log.damaged)} faults")
            self.stdout.write(
                f"{log.audit_heads} logged heads of the audit trail compared, {log.stamps} time-stamps hold"
            )
            if log.stamps_not_checked:
                self.stdout.write(f"{log.stamps_not_checked} time-stamps not checked: set MUNIMENT_TSA_CERTIFICATES")
            for item in log.damaged:
                self.stdout.write(f"DAMAGED {item['object']}: {item['reason']}")
            self.stdout.write(
                f"{held.standing} standing holds on {held.sightings} sightings, {len(held.faults)} faults"
            )
            for item in held.faults:
                self.stdout.write(f"HOLD {item['object']}: {item['reason']}")
            self.stdout.write(f"{audit.entries} entries of the audit trail, {len(audit.broken)} broken")
            for fault in audit.broken:
                self.stdout.write(f"BROKEN entry {fault['entry'] or '-'}: {fault['reason']}")
        return FOUND if report.damaged or log.damaged or held.faults or audit.broken else DONE


def _log_the_check(log: LogReport) -> None:
    """Take the head of the audit trail, with the entry of this check, into the log; not into one that is damaged."""
    if log.whole:
        note_head(now=archive().vault.now(), at_once=True)
        log_pending(archive(), wait=True)
