"""The beat: asks for each sweep when it is due. Of several only one is at work; another takes over when that one ends.

    python -m config.beat

Where PostgreSQL is shared, one of all machines (`archive.services.stages.turn`). Should two be at work for a moment,
the sweeps themselves take turns too.
"""

import os
import sys
from typing import Any, Final

from celery.beat import PersistentScheduler

from config.celery import app
from config.queues import QUEUES

ENOUGH: Final = 10  # tasks in a queue to which nothing more is added: its workers are behind, or away


class PatientScheduler(PersistentScheduler):
    """Asks for nothing that would only wait behind the same: a queue without workers does not grow."""

    def apply_async(self, entry: Any, *arguments: Any, **named: Any) -> Any:
        """Queue what is due, unless enough waits there."""
        from archive.queueing import waiting  # noqa: PLC0415 - after the setup

        if (waiting(QUEUES[entry.task]) or 0) >= ENOUGH:
            return None
        return super().apply_async(entry, *arguments, **named)


def main() -> int:
    """Wait for the turn, then keep time until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - after the environment is set

    django.setup()
    from django.conf import settings  # noqa: PLC0415

    from archive.services.stages import turn  # noqa: PLC0415

    with turn(settings.MUNIMENT_DATA, "beat", wait=True):
        app.Beat(loglevel="WARNING", quiet=True).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
