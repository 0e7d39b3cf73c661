"""`make down`: stop the services of this archive, and wait until they are gone."""

import os
import signal
import sys
import time
from typing import Final

from config.supervisor import running

WAIT_SECONDS: Final = 60.0


def main() -> int:
    """Stop the supervisor that the archive's pid file names; return 0 when nothing runs any more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings  # noqa: PLC0415 - after the environment is set

    data = settings.MUNIMENT_DATA
    pid = running(data)
    if pid is None:
        sys.stdout.write("Muniment is not running.\n")
        return 0
    os.kill(pid, signal.SIGTERM)
    wait_seconds = WAIT_SECONDS + settings.MUNIMENT_SMTP_GRACE_SECONDS
    deadline = time.monotonic() + wait_seconds
    while running(data) == pid:
        if time.monotonic() > deadline:
            sys.stderr.write(f"Process {pid} has not stopped after {wait_seconds:.0f} s; see the logs.\n")
            return 1
        time.sleep(0.1)
    sys.stdout.write("Muniment is stopped.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
