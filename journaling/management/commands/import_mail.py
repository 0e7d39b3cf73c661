"""`manage.py import_mail`: archive mail from files."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts.actors import operator
from accounts.models import Action, Outcome
from accounts.services import audit
from archive.management.base import DONE, FOUND, WRONG_USAGE, ArchiveCommand
from archive.services.stages import drain
from archive.wiring import archive, extractor
from journaling.imports.meanwhile import Meanwhile
from journaling.imports.request import ImportRequest, WrongUsage, make_request
from journaling.imports.service import ImportOutcome, StopSignal, import_mail
from muniment.mail.mailboxes.model import MailFormat

_WORTH_A_PROCESS = 1_000  # messages; a process takes a second to start
_SHOWN_REFUSALS = 20  # on a terminal; the report and --json hold all


class Command(ArchiveCommand):
    help = (
        "Archive mail from files and folders: EML, mbox, Maildir, MH, and ZIP or tar of them. It can be stopped"
        " (Ctrl-C) and repeated: nothing is archived twice, nothing is missed. What is not imported is"
        " listed with the reason."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file or folder; only read, never changed")
        parser.add_argument("--source", required=True, metavar="NAME", help="where the mail comes from, in your words")
        parser.add_argument("--custodian", default="", metavar="ADDRESS", help="address of the mailbox's owner")
        parser.add_argument(
            "--format",
            default=MailFormat.AUTO.value,
            choices=[found.value for found in MailFormat],
            help="how to read the files (docs/mailbox-formats.md); by default each file is looked at",
        )
        parser.add_argument(
            "--no-wait", action="store_true", help="return when the mail is safe; workers make it searchable"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with _stop_signal() as self._stop:  # from the start: making a fresh archive takes a moment
            super().handle(*args, **options)

    def run(self, options: dict[str, Any]) -> int:
        try:
            request = make_request(
                options["paths"],
                source=options["source"],
                custodian=options["custodian"],
                mail_format=options["format"],
            )
        except WrongUsage as error:
            raise CommandError(str(error), returncode=WRONG_USAGE) from error
        outcome = self._import(request, self._stop, wait=not options["no_wait"])
        if not (options["no_wait"] or outcome.stopped or outcome.failed):
            self._make_searchable(self._stop)
        _leave_to_workers()
        _record(outcome)
        self._show(outcome, as_json=options["json"])
        return FOUND if outcome.refused or outcome.stopped or outcome.failed else DONE

    def _import(self, request: ImportRequest, stop: StopSignal, *, wait: bool) -> ImportOutcome:
        found = archive()
        meanwhile = Meanwhile(root=settings.BASE_DIR, data=found.data)
        with self.progress("import") as step:

            def advance(outcome: ImportOutcome) -> None:
                step.reach(outcome.items)
                if wait and outcome.taken >= _WORTH_A_PROCESS:
                    meanwhile.start()

            try:
                return import_mail(
                    request, vault=found.vault, folder=found.data / "imports", progress=advance, stopping=stop.asked
                )
            finally:
                meanwhile.stop()

    def _make_searchable(self, stop: StopSignal) -> None:
        """Index and draw text here and now; if the user stops it, the workers do the rest."""
        with self.progress("index") as step:

            def advance(_stage: str, done: int) -> None:
                step.add(done)
                if stop.asked():
                    raise _StoppedWaiting

            with suppress(_StoppedWaiting):
                drain(archive(), extractor(), progress=advance, personal=False)

    def _show(self, outcome: ImportOutcome, *, as_json: bool) -> None:
        if as_json:
            self.write_json(
                {
                    "items": outcome.items,
                    "sightings": outcome.sightings,
                    "new_messages": outcome.new_messages,
                    "already_there": outcome.already_there,
                    "stopped": outcome.stopped,
                    "failed": outcome.failed,
                    "report": str(outcome.report) if outcome.report else None,
                    "refused": [{"item": found.name, "reason": found.reason} for found in outcome.refused],
                }
            )
            return
        self.stdout.write(
            f"{outcome.items} items: {outcome.sightings} archived ({outcome.new_messages} new messages), "
            f"{outcome.already_there} already there, {len(outcome.refused)} refused"
        )
        for refusal in outcome.refused[:_SHOWN_REFUSALS]:
            self.stdout.write(f"refused {refusal.name}: {refusal.reason}")
        if outcome.report:
            self.stdout.write(f"All that was refused: {outcome.report}")
        if outcome.failed:
            self.stdout.write(f"The archive took no more: {outcome.failed}. Mend that and repeat the same command.")
        if outcome.stopped:
            self.stdout.write("Stopped before the end. Repeat the same command to go on.")


def _leave_to_workers() -> None:
    """Queue what nobody waits for: personal data. What no queue takes is found by the sweep."""
    from archive.tasks import queue_personal_data  # noqa: PLC0415 - the queue takes a moment to load

    queue_personal_data()


def _record(outcome: ImportOutcome) -> None:
    """Record what came in; the source's name is in each sighting, and may name a person."""
    audit.record(
        actor=operator(),
        action=Action.IMPORT,
        outcome=Outcome.FAILED if outcome.failed else Outcome.DONE,
        details={
            "items": outcome.items,
            "sightings": outcome.sightings,
            "already_there": outcome.already_there,
            "refused": len(outcome.refused),
            "stopped": bool(outcome.stopped),
        },
    )


class _StoppedWaiting(Exception):
    """The user does not wait for the index any longer."""


@contextmanager
def _stop_signal() -> Iterator[StopSignal]:
    stop = StopSignal()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
