"""The two object stores of the archive, as the settings name them: folders, or buckets of S3."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from muniment.stores.copies import KeepsCopies, Replica
from muniment.stores.filesystem import FilesystemStore, Together
from muniment.stores.pair import InTurn, PairWriter
from muniment.stores.port import ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where keys lie, where sealed mail, log and ledger lie, and how one of each is written."""

    keyrings: ObjectStore
    segments: ObjectStore
    writer: PairWriter
    copies: tuple[KeepsCopies, ...] = ()  # where else good bytes of sealed mail may lie


def stores() -> Stores:
    """Return the stores that the settings name; raise `ImproperlyConfigured`, `BucketsUnfit` in sentences."""
    match settings.MUNIMENT_STORE:
        case "filesystem":
            keyrings, segments = (FilesystemStore(settings.MUNIMENT_DATA / name) for name in ("keyrings", "vault"))
            return Stores(keyrings=keyrings, segments=segments, writer=Together(keyrings, segments), copies=_replicas())
        case "s3":
            from archive import buckets  # noqa: PLC0415 - boto3 takes half a second, which folders need not pay

            keys, vault = buckets.stores()
            return Stores(keyrings=keys, segments=vault, writer=InTurn(keys, vault), copies=(vault, *_replicas()))
        case other:
            raise ImproperlyConfigured(f"MUNIMENT_STORE is {other!r}: write filesystem or s3.")


def _replicas() -> tuple[KeepsCopies, ...]:
    """Return what MUNIMENT_REPLICA names: a folder like the vault's, or a bucket; raise `ImproperlyConfigured`."""
    name = settings.MUNIMENT_REPLICA
    if not name:
        return ()
    if name.startswith("s3://"):
        from archive import buckets  # noqa: PLC0415 - as above

        return (Replica(f"replica {name}", buckets.replica(name.removeprefix("s3://"))),)
    if not Path(name).is_dir():
        raise ImproperlyConfigured(f"MUNIMENT_REPLICA is {name!r}: write a folder that is there, or s3://BUCKET.")
    return (Replica(f"replica {name}", FilesystemStore(Path(name))),)
