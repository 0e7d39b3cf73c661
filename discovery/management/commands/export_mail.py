"""`manage.py export_mail QUERY --to FILE.zip`: export what a search finds, with the operator's rights."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from accounts.actors import operator
from archive.exporting.evidence_log import log_at
from archive.exporting.holds import holds_in
from archive.exporting.orders import Order, Ports
from archive.management.base import DONE, FOUND, WRONG_USAGE, ArchiveCommand
from archive.services import exports
from archive.wiring import archive
from discovery.management.commands.search_mail import OPERATOR
from muniment.bundle.model import Copies
from muniment.query.parser import parse
from muniment.query.refusals import QueryError


class Command(ArchiveCommand):
    help = (
        "Export what a search finds as a ZIP that proves itself (docs/bundle.md). Stopped at any moment and run "
        "again with the same words, it goes on and gives the same bytes."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("query", help="what to look for; docs/query-language.md is the manual")
        parser.add_argument("--to", required=True, metavar="FILE.zip", help="where the export goes")
        parser.add_argument("--limit", type=int, metavar="N", help="export the first N, oldest first")
        parser.add_argument("--purpose", default="", metavar="TEXT", help="why: it stands in the manifest")
        parser.add_argument("--matter", default="", metavar="TEXT", help="the matter: it stands in the manifest")
        parser.add_argument(
            "--copies",
            choices=[copies.value for copies in Copies],
            default=Copies.FIRST.value,
            help="of a message seen several times, the first bytes or all that differ (first)",
        )
        parser.add_argument("--new", action="store_true", help="search again, instead of going on with this export")

    def run(self, options: dict[str, Any]) -> int:
        ports, actor = archive(), operator()
        if options["limit"] is not None and options["limit"] < 1:
            self.stderr.write("--limit takes a number from 1 on")
            return WRONG_USAGE
        try:
            tree = parse(options["query"], today=ports.vault.now().date())
        except QueryError as error:
            self.stderr.write(
                f"{options['query']}\n{' ' * error.start}{'^' * max(1, error.end - error.start)}\n{error}"
            )
            return WRONG_USAGE
        order = Order(
            typed=options["query"],
            query=tree,
            scope=OPERATOR,
            asked_by=actor.label,
            destination=Path(options["to"]).absolute(),
            purpose=options["purpose"],
            matter=options["matter"],
            limit=options["limit"],
            copies=Copies(options["copies"]),
        )
        with self.progress("export") as step:
            made = exports.export(
                actor,
                order,
                ports,
                ports=Ports(
                    holds=holds_in(None, at=ports.vault.now()),
                    log=log_at(ports),
                    log_key=ports.signer.verifier.encode(),
                ),
                new=options["new"],
                progress=lambda done, _all: step.reach(done),
            )
        if options["json"]:
            self.write_json(asdict(made))
        else:
            self._print(made)
        return FOUND if made.counts and made.counts.exceptions else DONE

    def _print(self, made: exports.Made) -> None:
        self.stdout.write(f"{made.path}: {made.taken} of {made.found} messages found, {made.size_bytes} bytes")
        if made.counts is None:
            self.stdout.write("It was made before; --new makes another, of what is found now.")
        else:
            for code, count in sorted(made.counts.exceptions.items()):
                self.stdout.write(f"NOT IN IT, {code}: {count} (exceptions.jsonl lists them)")
        self.stdout.write(f"SHA-256 of the file:  {made.sha256}")
        self.stdout.write(f"SHA-256 of its SHA256SUMS, to hand over apart from it:  {made.digest}")
        self.stdout.write(f"Check it: python -m muniment.verify {made.path} --digest {made.digest}")
