"""What the policy is told of messages is what the catalogue and people say."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Matter
from archive.models import (
    CustodianEvent,
    HeldSighting,
    Hold,
    Message,
    Restriction,
    ReviewVerdict,
    Sighting,
    SightingLabel,
)
from archive.queries.facts import facts_of, policy_on
from archive.services import sweep
from muniment.policy.decide import Outcome
from muniment.policy.facts import Event, EventDate, Role
from tests.flow.archive.builders import mail, memory_archive, seal

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path):
    return memory_archive(tmp_path)


def placed(**fields):
    matter = Matter.objects.create(id=uuid4(), reference="2026-1", name="x", opened_at=timezone.now())
    return Hold.objects.create(id=uuid4(), matter=matter, name="h", placed_at=timezone.now(), **fields)


def one_message(archive, **fields):
    seal(archive, mail(), **fields)
    sweep.catalogue_missing(vault=archive.vault)
    return Message.objects.get()


def test_a_message_tells_who_when_and_where(archive):
    message = one_message(archive, custodian="Bob@corp.example", item="inbox/1.eml")

    (found,) = facts_of([message.id, uuid4()])

    assert found.id == message.id
    assert found.sent_on == date(2026, 2, 2)
    assert [(row.custodian, row.item, row.source) for row in found.sightings] == [
        ("bob@corp.example", "inbox/1.eml", "test")
    ]
    assert ("ann@corp.example", Role.FROM) in {(row.address, row.role) for row in found.participants}


def test_what_people_said_of_any_sighting_counts_for_the_message(archive):
    message = one_message(archive, custodian="bob@corp.example")
    seal(archive, mail(), custodian="ann@corp.example")
    sweep.catalogue_missing(vault=archive.vault)
    second = Sighting.objects.exclude(id=message.id).get().id
    request, now = uuid4(), timezone.now()
    hold = placed(kind="query", query="hello")
    SightingLabel.objects.create(sighting_id=second, label="tax", put_at=now)
    HeldSighting.objects.create(hold=hold, sighting_id=second, segment_id=uuid4(), since=now)
    Restriction.objects.create(sighting_id=message.id, request_id=request, placed_at=now)
    ReviewVerdict.objects.create(sighting_id=second, decided_on=date(2026, 5, 1), decided_at=now)
    CustodianEvent.objects.create(
        address="ann@corp.example", event="departure", on=date(2026, 4, 1), noted_at=datetime(2026, 4, 1, tzinfo=UTC)
    )

    (found,) = facts_of([message.id])

    assert found.labels == {"tax"}
    assert found.hold_queries == {str(hold.id)}
    assert found.restrictions == {str(request)}
    assert found.verdict.decided_on == date(2026, 5, 1)
    assert [row.events for row in found.sightings] == [
        (),
        (EventDate(event=Event.DEPARTURE, on=date(2026, 4, 1)),),
    ]


def test_a_standing_hold_decides_and_a_released_one_does_not(archive):
    message = one_message(archive)
    hold = placed(kind="custodians", addresses=["bob@corp.example"])
    (facts,) = facts_of([message.id])

    held = policy_on(date(2026, 11, 24)).decide(facts).outcome
    Hold.objects.filter(id=hold.id).update(released_at=timezone.now())
    free = policy_on(date(2026, 11, 24)).decide(facts).outcome

    assert (held, free) == (Outcome.HELD, Outcome.NO_RULE)
