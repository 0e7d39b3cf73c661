"""HAProxy with the project's own configuration, on loopback and free ports, as an account without rights; stopped by pid.

    python -m tests.live.servers.haproxy    check deploy/haproxy/haproxy.cfg with `haproxy -c`

The program is Debian's package `haproxy` (`make live` installs it).
"""

import datetime as dt
import os
import pwd
import re
import shutil
import socket
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

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.live.servers.common import ServerFailed, free_port

CONFIGURATION = Path(__file__).parents[3] / "deploy" / "haproxy" / "haproxy.cfg"
START_SECONDS = STOP_SECONDS = 30
CHECKED = re.compile(r'haproxy_server_check_status\{.*server="(\w+)",state="L7OK"\} 1')
UP = re.compile(r'haproxy_server_status\{.*server="(\w+)",state="UP"\} 1')


@dataclass(slots=True, kw_only=True)
class HAProxy:
    """One balancer before capture nodes and web processes that listen on `capture` and `web`."""

    folder: Path
    capture: tuple[int, ...]
    web: tuple[int, ...]
    smtp_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    health_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def certificate(self) -> Path:
        return self.folder / "web.pem"

    @property
    def pid(self) -> int:
        """Return the id of the process, 0 when none runs."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    @property
    def log(self) -> Path:
        return self.folder / "log"

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
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, **_as_nobody_special()
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.health_port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        raise ServerFailed(f"HAProxy did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def stop(self) -> None:
        """End it at once, with its connections."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
        self._process = None

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
                raise ServerFailed(f"{nodes} are not up:\n{self.log.read_text(errors='replace')[-4000:]}")
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
    folder = Path(tempfile.mkdtemp(prefix="muniment-haproxy-"))
    server = HAProxy(folder=folder, capture=capture, web=web)
    try:
        server.certificate.write_bytes(_certificate())
        for path in (folder, server.certificate):
            _give(path)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


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


def _give(path: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam("haproxy")
        os.chown(path, account.pw_uid, account.pw_gid)


def _as_nobody_special() -> dict[str, object]:
    return {"user": "haproxy", "group": "haproxy", "extra_groups": []} if os.geteuid() == 0 else {}


def _program() -> str:
    found = shutil.which("haproxy") or "/usr/sbin/haproxy"
    if not Path(found).exists():
        raise ServerFailed("haproxy is not installed (apt-get install haproxy)")
    return found


if __name__ == "__main__":
    with haproxy(capture=(free_port(), free_port()), web=(free_port(), free_port())) as running:
        sys.stdout.write(f"{CONFIGURATION.name} is valid; mail on {running.smtp_port}, web on {running.web_port}\n")
