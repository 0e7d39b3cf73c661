"""The steps of `benchmarks.erasure`, each a process of its own: fill MESSAGES on|off, erase SEED."""

import random
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings

OPTIONS = settings.DATABASES["default"]["OPTIONS"]
SECURE = sys.argv[-1] != "off"
OPTIONS["init_command"] = f"{OPTIONS['init_command'].rstrip('; ')}; PRAGMA secure_delete={'ON' if SECURE else 'OFF'};"
django.setup()

from archive.models import Message  # noqa: E402
from archive.services import sweep  # noqa: E402
from archive.services.database_files import purge_database  # noqa: E402
from archive.services.purging import leave_threads, purge_index  # noqa: E402
from archive.services.setup import prepare  # noqa: E402
from archive.services.stages import index_all  # noqa: E402
from archive.wiring import archive  # noqa: E402
from benchmarks.imports import _written  # noqa: E402
from benchmarks.search import Mail  # noqa: E402
from muniment.seal.sighting import Sighting  # noqa: E402

COUNTS = (1, 10, 100, 1_000)
BATCH = 1_000


@contextmanager
def timed(name):
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name}: {wall:.2f} s ({cpu:.2f} s of processor)", flush=True)


def fill(count):
    """Archive, catalogue and index messages."""
    prepare()
    vault = archive().vault
    name = f"secure_delete {'on' if SECURE else 'off'}"
    raws = [_written(number, document) for number, document in zip(range(count), Mail(count), strict=False)]
    for start in range(0, count, BATCH):
        vault.seal([_sighting(vault, raw) for raw in raws[start : start + BATCH]])
    with timed(f"catalogue {count}, {name}"):
        sweep.catalogue_missing(vault=vault)
    with timed(f"index {count}, {name}"):
        index_all(archive())


def erase(seed):
    """Take messages out, in growing numbers."""
    port, chance = archive(), random.Random(seed)
    for count in COUNTS:
        gone = chance.sample(sorted(Message.objects.values_list("id", flat=True)), count)
        print(
            f"-- {count} messages; index {_mib(port.data, 'index')} MiB, database {_mib(port.data, 'catalogue*')} MiB"
        )
        with timed("leave threads"):
            leave_threads(gone, vault=port.vault)
        with timed("remove rows"):
            Message.objects.filter(id__in=gone).delete()
        with timed("purge index"):
            purge_index(port, gone)
        with timed("purge database"):
            purge_database()


def _sighting(vault, raw):
    return Sighting(id=vault.new_sighting_id(), source="bench", captured_at=vault.now(), raw=raw)


def _mib(data: Path, name: str) -> int:
    found = [path for top in data.glob(name) for path in (top, *top.rglob("*")) if path.is_file()]
    return sum(path.stat().st_size for path in found) >> 20


if __name__ == "__main__":
    {"fill": fill, "erase": erase}[sys.argv[1]](int(sys.argv[2]))
