"""Note what happened outside the mail and starts a term: a departure, the end of a contract. The latest day counts."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Action, TextKind
from accounts.services import audit
from archive.models import CustodianEvent
from archive.queries.messages import NotFound
from archive.queries.reach import reaches_address
from archive.services.governing import beside_governing
from archive.services.permitted import Actor, person, require_retention
from muniment.errors import Refused
from muniment.policy.facts import Event


def note(*, actor: Actor, address: str, event: Event, on: date, now: datetime | None = None) -> CustodianEvent:
    """Note that `event` takes place for the custodian of that address on a day, past or to come.

    Raises `Refused` for an address that is none, or whose mail is not in the actor's scope.
    """
    require_retention(actor)
    text = address.strip().lower()
    try:
        validate_email(text)
    except ValidationError as error:
        raise Refused(_("Write an address, such as name@example.com.")) from error
    if not reaches_address(actor, text):
        raise Refused(_("Mail of this address is not in your scope: ask for a grant first."))
    with transaction.atomic():
        beside_governing()
        row = CustodianEvent.objects.create(
            address=text, event=event.value, on=on, noted_by=person(actor), noted_at=now or timezone.now()
        )
        _record(actor, row.pk, row, noted=True, now=now)
    return row


def withdraw(*, actor: Actor, event_id: int, now: datetime | None = None) -> None:
    """Take back an event that was noted by mistake; the audit trail keeps both. Raises `NotFound`."""
    require_retention(actor)
    with transaction.atomic():
        beside_governing()
        row = CustodianEvent.objects.select_for_update().filter(pk=event_id).first()
        if row is None or not reaches_address(actor, row.address):
            raise NotFound
        row.delete()
        _record(actor, event_id, row, noted=False, now=now)


def _record(actor: Actor, event_id: int, row: CustodianEvent, *, noted: bool, now: datetime | None) -> None:
    audit.record(
        actor=actor,
        action=Action.EVENT_NOTED,
        objects=[f"custodian-event:{event_id}"],
        details={"event": row.event, "on": row.on.isoformat(), "noted": noted},
        texts={TextKind.ADDRESS: row.address},
        now=now,
    )
