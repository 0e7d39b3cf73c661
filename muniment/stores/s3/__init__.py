"""An object store on the S3 API: conditional writes, checksums, Object Lock. `docs/decisions/0021-s3.md`."""

from muniment.stores.s3.bucket import LockMode
from muniment.stores.s3.check import Finding, check_buckets
from muniment.stores.s3.client import Connection, connect
from muniment.stores.s3.patience import Patience
from muniment.stores.s3.store import S3Store

__all__ = ["Connection", "Finding", "LockMode", "Patience", "S3Store", "check_buckets", "connect"]
