"""The two object stores of the archive, as the settings name them: folders, or buckets of S3."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from muniment.stores.copies import KeepsCopies, Replica
from muniment.stores.filesystem import FilesystemStore, Together
from muniment.stores.pair import InTurn, PairWriter
from muniment.stores.port import ObjectStore

_FETCHED_AT_ONCE: Final = 8  # of S3, whose answers take milliseconds: with 16 MiB each, the most that is in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where keys lie, where sealed mail, log and ledger lie, and how one of each is written."""

    keyrings: ObjectStore
    segments: ObjectStore
    writer: PairWriter
    copies: tuple[KeepsCopies, ...] = ()  # where else good bytes of sealed mail may lie
    ahead: int = 1  # how many segments are fetched at once where many are read


def stores() -> Stores:
    """Return the stores that the settings name; raise `ImproperlyConfigured`, `BucketsUnfit` in sentences."""
    match settings.MUNIMENT_STORE:
        case "filesystem":
            keyrings, segments = (FilesystemStore(settings.MUNIMENT_DATA / name) for name in ("keyrings", "vault"))
            return Stores(keyrings=keyrings, segments=segments, writer=Together(keyrings, segments), copies=_replicas())
        case "s3":
            from archive import buckets  # noqa: PLC0415 - boto3 takes half a second, which folders need not pay

            keys, vault = buckets.stores()
            copies = (vault, *_replicas())
            return Stores(
                keyrings=keys, segments=vault, writer=InTurn(keys, vault), copies=copies, ahead=_FETCHED_AT_ONCE
            )
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
