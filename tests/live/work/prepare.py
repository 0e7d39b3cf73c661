"""Make the archive that the settings name; and mail in it that waits, for `bulk NUMBER`.

python -m tests.live.work.prepare              make it
python -m tests.live.work.prepare bulk 4000    seal 4,000 segments as an import does, each with a task of its own
"""

import sys

import django

django.setup()

from archive.queueing import order  # noqa: E402 - after the setup
from archive.services.setup import prepare  # noqa: E402
from archive.tasks import catalogue_bulk  # noqa: E402
from archive.wiring import archive  # noqa: E402
from muniment.seal.sighting import Sighting  # noqa: E402
from tests.live.work.site import message  # noqa: E402


def seal(count: int) -> None:
    """Seal segments of one message and queue each of them, as if each came from an import."""
    vault = archive().vault
    for number in range(count):
        raw = message(number, subject="bulk")
        sighting = Sighting(
            id=vault.new_sighting_id(), source="import", captured_at=vault.now(), raw=raw, import_key=f"{number:064}"
        )
        order(catalogue_bulk, [str(vault.seal([sighting]).segment_id)])


if __name__ == "__main__":
    prepare()
    if sys.argv[1:2] == ["bulk"]:
        seal(int(sys.argv[2]))
