"""The one place where the archive's ports are built from the settings."""

import atexit
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificates
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from archive.engines import engine
from archive.stores import stores
from archive.timestamping import HttpPost
from muniment.engines.port import SearchEngine
from muniment.extract.runner import Extractor
from muniment.log.note import NoteSigner
from muniment.log.timestamps import Rfc3161Stamper, StampVerifier, TimeStamper
from muniment.seal.vault import Vault
from muniment.stores.copies import KeepsCopies
from muniment.stores.key_file import FileKeyProvider, read_key_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamping:
    """How checkpoints of the evidence log are time-stamped."""

    verifier: StampVerifier
    stamper: TimeStamper | None  # None: stamps that are there are checked, and no new ones are asked for
    every: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The ports of one archive, and where its state lies."""

    vault: Vault
    engine: SearchEngine
    data: Path
    signer: NoteSigner  # of the evidence log
    stamping: Stamping | None = None  # None: no authority is trusted
    copies: tuple[KeepsCopies, ...] = ()  # where else good bytes of sealed mail may lie


def keys_folder() -> Path:
    """Return the folder of the master key and the log's key."""
    return Path(settings.MUNIMENT_KEYS or settings.MUNIMENT_DATA / "keys")


@lru_cache(maxsize=1)
def archive() -> Archive:
    """Return the archive that the settings name; `archive.services.setup.prepare` has made it.

    Raises `KeyFileUnreadable` where a key is missing, and as `stores` does.
    """
    data = settings.MUNIMENT_DATA
    found = stores()
    return Archive(
        vault=Vault(
            segments=found.segments,
            keyrings=found.keyrings,
            keys=FileKeyProvider(read_key_file(keys_folder() / "master-key"), found.keyrings),
            retention_class=settings.MUNIMENT_RETENTION_CLASS,
            settling=timedelta(days=settings.MUNIMENT_SETTLING_DAYS),
            writer=found.writer,
            ahead=found.ahead,
        ),
        engine=engine(data),
        data=data,
        signer=NoteSigner(settings.MUNIMENT_LOG_NAME, seed=read_key_file(keys_folder() / "log-key")),
        stamping=_stamping(),
        copies=found.copies,
    )


def _stamping() -> Stamping | None:
    """Read who stamps times and whom we trust to; raise `ImproperlyConfigured` in a sentence."""
    url, path = settings.MUNIMENT_TSA_URL, settings.MUNIMENT_TSA_CERTIFICATES
    if not path:
        if url:
            raise ImproperlyConfigured("MUNIMENT_TSA_URL needs MUNIMENT_TSA_CERTIFICATES, a PEM file with its root.")
        return None
    try:
        verifier = StampVerifier(load_pem_x509_certificates(Path(path).read_bytes()))
        post = HttpPost(url) if url else None
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"MUNIMENT_TSA_CERTIFICATES is {path!r} and MUNIMENT_TSA_URL {url!r}: {error}"
        ) from error
    return Stamping(
        verifier=verifier,
        stamper=Rfc3161Stamper(post, verifier) if post else None,
        every=timedelta(minutes=settings.MUNIMENT_TSA_MINUTES),
    )


@lru_cache(maxsize=1)
def extractor() -> Extractor:
    """Return this process's pool of limited processes that draw text."""
    pool = Extractor()
    atexit.register(pool.close)
    return pool
