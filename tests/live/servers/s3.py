"""What the S3 servers of the live tests share: a process of the test's own, clients, buckets."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import boto3
from botocore.config import Config

from muniment.stores.s3.client import Connection, connect
from tests.live.servers.common import Service

START_SECONDS = 120
REGION = "us-east-1"
POLICY = Path(__file__).parents[3] / "deploy" / "s3-policy.json"


@dataclass(slots=True, kw_only=True)
class S3Server(Service):
    """One server: its command, its folder, who may do all."""

    name: str
    port: int
    command: list[str]
    environment: dict[str, str]
    access_key: str
    secret_key: str

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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
        self._launch(self.command, env=self.environment, cwd=self.folder)
        self._await(self._answers, seconds=START_SECONDS, pause=0.1)

    def _answers(self) -> bool:
        try:
            admin = self.admin()
            if "ready" not in {one["Name"] for one in admin.list_buckets()["Buckets"]}:
                admin.create_bucket(Bucket="ready")
            admin.put_object(Bucket="ready", Key="ready", Body=b"1")
        except Exception:  # noqa: BLE001 - whatever it is, the server is not ready
            return False
        return True
