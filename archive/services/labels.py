"""Put labels on messages and take them off: what a message is about, which rules speak of.

A label hangs on the smallest sighting of the message and counts for all of them; it outlives a rebuild.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, TextKind
from accounts.services import audit
from archive.models import Sighting, SightingLabel
from archive.queries.messages import NotFound
from archive.queries.reach import within_reach
from archive.services import evaluation
from archive.services.governing import beside_governing
from archive.services.permitted import Actor, person, require_retention
from muniment.errors import Refused

MAX_BATCH: Final = 10_000  # messages in one act
MAX_LABEL_CHARS: Final = 60
_LABEL: Final = re.compile(r"[^\W_][\w .-]*")
_CHUNK: Final = 500
_NAMED: Final = 20  # messages that the audit entry names; the rest it counts


def clean(label: str) -> str:
    """Return a label as it is stored: lower case, single spaces. Raises `Refused`."""
    text = " ".join(label.lower().split())
    if len(text) > MAX_LABEL_CHARS or not _LABEL.fullmatch(text):
        raise Refused(
            _("A label begins with a letter or digit and has at most %(most)d letters, digits, spaces, . or -")
            % {"most": MAX_LABEL_CHARS}
        )
    return text


def put(*, actor: Actor, message_ids: Iterable[UUID], label: str, now: datetime | None = None) -> int:
    """Put a label on messages; return on how many. Raises `NotFound` when none is there for the actor, `Refused`."""
    at = now or timezone.now()
    with transaction.atomic():
        text, found = _checked(actor, message_ids, label)
        rows = [SightingLabel(sighting_id=one, label=text, put_by=person(actor), put_at=at) for one in found]
        SightingLabel.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_CHUNK)
        _record(actor, text, found, put=True, at=at)
    evaluation.refresh(found, now=now)
    return len(found)


def take_off(*, actor: Actor, message_ids: Iterable[UUID], label: str, now: datetime | None = None) -> int:
    """Take a label off messages, whichever of their sightings it hangs on; as `put`."""
    at = now or timezone.now()
    with transaction.atomic():
        text, found = _checked(actor, message_ids, label)
        for start in range(0, len(found), _CHUNK):
            sightings = Sighting.objects.filter(message_id__in=found[start : start + _CHUNK]).values("id")
            SightingLabel.objects.filter(label=text, sighting_id__in=sightings).delete()
        _record(actor, text, found, put=False, at=at)
    evaluation.refresh(found, now=now)
    return len(found)


def _checked(actor: Actor, message_ids: Iterable[UUID], label: str) -> tuple[str, list[UUID]]:
    """Return the label and the messages; none of them is destroyed until the transaction ends."""
    require_retention(actor)
    beside_governing()
    wanted = list(dict.fromkeys(message_ids))
    if len(wanted) > MAX_BATCH:
        raise Refused(
            _("At most %(most)d messages at once: narrow the choice, or go on in parts.") % {"most": MAX_BATCH}
        )
    text = clean(label)
    found = within_reach(actor, wanted)
    if not found:
        raise NotFound
    return text, found


def _record(actor: Actor, label: str, found: list[UUID], *, put: bool, at: datetime) -> None:
    audit.record(
        actor=actor,
        action=Action.LABEL_CHANGED,
        objects=[f"message:{one}" for one in found[:_NAMED]],
        details={"put": put, "messages": len(found)},
        texts={TextKind.REASON: label},  # somebody typed it
        now=at,
    )
