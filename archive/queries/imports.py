"""What an importer asks the catalogue."""

from collections.abc import Iterable

from archive.models import Sighting

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
