"""Make an archive where there is none: folders, master key, tables. Safe to repeat, and from several processes."""

import fcntl
import logging
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from archive.models import Message
from archive.services import continuity
from archive.services.governing import turn_of_all
from archive.services.replay import replay
from archive.services.server import check_server
from archive.stores import stores
from archive.wiring import archive, keys_folder
from muniment.engines.port import IndexUnavailable, RemoteIndex
from muniment.errors import Refused
from muniment.log.layout import PREFIX as LOG
from muniment.seal.layout import KEKS
from muniment.stores.key_file import make_key_file

log = logging.getLogger(__name__)


class KeyLost(Refused):
    """There is sealed mail or a log, and not the key that it was made with: a new one would only hide the loss."""


class KeyNotMade(Refused):
    """The folder of keys takes none; the message says which key is missing."""


def prepare() -> None:
    """Make what is missing of the archive that the settings name.

    Raises `KeyLost`, `KeyNotMade`, `DatabaseUnfit` or `IndexUnfit`.
    """
    data: Path = settings.MUNIMENT_DATA
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_keys(keys_folder())
        for folder in ("queue/messages", "queue/control", "queue/processed", "imports", "static"):
            (data / folder).mkdir(parents=True, exist_ok=True)
        check_server()
        if _migrations_wait():
            with turn_of_all("migrating", wait=True):  # other machines may start at the same moment
                call_command("migrate", interactive=False, verbosity=0)
        _make_index(data)
        replay(archive())  # before anybody is served: what a restored backup brought back is destroyed again
        continuity.note()


def _make_index(data: Path) -> None:
    """Make an index where there is no mail yet: one that is missing later was lost, and is told as such.

    A cluster that does not answer keeps nobody from capturing mail: it is told, and searches say so.
    """
    engine, is_new = archive().engine, not Message.objects.exists()
    if not isinstance(engine, RemoteIndex):
        if is_new and not (data / "index").exists():
            engine.clear()
        return
    try:
        engine.check()
        if is_new:
            engine.make()
    except IndexUnavailable as error:
        log.warning("search is not ready: %s", error)


def _make_keys(keys: Path) -> None:
    """Make the master key and the key of the evidence log, unless something stands that was made with lost ones."""
    found = stores()
    for path, witnesses in (
        (keys / "master-key", found.keyrings.keys(KEKS)),
        (keys / "log-key", found.segments.keys(LOG)),
    ):
        if path.exists():
            continue
        if next(witnesses, None) is not None:
            raise KeyLost(
                f"{path} is missing, and the archive holds what was made with it: put the key back from its backup; "
                "nothing was changed"
            )
        try:
            make_key_file(path)
        except OSError as error:
            raise KeyNotMade(
                f"{path} is missing and cannot be made: {error.strerror}. `deploy/entry.py make-secrets` makes it"
            ) from error


def _migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
