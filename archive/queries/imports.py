"""What an importer asks the catalogue."""

from collections.abc import Iterable

from archive.models import DestroyedSighting, Sighting
from muniment.seal import ledger
from muniment.seal.keys import KeyProvider

_CHUNK = 500


def known_import_keys(keys: Iterable[str]) -> set[str]:
    """Return those of `keys` whose item is already in the archive."""
    wanted = sorted(set(keys))
    known: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        known.update(
            Sighting.objects.filter(import_key__in=wanted[start : start + _CHUNK]).values_list("import_key", flat=True)
        )
    return known


def erased_import_keys(keys: Iterable[str], provider: KeyProvider) -> set[str]:
    """Return those of `keys` whose item was archived and then destroyed: it must not come back by the same import."""
    made_with = {ledger.kek_of(bytes.fromhex(mark)) for mark in _one_mark_of_each()}
    mark_of = {ledger.import_mark(provider, kek_id, key).hex(): key for key in set(keys) for kek_id in made_with if key}
    marks = sorted(mark_of)
    erased: set[str] = set()
    for start in range(0, len(marks), _CHUNK):
        known = DestroyedSighting.objects.filter(import_mark__in=marks[start : start + _CHUNK])
        erased.update(mark_of[mark] for mark in known.values_list("import_mark", flat=True))
    return erased


def _one_mark_of_each() -> list[str]:
    """Return one mark of each key-encryption key: marks begin with its id, so the index jumps from one to the next."""
    found: list[str] = []
    after = ""
    while (
        mark := DestroyedSighting.objects.filter(import_mark__gt=after)
        .order_by("import_mark")
        .values_list("import_mark", flat=True)
        .first()
    ):
        found.append(mark)
        after = mark[:32] + "g"  # after every mark of this key: marks are hexadecimal
    return found
