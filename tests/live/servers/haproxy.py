"""HAProxy with the project's own configuration, on loopback and free ports, as an account without rights; stopped by pid.

    python -m tests.live.servers.haproxy    check deploy/haproxy/haproxy.cfg with `haproxy -c`

The program is Debian's package `haproxy` (`make live` installs it).
"""

import datetime as dt
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.live.servers.common import ServerFailed, Service, as_account, free_port, give, own_folder

CONFIGURATION = Path(__file__).parents[3] / "deploy" / "haproxy" / "haproxy.cfg"
START_SECONDS = 30
ACCOUNT = "haproxy"
CHECKED = re.compile(r'haproxy_server_check_status\{.*server="(\w+)",state="L7OK"\} 1')
UP = re.compile(r'haproxy_server_status\{.*server="(\w+)",state="UP"\} 1')


@dataclass(slots=True, kw_only=True)
class HAProxy(Service):
    """One balancer before capture nodes and web processes that listen on `capture` and `web`."""

    capture: tuple[int, ...]
    web: tuple[int, ...]
    smtp_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    health_port: int = field(default_factory=free_port)

    @property
    def certificate(self) -> Path:
        return self.folder / "web.pem"

    @property
    def environment(self) -> dict[str, str]:
        nodes = {
            f"MUNIMENT_{kind}_{number}": f"127.0.0.1:{port}"
            for kind, ports in (("CAPTURE", self.capture), ("WEB", self.web))
            for number, port in enumerate(ports, start=1)
        }
        return nodes | {
            "PATH": os.environ["PATH"],
            "SMTP_BIND": f"127.0.0.1:{self.smtp_port}",
            "WEB_BIND": f"127.0.0.1:{self.web_port}",
            "HEALTH_BIND": f"127.0.0.1:{self.health_port}",
            "CERTIFICATE": str(self.certificate),
        }

    def start(self) -> None:
        """Check the configuration, start with it, and wait until it listens."""
        check(self.environment)
        command = [_program(), "-db", "-f", str(CONFIGURATION)]
        self._launch(command, env=self.environment, **as_account(ACCOUNT))
        self._await(self._listens, seconds=START_SECONDS)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.health_port)) == 0

    def is_healthy(self) -> bool:
        """Ask HAProxy's own address of health."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health_port}/health", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def becomes(self, *, healthy: bool, seconds: float = 60) -> bool:
        """Wait until `is_healthy` says so; return whether it did in time."""
        until = time.monotonic() + seconds
        while self.is_healthy() is not healthy:
            if time.monotonic() > until:
                return False
            time.sleep(0.2)
        return True

    def up(self) -> set[str]:
        """Return the names of the nodes that are up and were checked; at its start HAProxy takes each for up unasked."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.health_port}/metrics", timeout=5) as answer:
            found = answer.read().decode()
        return set(CHECKED.findall(found)) & set(UP.findall(found))

    def wait_for(self, *nodes: str, seconds: float = 60) -> None:
        """Wait until the checks find these nodes up."""
        until = time.monotonic() + seconds
        while not set(nodes) <= self.up():
            if time.monotonic() > until:
                raise ServerFailed(f"{nodes} are not up:\n{self.end_of_log()}")
            time.sleep(0.1)


def check(environment: dict[str, str]) -> None:
    """Have HAProxy read the configuration; raise `ServerFailed` with what it says."""
    command = [_program(), "-c", "-f", str(CONFIGURATION)]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=60)
    if done.returncode or "WARNING" in done.stderr:
        raise ServerFailed(f"haproxy -c: {done.stdout}{done.stderr}")


@contextmanager
def haproxy(*, capture: tuple[int, ...], web: tuple[int, ...]) -> Iterator[HAProxy]:
    """Give a running balancer that is gone afterwards, with its folder."""
    with own_folder("haproxy") as folder:
        server = HAProxy(folder=folder, capture=capture, web=web)
        try:
            server.certificate.write_bytes(_certificate())
            give(ACCOUNT, folder, server.certificate)
            server.start()
            yield server
        finally:
            server.stop()


def _certificate() -> bytes:
    """Make a certificate of this run, and its key, as one PEM text."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain)


def _program() -> str:
    found = shutil.which("haproxy") or "/usr/sbin/haproxy"
    if not Path(found).exists():
        raise ServerFailed("haproxy is not installed (apt-get install haproxy)")
    return found


if __name__ == "__main__":
    with haproxy(capture=(free_port(), free_port()), web=(free_port(), free_port())) as running:
        sys.stdout.write(f"{CONFIGURATION.name} is valid; mail on {running.smtp_port}, web on {running.web_port}\n")
