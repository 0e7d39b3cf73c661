"""What is in an archive, read by the core and the engine apart from the services under test; JSON on stdout.

    python -m benchmarks.stack.reading sealed       of each sealed sighting: SHA-256 of its bytes, MAIL FROM
    python -m benchmarks.stack.reading found        of each word on stdin (a JSON list): ids of the messages it finds
    python -m benchmarks.stack.reading catalogue    ids of all messages and sightings

`sealed` opens every frame, which checks each against its commitment.
"""

import datetime as dt
import json
import sys
from hashlib import sha256

import django

django.setup()

from archive.models import Message, Sighting  # noqa: E402 - after the setup
from archive.wiring import archive  # noqa: E402
from muniment.engines.port import Scope, SearchRequest  # noqa: E402
from muniment.query.parser import parse  # noqa: E402


def sealed() -> list[list[str]]:
    vault, found = archive().vault, []
    for segment_id in vault.segment_ids():
        opened = vault.open(segment_id)
        for entry in opened.footer.frames:
            sighting = opened.open(entry)
            sender = sighting.envelope.mail_from.decode() if sighting.envelope else ""
            found.append([sha256(sighting.raw).hexdigest(), sender])
    return found


def found() -> dict[str, list[str]]:
    engine, today = archive().engine, dt.datetime.now(dt.UTC).date()
    return {
        word: [
            str(hit.message_id)
            for hit in engine.search(SearchRequest(query=parse(word, today=today), scope=Scope(everything=True))).hits
        ]
        for word in json.load(sys.stdin)
    }


def catalogue() -> dict[str, list[str]]:
    return {
        model.__name__: sorted(str(found) for found in model.objects.values_list("id", flat=True))
        for model in (Message, Sighting)
    }


if __name__ == "__main__":
    json.dump({"sealed": sealed, "found": found, "catalogue": catalogue}[sys.argv[1]](), sys.stdout)
