"""Slow down the guessing of passwords: after some failures an address waits, whoever asks for it from that place.

Counts live in the cache, which on one machine is a folder of files: they outlive a restart. A lost count only forgives.
"""

from hashlib import sha256

from django.core.cache import BaseCache

MAX_FAILURES = 8  # NIST SP 800-63B section 5.2.2 allows at most 100; people mistype three or four times
WAIT_SECONDS = 15 * 60


def is_blocked(cache: BaseCache, *, address: str, client: str) -> bool:
    """Return whether sign-in for `address` from `client` has to wait."""
    return cache.get(_key(address, client), 0) >= MAX_FAILURES


def note_failure(cache: BaseCache, *, address: str, client: str) -> None:
    """Count one wrong password; the wait begins anew with each."""
    key = _key(address, client)
    cache.set(key, cache.get(key, 0) + 1, timeout=WAIT_SECONDS)


def is_first_wait(cache: BaseCache, *, address: str, client: str) -> bool:
    """Return True once in `WAIT_SECONDS`: who goes on guessing while blocked fills no audit trail."""
    return cache.add("wait-" + _key(address, client), 1, timeout=WAIT_SECONDS)


def forget(cache: BaseCache, *, address: str, client: str) -> None:
    """Forget the failures after a right password."""
    cache.delete(_key(address, client))


def _key(address: str, client: str) -> str:
    """Return a key that keeps neither address nor client readable."""
    return "guess-" + sha256(f"{address.strip().lower()}\n{client}".encode()).hexdigest()
