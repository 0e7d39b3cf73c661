"""python -m tests.live.nodes.reading: print of each sealed message its attempt and the client's address, as JSON."""

import json
import re
import sys

import django

ATTEMPT = re.compile(rb"Message-ID: <(\w+)@nodes\.test>")


def main() -> None:
    """Open every frame of every segment, which checks each against its commitment."""
    from archive.wiring import archive

    vault = archive().vault
    found = []
    for segment_id in vault.segment_ids():
        opened = vault.open(segment_id)
        for entry in opened.footer.frames:
            sighting = opened.open(entry)
            found.append((ATTEMPT.search(sighting.raw)[1].decode(), sighting.envelope.client_address))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    django.setup()
    main()
