"""All that a rebuild must find the same, whatever the database.

python -m tests.live.postgresql.inside.picture    catalogue the vault of MUNIMENT_DATA on SQLite, print what is there
"""

import json
import sys

import django

ROWS = {
    "Message": ("id", "thread_id", "rfc_message_id", "subject", "sender", "date", "flags", "defects", "size_bytes"),
    "Sighting": ("id", "message_id", "segment_id", "sha256", "commitment"),
    "Participant": ("message_id", "role", "known", "address", "domain", "name", "position"),
    "Part": ("message_id", "path", "content_type", "filename", "sha256"),
    "ThreadKey": ("key", "thread_id"),
    "SegmentStage": ("segment_id", "stage", "state"),
}


def picture():
    """Return rows by table, in one order, as JSON has them."""
    from django.apps import apps

    found = {
        name: sorted(
            json.dumps(row, default=str) for row in apps.get_model("archive", name).objects.values_list(*columns)
        )
        for name, columns in ROWS.items()
    }
    return found | {"counts": {name: len(rows) for name, rows in found.items()}}


if __name__ == "__main__":
    django.setup()
    from archive.services import sweep
    from archive.services.setup import prepare
    from archive.wiring import archive

    prepare()
    sweep.catalogue_missing(vault=archive().vault)
    json.dump(picture(), sys.stdout)
