"""What Muniment calls of boto3, and how its client is set up: one try a call, for ours are the ones who may repeat."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, cast

import boto3
from botocore.config import Config

CONNECTIONS: Final = 64  # in the pool: more threads than capture and a worker have together
Answer = Mapping[str, Any]


class Client(Protocol):
    """The operations of S3 that are used, by boto3's names; parameters and answers are as S3's API reference has them.

    Thread-safe. What fails raises an exception that `outcome.CALL_ERRORS` names.
    """

    def put_object(self, **parameters: Any) -> Answer: ...
    def get_object(self, **parameters: Any) -> Answer: ...
    def head_object(self, **parameters: Any) -> Answer: ...
    def delete_object(self, **parameters: Any) -> Answer: ...
    def list_objects_v2(self, **parameters: Any) -> Answer: ...
    def list_object_versions(self, **parameters: Any) -> Answer: ...
    def put_object_retention(self, **parameters: Any) -> Answer: ...
    def put_object_legal_hold(self, **parameters: Any) -> Answer: ...
    def head_bucket(self, **parameters: Any) -> Answer: ...
    def get_bucket_versioning(self, **parameters: Any) -> Answer: ...
    def get_object_lock_configuration(self, **parameters: Any) -> Answer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where the store is and who asks. Without keys, boto3's own chain finds them (environment, files, role)."""

    endpoint: str = ""  # empty: AWS
    region: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)  # of keys that end by themselves
    connect_seconds: int = 5
    read_seconds: int = 30  # of silence


def connect(connection: Connection) -> Client:
    """Make a client; nothing is sent yet. Raises `ValueError` for an endpoint that is no URL."""
    made = boto3.session.Session().client(
        "s3",
        endpoint_url=connection.endpoint or None,
        region_name=connection.region or None,
        aws_access_key_id=connection.access_key or None,
        aws_secret_access_key=connection.secret_key or None,
        aws_session_token=connection.session_token or None,
        config=Config(
            signature_version="s3v4",
            connect_timeout=connection.connect_seconds,
            read_timeout=connection.read_seconds,
            retries={"total_max_attempts": 1, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            tcp_keepalive=True,
            # Outside of AWS, buckets have no host names of their own.
            s3={"addressing_style": "path" if connection.endpoint else "auto"},
            # Ours is SHA-256, sent with every object; no second checksum is made of it.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    made.meta.events.register("before-send.s3", _without_expect)
    return cast("Client", made)


def _without_expect(request: Any, **_: Any) -> None:
    """Send bodies at once, without `Expect: 100-continue` (which is not signed).

    Where its answer is cut in the middle of `100 Continue`, botocore 1.44.8 reads on for ever, whatever the time-outs
    (`AWSConnection._consume_headers`); and each PUT costs a way to the store and back.
    """
    request.headers.pop("Expect", None)
