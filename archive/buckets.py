"""The archive's stores on S3: built from the settings, checked before they are used."""

import logging

from botocore.exceptions import BotoCoreError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from muniment.stores.port import StoreUnavailable
from muniment.stores.s3 import Connection, LockMode, Patience, S3Store, check_buckets, connect
from muniment.stores.s3.check import require
from muniment.stores.s3.client import Client

logger = logging.getLogger(__name__)


def stores() -> tuple[S3Store, S3Store]:
    """Return the stores of keys and of the vault; raise `ImproperlyConfigured`, `BucketsUnfit`."""
    vault, keys, mode = _bucket("MUNIMENT_S3_VAULT"), _bucket("MUNIMENT_S3_KEYS"), _lock_mode()
    client = _client(endpoint=settings.MUNIMENT_S3_ENDPOINT, region=settings.MUNIMENT_S3_REGION)
    try:
        findings = check_buckets(client, vault=vault, keys=keys, lock_mode=mode)
    except StoreUnavailable as error:
        # A store that is down keeps no process from starting: mail is answered 451 until it is back.
        logger.warning("the buckets could not be checked: %s", error)
    else:
        require(findings)
        for finding in findings:
            logger.warning("%s", finding)
    patience = Patience(seconds=settings.MUNIMENT_S3_CALL_SECONDS)
    keyrings = S3Store(client, keys, versioned=False, patience=patience)
    segments = S3Store(client, vault, versioned=True, lock_mode=mode, patience=patience)
    return keyrings, segments


def replica(bucket: str) -> S3Store:
    """Return a bucket that another place keeps equal to the vault; it is only read."""
    client = _client(
        endpoint=settings.MUNIMENT_REPLICA_ENDPOINT or settings.MUNIMENT_S3_ENDPOINT,
        region=settings.MUNIMENT_REPLICA_REGION or settings.MUNIMENT_S3_REGION,
    )
    return S3Store(client, bucket, versioned=True, patience=Patience(seconds=settings.MUNIMENT_S3_CALL_SECONDS))


def _client(*, endpoint: str, region: str) -> Client:
    try:
        return connect(
            Connection(
                endpoint=endpoint,
                region=region,
                access_key=settings.MUNIMENT_S3_ACCESS_KEY,
                secret_key=settings.MUNIMENT_S3_SECRET_KEY,
                connect_seconds=settings.MUNIMENT_S3_CONNECT_SECONDS,
                read_seconds=settings.MUNIMENT_S3_READ_SECONDS,
            )
        )
    except (ValueError, BotoCoreError) as error:
        raise ImproperlyConfigured(
            f"The store cannot be spoken to as MUNIMENT_S3_ENDPOINT and MUNIMENT_S3_REGION are set: {error}"
        ) from error


def _bucket(name: str) -> str:
    bucket = getattr(settings, name)
    if not bucket:
        raise ImproperlyConfigured(f"{name} is empty: MUNIMENT_STORE=s3 needs the name of that bucket.")
    return str(bucket)


def _lock_mode() -> LockMode:
    try:
        return LockMode(settings.MUNIMENT_S3_LOCK_MODE.upper())
    except ValueError:
        raise ImproperlyConfigured(
            f"MUNIMENT_S3_LOCK_MODE is {settings.MUNIMENT_S3_LOCK_MODE!r}: write compliance or governance."
        ) from None
