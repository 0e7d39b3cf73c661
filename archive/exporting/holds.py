"""Which holds cover a message, as an export says it: by the references of the matters that its reader may know."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from archive.exporting.orders import Holds
from archive.models import HeldSighting, Message, Sighting
from archive.queries.holds import holds_of, standing_holds


def holds_in(matter_ids: Collection[UUID] | None, *, at: datetime) -> Holds:
    """Return what names the holds of these matters (None: of all) that stood at `at` and stand still.

    A bundle may leave the house: whoever asks for one names no matters but those that its asker may know.
    """
    rows = standing_holds().filter(placed_at__lte=at).select_related("matter")
    if matter_ids is not None:
        rows = rows.filter(matter__in=list(matter_ids))
    holds = list(rows)
    references = {hold.id: hold.matter.reference for hold in holds}
    all_covered = all(hold.covered_at is not None for hold in holds)

    def of(message: Message, /) -> tuple[str, ...]:
        if not references:
            return ()
        sightings = Sighting.objects.filter(message_id=message.id).values("id")
        if all_covered:  # one query: it is asked for each message of a bundle
            covers = HeldSighting.objects.filter(sighting_id__in=sightings, hold__in=references)
            found = set(covers.values_list("hold_id", flat=True))
        else:
            named = holds_of(sightings.values_list("id", flat=True))
            found = {hold.id for covering in named.values() for hold in covering} & references.keys()
        return tuple(sorted({references[identifier] for identifier in found}))

    return of
