"""What the S3 servers of the live tests share: a process of the test's own, clients, buckets."""

import json
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import boto3
from botocore.config import Config

from muniment.stores.s3.client import Connection, connect
from tests.live.servers.common import ServerFailed

CACHE = Path.home() / ".cache" / "muniment-live"  # programs that are built or fetched once
START_SECONDS = 120
STOP_SECONDS = 30
REGION = "us-east-1"
POLICY = Path(__file__).parents[3] / "deploy" / "s3-policy.json"


@dataclass(slots=True, kw_only=True)
class S3Server:
    """One server: its command, its folder, who may do all. `kill` and `start` again are for tests of its death."""

    name: str
    folder: Path
    port: int
    command: list[str]
    environment: dict[str, str]
    access_key: str
    secret_key: str
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Return the id of the process, 0 when none runs."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def connection(self, *, port: int = 0, **changes) -> Connection:
        """Return how the code under test reaches it; through another port where a proxy stands before it."""
        usual = {
            "endpoint": f"http://127.0.0.1:{port or self.port}",
            "region": REGION,
            "access_key": self.access_key,
            "secret_key": self.secret_key,
        }
        return Connection(**(usual | changes))

    def client(self, **changes):
        """Return a client of the code under test."""
        return connect(self.connection(**changes))

    def admin(self, *, access_key: str = "", secret_key: str = "", session_token: str = ""):
        """Return boto3's own client, apart from the code under test; of the root account unless keys are given."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=access_key or self.access_key,
            aws_secret_access_key=secret_key or self.secret_key,
            aws_session_token=session_token or None,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}),
        )

    def limited(self, vault: str, keys: str) -> dict[str, str]:
        """Return changes of `connection` for somebody who may do what deploy/s3-policy.json allows, and no more."""
        text = POLICY.read_text().replace("MUNIMENT_S3_VAULT", vault).replace("MUNIMENT_S3_KEYS", keys)
        sts = boto3.client(
            "sts",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
        )
        role = {"RoleArn": "arn:aws:iam::000000000000:role/archive", "RoleSessionName": "archive"}
        found = sts.assume_role(**role, Policy=json.dumps(json.loads(text)))["Credentials"]
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "session_token": found["SessionToken"],
        }

    def new_bucket(self, *, locks: bool) -> str:
        """Make an empty bucket: with versions and Object Lock, or with neither."""
        name = f"{'vault' if locks else 'keys'}-{uuid4().hex[:12]}"
        self.admin().create_bucket(Bucket=name, ObjectLockEnabledForBucket=locks)
        return name

    def start(self) -> None:
        """Start it and wait until it takes an object."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, stdout=log, stderr=log, env=self.environment, cwd=self.folder, start_new_session=True
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        self.kill()
        raise ServerFailed(f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def kill(self) -> None:
        """Let it die at once, as by a power cut of its own."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
            self._process = None

    def stop(self) -> None:
        """Ask it to stop; kill it where it takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
        self._process = None

    def _answers(self) -> bool:
        try:
            admin = self.admin()
            if "ready" not in {one["Name"] for one in admin.list_buckets()["Buckets"]}:
                admin.create_bucket(Bucket="ready")
            admin.put_object(Bucket="ready", Key="ready", Body=b"1")
        except Exception:  # noqa: BLE001 - whatever it is, the server is not ready
            return False
        return True
