"""Store what was set on many located messages: one statement for all that are alike."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from gdpr.models import LocatedItem

_CHUNK: Final = 500


def save_alike(items: Iterable[LocatedItem], fields: Sequence[str]) -> None:
    """Write these fields of items; those with the same values go together. In the caller's transaction."""
    alike: dict[str, list[LocatedItem]] = defaultdict(list)
    for item in items:
        alike[json.dumps([getattr(item, name) for name in fields], default=str)].append(item)
    for group in alike.values():
        values = {name: getattr(group[0], name) for name in fields}
        for start in range(0, len(group), _CHUNK):
            keys = [item.pk for item in group[start : start + _CHUNK]]
            LocatedItem.objects.filter(pk__in=keys).update(**values)
