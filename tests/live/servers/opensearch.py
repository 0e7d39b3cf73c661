"""OpenSearch nodes of a test's own: in a temporary folder, on loopback and free ports, not as root, stopped by pid.

    python -m tests.live.servers.opensearch    fetch the distribution into the cache, find a Java

The minimal distribution comes from Maven Central (the artefact that OpenSearch's own integration tests start), and its
digest is compared. It needs Java 21 or newer: MUNIMENT_LIVE_JAVA_HOME, JAVA_HOME, or the newest in /usr/lib/jvm.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.live.servers.common import CACHE, ServerFailed, Service, as_account, free_port, give, own_folder

VERSION = "3.8.0"
ARTEFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
SHA256 = "196c3cf4602c394f2e40e6174ccbf2a924eae37246f08fa6bbb6b75f9fd5ff1f"
OLDEST_JAVA = 21
FETCH_SECONDS = 900
START_SECONDS = 300  # 14 s on two free cores; tests of everything at once share them
HEAP = "512m"
# Quick to start, and enough for what a test asks: the first compiler only, memory taken when it is used.
JVM = f"-Xms{HEAP} -Xmx{HEAP} -XX:TieredStopAtLevel=1 -XX:-AlwaysPreTouch"
USER = "nobody"  # OpenSearch refuses to run as root
LEFT_OUT = frozenset({"ingest-geoip", "transport-grpc", "opensearch-dashboards", "geo", "rank-eval"})  # modules


@dataclass(slots=True, kw_only=True)
class Node(Service):
    """One node."""

    name: str
    home: Path
    port: int
    transport_port: int
    java: Path
    jvm: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start it; `Cluster.wait` waits until it answers."""
        environment = {
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
            "OPENSEARCH_JAVA_HOME": str(self.java),
            "OPENSEARCH_JAVA_OPTS": f"{self.jvm} -Djna.tmpdir={self.folder / 'tmp'}",
            "OPENSEARCH_PATH_CONF": str(self.folder / "config"),
            "OPENSEARCH_TMPDIR": str(self.folder / "tmp"),
        }
        command = [str(self.home / "bin" / "opensearch")]
        self._launch(command, env=environment, cwd=self.folder, **as_account(USER))

    def get(self, path: str) -> dict:
        """Ask it something, apart from the code under test."""
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return json.load(answer)


@dataclass(slots=True, kw_only=True)
class Cluster:
    """Nodes that found each other."""

    folder: Path
    nodes: list[Node]

    @property
    def url(self) -> str:
        """Return what goes into MUNIMENT_SEARCH_URL."""
        return ",".join(node.url for node in self.nodes)

    def wait(self, *, nodes: int | None = None, green: bool = False) -> None:
        """Wait until so many nodes are joined (all that live), and every copy of every shard is there if it is asked."""
        living = [node for node in self.nodes if node.pid]
        wanted = nodes or len(living)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and all(node.pid for node in living):
            if all(_joined(node, wanted, green=green) for node in living):
                return
            time.sleep(0.2)
        raise ServerFailed("OpenSearch is not ready:\n" + "".join(node.end_of_log() for node in self.nodes))

    def start(self) -> None:
        """Start what does not run, and wait."""
        for node in self.nodes:
            if not node.pid:
                node.start()
        self.wait(nodes=len(self.nodes))

    def stop(self) -> None:
        """Stop every node."""
        for node in self.nodes:
            node.stop()


@contextmanager
def opensearch(*, nodes: int = 1, jvm: str = JVM) -> Iterator[Cluster]:
    """Give a running cluster that is gone afterwards, with its folder."""
    archive, java = distribution(), java_home()
    with own_folder("opensearch") as folder:
        cluster = Cluster(folder=folder, nodes=[])
        try:
            home = _unpacked(archive, folder)
            ports = [(free_port(), free_port()) for _ in range(nodes)]
            for number, (port, transport_port) in enumerate(ports, 1):
                node = Node(
                    name=f"node-{number}",
                    home=home,
                    folder=folder / f"node-{number}",
                    port=port,
                    transport_port=transport_port,
                    java=java,
                    jvm=jvm,
                )
                _configure(node, [other for _, other in ports])
                cluster.nodes.append(node)
            give(USER, folder, *folder.rglob("*"))
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


def distribution() -> Path:
    """Return the distribution, fetched where the cache has none; its digest is compared each time."""
    place = CACHE / f"opensearch-{VERSION}.zip"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        _fetch(place)
    with place.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != SHA256:
            place.unlink()
            raise ServerFailed(f"OpenSearch {VERSION} is not what it was: its SHA-256 is another")
    return place


def java_home() -> Path:
    """Return the home of a Java that is new enough."""
    named = [os.environ[name] for name in ("MUNIMENT_LIVE_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    found = [*map(Path, named), *sorted(Path("/usr/lib/jvm").glob("*"))]
    versions = [(_java_version(home), home) for home in found]
    version, home = max(versions, default=(0, Path()))
    if version < OLDEST_JAVA:
        raise ServerFailed(
            f"OpenSearch needs Java {OLDEST_JAVA} or newer: install a JDK and name it in MUNIMENT_LIVE_JAVA_HOME"
        )
    return home


def _java_version(home: Path) -> int:
    try:
        release = (home / "release").read_text()
    except OSError:
        return 0
    found = re.search(r'JAVA_VERSION="(\d+)', release)
    return int(found[1]) if found and (home / "bin" / "java").exists() else 0


def _fetch(place: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerFailed("OpenSearch is fetched with Maven, which is not installed (apt-get install maven)")
    fresh = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        command = [maven, "-q", "-B", "dependency:copy", f"-Dartifact={ARTEFACT}", f"-DoutputDirectory={fresh}"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=FETCH_SECONDS, cwd=fresh)
        if done.returncode:
            raise ServerFailed(f"OpenSearch {VERSION} could not be fetched:\n{done.stdout[-4000:]}")
        next(fresh.glob("*.zip")).replace(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _unpacked(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as packed:
        wanted = [name for name in packed.namelist() if not LEFT_OUT.intersection(name.split("/")[1:3])]
        packed.extractall(folder, wanted)
    home = folder / f"opensearch-{VERSION}"
    for program in (home / "bin").iterdir():
        program.chmod(0o755)
    return home


def _configure(node: Node, transport_ports: list[int]) -> None:
    config = node.folder / "config"
    for made in (config, node.data, node.folder / "tmp", node.folder / "logs"):
        made.mkdir(parents=True)
    shutil.copy(node.home / "config" / "log4j2.properties", config)
    options = (node.home / "config" / "jvm.options").read_text()
    options = options.replace("=logs/", f"={node.folder}/logs/").replace("file=logs/", f"file={node.folder}/logs/")
    options = options.replace("HeapDumpPath=data", f"HeapDumpPath={node.data}")
    (config / "jvm.options").write_text(options)
    settings = {
        "cluster.name": "muniment-test",
        "node.name": node.name,
        "network.host": "127.0.0.1",
        "http.port": node.port,
        "transport.port": node.transport_port,
        "path.data": str(node.data),
        "path.logs": str(node.folder / "logs"),
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "action.auto_create_index": False,
    }
    if len(transport_ports) == 1:
        settings |= {"discovery.type": "single-node"}
    else:
        names = [f"node-{number}" for number in range(1, len(transport_ports) + 1)]
        seeds = [f"127.0.0.1:{port}" for port in transport_ports]
        settings |= {"discovery.seed_hosts": seeds, "cluster.initial_cluster_manager_nodes": names}
    lines = [f"{name}: {json.dumps(value)}\n" for name, value in settings.items()]
    (config / "opensearch.yml").write_text("".join(lines))


def _joined(node: Node, wanted: int, *, green: bool) -> bool:
    try:
        health = node.get("/_cluster/health?timeout=1s")
    except (OSError, urllib.error.URLError, ValueError):
        return False
    return health["number_of_nodes"] == wanted and (not green or health["status"] == "green")


if __name__ == "__main__":
    sys.stdout.write(f"{distribution()} for Java in {java_home()}\n")
