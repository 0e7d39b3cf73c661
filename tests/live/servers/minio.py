"""A MinIO server of a test's own: one drive in a temporary folder, on loopback and free ports, stopped by its pid.

    python -m tests.live.servers.minio    build it into the cache, start one, stop it

The program is built from its Go module, which the Go checksum database vouches for.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live.servers.common import ServerFailed, free_port
from tests.live.servers.s3 import CACHE, S3Server

MODULE = "github.com/minio/minio"
VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"
BUILD_SECONDS = 1500


def program() -> Path:
    """Return the program, built where the cache has none."""
    place = CACHE / f"minio-{VERSION}" / "minio"
    if place.exists():
        return place
    go = shutil.which("go") or "/usr/local/go/bin/go"
    if not Path(go).exists():
        raise ServerFailed("MinIO is built with Go, which is not installed")
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        done = subprocess.run(
            [go, "install", f"{MODULE}@{VERSION}"],
            env=os.environ | {"GOBIN": str(fresh), "GOFLAGS": "-mod=mod"},
            check=False,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
        )
        if done.returncode:
            raise ServerFailed(f"MinIO was not built:\n{done.stderr[-4000:]}")
        (fresh / "minio").replace(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place


@contextmanager
def minio(data: Path | None = None) -> Iterator[S3Server]:
    """Give a running server that is gone afterwards, with its folder. `data`: where it keeps objects, if not there."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-minio-"))
    access_key, secret_key, port = "muniment", secrets.token_hex(16), free_port()
    server = S3Server(
        name="MinIO",
        folder=folder,
        port=port,
        command=[
            str(program()),
            "server",
            f"--address=127.0.0.1:{port}",
            f"--console-address=127.0.0.1:{free_port()}",
            str(data or folder / "data"),
        ],
        environment={
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "MINIO_ROOT_USER": access_key,
            "MINIO_ROOT_PASSWORD": secret_key,
            "MINIO_UPDATE": "off",
            "MINIO_CALLHOME_ENABLE": "off",
            "MINIO_BROWSER": "off",
        },
        access_key=access_key,
        secret_key=secret_key,
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with minio() as running:
        sys.stdout.write(running.endpoint + "\n")
