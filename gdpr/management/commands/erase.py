"""`manage.py erase`: the erasures that were approved, and carrying one out."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.actors import operator
from archive.management.base import DONE, FOUND, WRONG_USAGE, ArchiveCommand
from archive.wiring import archive
from gdpr.models import CarriedOut, Request
from gdpr.queries.erasures import Erasure, approved, find
from gdpr.services import erasing
from gdpr.states import State


class Command(ArchiveCommand):
    help = (
        "List erasures that wait for approval, cool off or may be carried out, or carry one out. Decisions and the "
        "approval of a second person are given on the pages of the request: no command gives them."
    )

    def add_options(self, parser: CommandParser) -> None:
        acts = parser.add_mutually_exclusive_group()
        acts.add_argument("--list", action="store_true", help="list erasures that are not carried out yet")
        acts.add_argument("--execute", metavar="NUMBER", help="carry out, or go on with, such as 2026-0007")
        acts.add_argument("--execute-due", action="store_true", help="carry out all that may be carried out now")

    def run(self, options: dict[str, Any]) -> int:
        now = timezone.now()
        if options["list"]:
            return self._list(approved(now), options)
        if options["execute"]:
            return self._execute([find(options["execute"])], options)
        if options["execute_due"]:
            return self._execute([one.request for one in approved(now) if one.is_ready], options)
        self.stderr.write("Say what to do: --list, --execute NUMBER, or --execute-due.")
        return WRONG_USAGE

    def _list(self, found: list[Erasure], options: dict[str, Any]) -> int:
        listed = [
            {
                "number": one.request.number,
                "id": str(one.request.id),
                "state": one.request.state,
                "messages": one.messages,
                "approved": one.begin_at is not None,
                "may_begin_at": one.begin_at.isoformat() if one.begin_at else None,
                "ready": one.is_ready,
            }
            for one in found
        ]
        if options["json"]:
            self.write_json({"erasures": listed})
            return DONE
        for one in listed:
            ready = "ready" if one["ready"] else f"from {one['may_begin_at']}" if one["approved"] else "not approved"
            self.stdout.write(f"{one['number']}  {one['messages']} messages  {one['state']}  {ready}")
        self.stdout.write(f"{len(listed)} erasures, {sum(bool(one['ready']) for one in listed)} may be carried out")
        return DONE

    def _execute(self, requests: list[Request], options: dict[str, Any]) -> int:
        actor, results = operator(), []
        with self.progress("erase", total=len(requests)) as step:
            for request in requests:
                if request.state != State.EXECUTING:
                    erasing.begin(actor=actor, request_id=request.id)
                done = erasing.carry_out(actor=actor, request_id=request.id, archive=archive())
                results.append(_told(done))
                step.add(1)
        if options["json"]:
            self.write_json({"erasures": results})
        else:
            for one in results:
                self.stdout.write(
                    f"{one['number']} {one['state']}: {one['erased']} erased, {one['restricted']} restricted, "
                    f"{one['kept']} kept. The letter: /requests/{one['id']}/history"
                )
        return FOUND if any(one["restricted"] for one in results) else DONE


def _told(request: Request) -> dict[str, Any]:
    counts = {
        outcome.value: request.items.filter(carried_out=outcome).count()
        for outcome in (CarriedOut.ERASED, CarriedOut.RESTRICTED, CarriedOut.KEPT)
    }
    return {
        "number": request.number,
        "id": str(request.id),
        "state": str(request.state),
        "outcome": str(request.outcome),
        "disposal": str(request.disposal_id) if request.disposal_id else None,
        **counts,
    }
