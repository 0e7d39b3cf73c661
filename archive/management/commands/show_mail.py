"""`manage.py show_mail ID`: one message, or the bytes as received."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from accounts.actors import operator
from accounts.models import Action
from accounts.services import audit
from archive.management.base import DONE, FOUND, ArchiveCommand
from archive.models import Message, Sighting
from archive.services.integrity import prove
from archive.wiring import archive
from muniment.ids import SegmentId, SightingId
from muniment.mail.parse import parse
from muniment.mail.text import body_text


class Command(ArchiveCommand):
    help = "Show one message by the id of the message or of a sighting; --raw writes the received bytes."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="id of a message or of one of its sightings")
        parser.add_argument("--raw", action="store_true", help="write the received bytes to standard output")

    def run(self, options: dict[str, Any]) -> int:
        sighting = _sighting(options["id"])
        if sighting is None:
            self.stderr.write(f"There is no message {options['id']} in this archive.")
            return FOUND
        vault = archive().vault
        sealed = vault.read(SegmentId(sighting.segment_id), SightingId(sighting.id))
        audit.record(
            actor=operator(),
            action=Action.DOWNLOAD if options["raw"] else Action.VIEW,
            objects=[f"message:{sighting.message_id}", f"sighting:{sighting.id}"],
            details={"page": "show_mail", "bytes": len(sealed.raw)},
        )
        if options["raw"]:
            self.stdout.flush()
            self.stdout._out.buffer.write(sealed.raw)  # noqa: SLF001 - Django's wrapper has no bytes
            self.stdout._out.buffer.flush()  # noqa: SLF001
            return DONE
        parsed = parse(sealed.raw)
        document = {
            "id": str(sighting.message_id),
            "sighting": str(sighting.id),
            "sightings": [str(found.id) for found in sighting.message.sightings.order_by("id")],
            "source": sealed.source,
            "captured_at": sealed.captured_at.isoformat(),
            "subject": parsed.subject,
            "from": [address.address or address.name for address in parsed.from_],
            "to": [address.address or address.name for address in parsed.to],
            "date": parsed.date.isoformat() if parsed.date else None,
            "defects": [asdict(defect) for defect in parsed.defects],
            "proof": asdict(prove(sighting, vault=vault)),
        }
        if options["json"]:
            self.write_json(document | {"text": body_text(parsed)})
        else:
            for name, value in document.items():
                self.stdout.write(f"{name}: {value}")
            self.stdout.write("\n" + body_text(parsed))
        return DONE


def _sighting(text: str) -> Sighting | None:
    try:
        identifier = UUID(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not an id: give the id that search_mail prints", returncode=2) from error
    message = Message.objects.filter(id=identifier).first()
    if message is not None:
        return message.sightings.order_by("id").first()
    return Sighting.objects.filter(id=identifier).select_related("message").first()
