"""Toxiproxy before a port of loopback, on free ports, stopped by its pid: it cuts, slows and resets connections.

    python -m tests.live.servers.toxiproxy    build it into the cache, start one, stop it

The program is built from its Go module, which the Go checksum database vouches for.
"""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.servers.common import Service, built_with_go, free_port, own_folder

MODULE = "github.com/Shopify/toxiproxy/v2/cmd/server"
VERSION = "v2.5.0"
NAME = "target"
START_SECONDS = 30


@dataclass(slots=True, kw_only=True)
class Toxiproxy(Service):
    """Passes on what comes to `port` to `target`; what goes wrong is set while it runs."""

    target: int
    port: int = field(default_factory=free_port)
    control_port: int = field(default_factory=free_port)

    def start(self) -> None:
        """Start it and let it listen."""
        self._launch([str(program()), "-host", "127.0.0.1", "-port", str(self.control_port)])
        self._await(self._answers, seconds=START_SECONDS)
        upstream = {"listen": f"127.0.0.1:{self.port}", "upstream": f"127.0.0.1:{self.target}"}
        self._ask("POST", "/proxies", {"name": NAME, "enabled": True, **upstream})

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

    def _answers(self) -> bool:
        try:
            self._ask("GET", "/version")
        except OSError:
            return False
        return True

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
    return built_with_go("toxiproxy", MODULE, VERSION)


@contextmanager
def toxiproxy(target: int) -> Iterator[Toxiproxy]:
    """Give a running proxy before a port; it is gone afterwards, with its folder."""
    with own_folder("toxiproxy") as folder:
        server = Toxiproxy(folder=folder, target=target)
        try:
            server.start()
            yield server
        finally:
            server.stop()


if __name__ == "__main__":
    with toxiproxy(free_port()) as running:
        sys.stdout.write(f"{running.port}\n")
