"""`manage.py reconcile`: compare store, catalogue and index by id sets."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from accounts.actors import operator
from accounts.models import Action, Outcome
from accounts.services import audit
from archive.management.base import DONE, FOUND, ArchiveCommand
from archive.services import reconcile
from archive.wiring import archive


class Command(ArchiveCommand):
    help = "Compare store, catalogue and index by sets of ids; --repair mends what the store can mend."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="mend, then compare again")

    def run(self, options: dict[str, Any]) -> int:
        ports = archive()
        if options["repair"]:
            reconcile.repair(ports)
        report = reconcile.reconcile(ports)
        if options["repair"]:
            left = sum(report.differences.values())
            audit.record(
                actor=operator(),
                action=Action.RECONCILE_REPAIR,
                outcome=Outcome.FAILED if left else Outcome.DONE,
                details={"segments": report.segments, "sightings": report.sightings, "differences": left},
            )
        if options["json"]:
            self.write_json(asdict(report) | {"differences": report.differences})
        else:
            self.stdout.write(
                f"{report.segments} segments, {report.sightings} sightings, {report.messages} messages, "
                f"{report.documents} documents in the index"
            )
            for name, count in report.differences.items():
                self.stdout.write(f"{name.replace('_', ' ')}: {count}")
                for identifier in getattr(report, name).ids[:20]:
                    good = report.good_copies.get(identifier, "")
                    self.stdout.write(f"  {identifier}" + (f": good bytes of it: {good}" if good else ""))
        return FOUND if report.differences else DONE
