"""The one place where the archive's ports are built from the settings."""

import atexit
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from muniment.engines.port import SearchEngine
from muniment.engines.tantivy import TantivyEngine
from muniment.extract.runner import Extractor
from muniment.log.note import NoteSigner
from muniment.seal.vault import Vault
from muniment.stores.filesystem import FilesystemStore, Together
from muniment.stores.key_file import FileKeyProvider, read_key_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The ports of one archive, and where its state lies."""

    vault: Vault
    engine: SearchEngine
    data: Path
    signer: NoteSigner  # of the evidence log


@lru_cache(maxsize=1)
def archive() -> Archive:
    """Return the archive that the settings name; `archive.services.setup.prepare` has made it.

    Raises `KeyFileUnreadable` where a key is missing.
    """
    data = settings.MUNIMENT_DATA
    keyrings, segments = FilesystemStore(data / "keyrings"), FilesystemStore(data / "vault")
    return Archive(
        vault=Vault(
            segments=segments,
            keyrings=keyrings,
            keys=FileKeyProvider(read_key_file(data / "keys" / "master-key"), keyrings),
            retention_class=settings.MUNIMENT_RETENTION_CLASS,
            settling=timedelta(days=settings.MUNIMENT_SETTLING_DAYS),
            writer=Together(keyrings, segments),
        ),
        engine=TantivyEngine(data / "index"),
        data=data,
        signer=NoteSigner(settings.MUNIMENT_LOG_NAME, seed=read_key_file(data / "keys" / "log-key")),
    )


@lru_cache(maxsize=1)
def extractor() -> Extractor:
    """Return this process's pool of limited processes that draw text."""
    pool = Extractor()
    atexit.register(pool.close)
    return pool
