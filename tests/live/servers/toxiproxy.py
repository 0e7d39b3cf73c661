"""Toxiproxy before a port of loopback, on free ports, stopped by its pid: it cuts, slows and resets connections.

    python -m tests.live.servers.toxiproxy    build it into the cache, start one, stop it

The program is built from its Go module, which the Go checksum database vouches for.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.servers.common import ServerFailed, free_port
from tests.live.servers.s3 import CACHE

MODULE = "github.com/Shopify/toxiproxy/v2/cmd/server"
VERSION = "v2.5.0"
NAME = "target"
BUILD_SECONDS = 900
START_SECONDS = STOP_SECONDS = 30


@dataclass(slots=True, kw_only=True)
class Toxiproxy:
    """Passes on what comes to `port` to `target`; what goes wrong is set while it runs."""

    folder: Path
    target: int
    port: int = field(default_factory=free_port)
    control_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def pid(self) -> int:
        """Return the id of the process, 0 when none runs."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    def start(self) -> None:
        """Start it and let it listen."""
        command = [str(program()), "-host", "127.0.0.1", "-port", str(self.control_port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                self._ask("GET", "/version")
            except OSError:
                time.sleep(0.05)
            else:
                upstream = {"listen": f"127.0.0.1:{self.port}", "upstream": f"127.0.0.1:{self.target}"}
                self._ask("POST", "/proxies", {"name": NAME, "enabled": True, **upstream})
                return
        self.stop()
        raise ServerFailed(f"Toxiproxy did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def stop(self) -> None:
        """End it, with its connections."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
        self._process = None

    def cut(self) -> None:
        """Close every connection and take none."""
        self._ask("POST", f"/proxies/{NAME}", {"enabled": False})

    def slow(self, kilobytes_per_second: int) -> None:
        """Let so much through in a second and connection, each way."""
        for stream in ("upstream", "downstream"):
            self._toxic(f"slow-{stream}", "bandwidth", stream, rate=kilobytes_per_second)

    def reset(self) -> None:
        """Reset (RST) every connection as soon as anything comes through it."""
        for stream in ("upstream", "downstream"):
            self._toxic(f"reset-{stream}", "reset_peer", stream, timeout=0)

    def mend(self) -> None:
        """Let everything through again."""
        self._ask("POST", "/reset")

    def _toxic(self, name: str, kind: str, stream: str, **attributes: int) -> None:
        toxic = {"name": name, "type": kind, "stream": stream, "attributes": attributes}
        self._ask("POST", f"/proxies/{NAME}/toxics", toxic)

    def _ask(self, method: str, path: str, body: dict | None = None) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.control_port}{path}",
            data=json.dumps(body or {}).encode() if method == "POST" else None,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()


def program() -> Path:
    """Return the program, built where the cache has none."""
    place = CACHE / f"toxiproxy-{VERSION}" / "server"
    if place.exists():
        return place
    go = shutil.which("go") or "/usr/local/go/bin/go"
    if not Path(go).exists():
        raise ServerFailed("Toxiproxy is built with Go, which is not installed")
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
            raise ServerFailed(f"Toxiproxy was not built:\n{done.stderr[-4000:]}")
        (fresh / "server").replace(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place


@contextmanager
def toxiproxy(target: int) -> Iterator[Toxiproxy]:
    """Give a running proxy before a port; it is gone afterwards, with its folder."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-toxiproxy-"))
    server = Toxiproxy(folder=folder, target=target)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with toxiproxy(free_port()) as running:
        sys.stdout.write(f"{running.port}\n")
