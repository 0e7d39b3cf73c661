"""Make an archive where there is none: folders, master key, tables. Safe to repeat, and from several processes."""

import fcntl
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from archive.models import Message
from archive.wiring import archive
from muniment.errors import Refused
from muniment.seal.layout import KEKS
from muniment.stores.filesystem import FilesystemStore
from muniment.stores.key_file import make_master_key


class MasterKeyLost(Refused):
    """There is sealed mail, and no master key to open it with: a new one would only hide the loss."""


def prepare() -> None:
    """Make what is missing of the archive that the settings name; raise `MasterKeyLost`."""
    data: Path = settings.MUNIMENT_DATA
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_key(data)
        for folder in ("queue/messages", "queue/control", "queue/processed", "imports", "static"):
            (data / folder).mkdir(parents=True, exist_ok=True)
        if _migrations_wait():
            call_command("migrate", interactive=False, verbosity=0)
        if not (data / "index").exists() and not Message.objects.exists():
            archive().engine.clear()  # an index that is missing later was lost, and is told as such


def _make_key(data: Path) -> None:
    path = data / "keys" / "master-key"
    if path.exists():
        return
    if next(FilesystemStore(data / "keyrings").keys(KEKS), None) is not None:
        raise MasterKeyLost(
            f"{path} is missing, and the archive holds mail sealed with it: put the key back from its backup; "
            "nothing was changed"
        )
    make_master_key(path)


def _migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
