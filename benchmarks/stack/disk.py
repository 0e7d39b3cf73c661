"""A disk of the object store's own: an ext4 image on a loop device, which can be filled and emptied. Needs root."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.live.servers.common import ServerFailed

STEPS_BYTES = (64 * 1024 * 1024, 1024 * 1024, 4096)


@dataclass(frozen=True, slots=True)
class Disk:
    """A mounted disk. The file that fills it lies beside what the store keeps."""

    mounted: Path

    @property
    def data(self) -> Path:
        """Return the folder for the store."""
        return self.mounted / "data"

    def fill(self) -> None:
        """Take all that is free."""
        with (self.mounted / "filler").open("wb") as file:
            taken = 0
            for step in STEPS_BYTES:
                with suppress(OSError):  # no room for one more
                    while True:
                        os.posix_fallocate(file.fileno(), taken, step)
                        taken += step

    def empty(self) -> None:
        """Make room again."""
        (self.mounted / "filler").unlink(missing_ok=True)


@contextmanager
def disk(folder: Path, *, mebibytes: int) -> Iterator[Disk]:
    """Give a disk of that size, in `folder`; it is gone afterwards."""
    image, mounted = folder / "disk.img", folder / "disk"
    mounted.mkdir()
    with image.open("wb") as file:
        file.truncate(mebibytes * 1024 * 1024)
    for command in (
        ["mkfs.ext4", "-q", "-m", "0", "-i", "4096", str(image)],
        ["mount", "-o", "loop", str(image), str(mounted)],
    ):
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise ServerFailed(f"{command[0]}: {done.stderr}")
    try:
        yield Disk(mounted)
    finally:
        subprocess.run(["umount", str(mounted)], check=True, capture_output=True, timeout=60)
        image.unlink()
