"""A MinIO server of a test's own: one drive in a temporary folder, on loopback and free ports, stopped by its pid.

    python -m tests.live.servers.minio    build it into the cache, start one, stop it

The program is built from its Go module, which the Go checksum database vouches for.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live.servers.common import built_with_go, free_port, own_folder
from tests.live.servers.s3 import S3Server

MODULE = "github.com/minio/minio"
VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"


def program() -> Path:
    """Return the program, built where the cache has none."""
    return built_with_go("minio", MODULE, VERSION)


@contextmanager
def minio(data: Path | None = None) -> Iterator[S3Server]:
    """Give a running server that is gone afterwards, with its folder. `data`: where it keeps objects, if not there."""
    access_key, secret_key, port = "muniment", secrets.token_hex(16), free_port()
    with own_folder("minio") as folder:
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


if __name__ == "__main__":
    with minio() as running:
        sys.stdout.write(running.endpoint + "\n")
