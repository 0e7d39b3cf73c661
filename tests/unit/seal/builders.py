"""Sightings and vaults for the tests of the seal, deterministic where asked."""

import random
from datetime import UTC, datetime

from muniment.ids import SightingId, UuidSequence
from muniment.seal.sighting import Envelope, Recipient, Sighting
from muniment.seal.vault import Vault
from muniment.stores.key_file import FileKeyProvider
from muniment.stores.memory import MemoryStore

NOW = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
MASTER_KEY = bytes(range(32))
IDS = UuidSequence()


def sighting(raw=b"Subject: x\r\n\r\nbody\r\n", **fields):
    return Sighting(**{"id": SightingId(IDS.next()), "source": "test", "captured_at": NOW, "raw": raw} | fields)


def envelope(**fields):
    return Envelope(
        **{
            "mail_from": b"ann@corp.example",
            "mail_parameters": (b"SIZE=100", b"BODY=8BITMIME"),
            "recipients": (Recipient(address=b"bob@corp.example", parameters=(b"NOTIFY=NEVER",)),),
            "protocol": "ESMTPS",
            "helo": b"mx.corp.example",
            "client_address": "192.0.2.1",
            "client_port": 41234,
            "tls": "TLSv1.3 TLS_AES_256_GCM_SHA384",
            "authenticated_as": "journal",
        }
        | fields
    )


def memory_vault(*, seed=None):
    """Return a vault in memory; with a seed, the same bytes each time."""
    chooser = random.Random(seed)
    random_bytes = chooser.randbytes
    keyrings = MemoryStore()
    ids = UuidSequence(now_ms=lambda: int(NOW.timestamp() * 1000), random_bytes=random_bytes)
    keys = FileKeyProvider(MASTER_KEY, keyrings, random_bytes=random_bytes, now=lambda: NOW, ids=ids)
    return Vault(
        segments=MemoryStore(), keyrings=keyrings, keys=keys, now=lambda: NOW, random_bytes=random_bytes, ids=ids
    )
