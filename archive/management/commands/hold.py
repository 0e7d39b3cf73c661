"""`manage.py hold`: list legal holds, place one, release one that was approved, go on with what was cut short."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from accounts.actors import operator
from accounts.models import Matter
from archive.management.base import DONE, FOUND, WRONG_USAGE, ArchiveCommand
from archive.models import Hold, HoldKind
from archive.services import holds
from archive.wiring import archive


class Command(ArchiveCommand):
    help = (
        "List legal holds, place one in a matter, or release one whose release was asked for and approved on the "
        "pages: no command approves it."
    )

    def add_options(self, parser: CommandParser) -> None:
        acts = parser.add_mutually_exclusive_group()
        acts.add_argument("--list", action="store_true", help="list the holds, released ones too")
        acts.add_argument("--place", metavar="MATTER", help="place a hold in the matter of this reference")
        acts.add_argument("--release", type=UUID, metavar="ID", help="release a hold that two people let go")
        acts.add_argument("--complete", action="store_true", help="go on with holds and releases that were cut short")
        parser.add_argument("--name", default="", help="with --place: what the hold is called")
        parser.add_argument("--reason", default="", help="with --place: why it is placed")
        terms = parser.add_mutually_exclusive_group()
        terms.add_argument("--custodian", action="append", metavar="ADDRESS", help="hold all mail of this address")
        terms.add_argument("--query", default="", help="hold all mail that this query finds, now or later")
        terms.add_argument("--message", action="append", type=UUID, metavar="ID", help="hold this message")

    def run(self, options: dict[str, Any]) -> int:
        if options["list"]:
            return self._list(options)
        if options["place"]:
            return self._place(options)
        if options["release"]:
            return self._release(options)
        if options["complete"]:
            return self._complete(options)
        self.stderr.write("Say what to do: --list, --place MATTER --name NAME --reason TEXT, --release ID, --complete.")
        return WRONG_USAGE

    def _list(self, options: dict[str, Any]) -> int:
        found = [_told(hold) for hold in Hold.objects.select_related("matter").order_by("id")]
        if options["json"]:
            self.write_json({"holds": found})
        for one in [] if options["json"] else found:
            self._say(one)
        return DONE

    def _place(self, options: dict[str, Any]) -> int:
        kind = _kind(options)
        if kind is None:
            self.stderr.write("Say what to hold: --custodian ADDRESS, --query TEXT or --message ID.")
            return WRONG_USAGE
        matter = Matter.objects.filter(reference=options["place"]).first()
        if matter is None:
            self.stderr.write(f"There is no matter of the reference {options['place']}.")
            return FOUND
        hold = holds.place(
            actor=operator(),
            matter=matter,
            name=options["name"],
            reason=options["reason"],
            kind=kind,
            addresses=options["custodian"] or (),
            query=options["query"],
            message_ids=options["message"] or (),
            archive=archive(),
        )
        return self._tell(hold, options)

    def _release(self, options: dict[str, Any]) -> int:
        hold = Hold.objects.filter(id=options["release"]).first()
        if hold is None:
            self.stderr.write("There is no such hold.")
            return FOUND
        return self._tell(holds.release(actor=operator(), hold=hold, archive=archive()), options)

    def _complete(self, options: dict[str, Any]) -> int:
        done = holds.complete(archive())
        if options["json"]:
            self.write_json({"covered": done.covered, "lifted": done.lifted, "left": done.left})
        else:
            self.stdout.write(f"{done.covered} holds completed, {done.lifted} releases completed, {done.left} left")
        return FOUND if done.left else DONE

    def _tell(self, hold: Hold, options: dict[str, Any]) -> int:
        told = _told(hold)
        if options["json"]:
            self.write_json(told)
        else:
            self._say(told)
        return FOUND if told["unfinished"] or hold.too_late_for else DONE

    def _say(self, told: dict[str, Any]) -> None:
        state = f"released {told['released_at']}" if told["released_at"] else f"stands since {told['placed_at']}"
        self.stdout.write(f"{told['id']}  {told['matter']}  {told['kind']}  {told['sightings']} sightings  {state}")
        if told["unfinished"]:
            self.stdout.write("  not complete yet: the sweep goes on, or hold --complete")
        for sighting_id in told["too_late_for"]:
            self.stdout.write(f"  TOO LATE sighting {sighting_id} had been destroyed before")


def _kind(options: dict[str, Any]) -> HoldKind | None:
    given = {"custodian": HoldKind.CUSTODIANS, "query": HoldKind.QUERY, "message": HoldKind.MESSAGES}
    return next((kind for name, kind in given.items() if options[name]), None)


def _told(hold: Hold) -> dict[str, Any]:
    done = hold.store_lifted_at if hold.released_at else hold.covered_at
    return {
        "id": str(hold.id),
        "matter": hold.matter.reference,
        "name": hold.name,
        "kind": str(hold.kind),
        "placed_at": hold.placed_at.isoformat(),
        "released_at": hold.released_at.isoformat() if hold.released_at else None,
        "sightings": hold.covered.count(),
        "unfinished": done is None,
        "too_late_for": hold.too_late_for,
    }
