"""The tree as the image has it, read-only, and processes in it as the image's user, with nothing of ours about them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UID = 10001  # as in the Dockerfile
SECONDS = 60


class Container:
    """A read-only tree, a data folder, a folder for temporary files, and the environment that the image sets."""

    def __init__(self, folder):
        self.tree, self.keys = folder / "app", folder / "keys"
        for name in ("data", "tmp", "keys"):
            (folder / name).mkdir()
            if os.geteuid() == 0:
                os.chown(folder / name, UID, UID)
        self._python = _python(folder)
        self.web_port, self.smtp_port = _free_port(), _free_port()
        self._folder, self._number = folder, 0
        self.environment = {
            "PATH": os.defpath,
            "PYTHONDONTWRITEBYTECODE": "1",
            "MUNIMENT_DATA": str(folder / "data"),
            "MUNIMENT_KEYS": str(self.keys),
            "MUNIMENT_WEB_PORT": str(self.web_port),
            "MUNIMENT_WEB_PROCESSES": "1",
            "MUNIMENT_SMTP_PORT": str(self.smtp_port),
        }

    def run(self, *arguments, **more):
        """Run a role that ends."""
        return subprocess.run(
            self._command(arguments),
            env=self._environment(self._folder / "tmp") | more,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            **self._user(),
        )

    @contextmanager
    def running(self, *arguments, **more):
        """Run a role that stays, with temporary files of its own; yield it with a way to ask whether it is healthy."""
        self._number += 1
        tmp = self._folder / "tmp" / str(self._number)
        tmp.mkdir()
        tmp.chmod(0o777)
        log = self._folder / f"{self._number}.log"
        environment = self._environment(tmp) | more
        with log.open("wb") as output:
            process = subprocess.Popen(
                self._command(arguments), env=environment, stdout=output, stderr=output, **self._user()
            )
        try:
            yield Running(process, log, lambda: self.run("healthy", TMPDIR=str(tmp)).returncode)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()

    def files(self):
        """Return every file of the tree, to be compared."""
        return sorted(str(path) for path in self.tree.rglob("*"))

    def _command(self, arguments):
        return [self._python, str(self.tree / "deploy" / "entry.py"), *arguments]

    def _environment(self, tmp):
        return self.environment | {"TMPDIR": str(tmp)}

    def _user(self):
        as_root = os.geteuid() == 0
        return {"cwd": "/"} | ({"user": UID, "group": UID, "extra_groups": []} if as_root else {})


class Running:
    """A role that runs."""

    def __init__(self, process, log, ask):
        self._process, self._log, self._ask = process, log, ask

    def becomes_healthy(self):
        """Wait until it says that it works; fail with its log."""
        deadline = time.monotonic() + SECONDS
        while self._ask() != 0:
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def stop(self):
        """Send SIGTERM as an engine does; return the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(SECONDS)

    def log(self):
        return self._log.read_text()


@pytest.fixture(scope="session")
def tree():
    """Copy what .dockerignore lets into the image, without a write bit."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-image-"))
    folder.chmod(0o755)
    names = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for name in names:
        target = folder / "app" / name
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    _without_write(folder / "app")
    yield folder / "app"
    for path in [folder / "app", *(folder / "app").rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def container(tree):
    folder = Path(tempfile.mkdtemp(prefix="muniment-container-"))
    folder.chmod(0o755)
    made = Container(folder)
    made.tree = tree
    yield made
    shutil.rmtree(folder)


def _python(folder):
    """Return an interpreter that the image's user can start: ours, or where it lies in a home, the system's."""
    if os.geteuid() != 0 or _can_start(sys.executable):
        return sys.executable
    system = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    subprocess.run([system, "-m", "venv", "--without-pip", folder / "venv"], check=True, timeout=SECONDS)
    packages = next((folder / "venv").glob("lib/python*/site-packages"))
    (packages / "ours.pth").write_text(sysconfig.get_path("purelib"))
    return str(folder / "venv" / "bin" / "python")


def _can_start(python):
    try:
        subprocess.run([python, "-c", ""], user=UID, group=UID, extra_groups=[], check=True, timeout=SECONDS)
    except PermissionError:
        return False
    return True


def _without_write(top):
    for path in [*top.rglob("*"), top]:
        path.chmod(0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444)


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
