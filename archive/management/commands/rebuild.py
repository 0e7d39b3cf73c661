"""`manage.py rebuild`: make catalogue and index again from the object store."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.actors import operator
from accounts.models import Action
from accounts.services import audit
from archive.management.base import DONE, ArchiveCommand
from archive.models import Message, Segment, Sighting
from archive.services import rebuild
from archive.services.stages import drain
from archive.wiring import archive, extractor


class Command(ArchiveCommand):
    help = "Make the catalogue, the index or both again from the object store and the keys."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", choices=["catalogue", "index", "all"], default="all")

    def run(self, options: dict[str, Any]) -> int:
        ports = archive()
        documents = 0
        if options["what"] in {"catalogue", "all"}:
            with self.progress("catalogue: sightings") as step:
                rebuild.rebuild_catalogue(ports, progress=step.add)
        if options["what"] in {"index", "all"}:
            with self.progress("index: messages", Message.objects.count()) as step:
                documents = rebuild.rebuild_index(ports, progress=step.add)
        with self.progress("text of attachments") as step:
            drain(ports, extractor(), progress=lambda _stage, done: step.add(done))
        counts = {"segments": Segment.objects.count(), "documents": documents}
        counts |= {"sightings": Sighting.objects.count(), "messages": Message.objects.count()}
        audit.record(actor=operator(), action=Action.REBUILD, details={"what": options["what"], **counts})
        if options["json"]:
            self.write_json(counts)
        else:
            self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
        return DONE
