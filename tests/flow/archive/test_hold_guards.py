"""The database itself keeps holds, covers, tombstones and versions of rules, whoever asks it to change them."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from archive.models import DestroyedSighting, HeldSighting, Hold, HoldKind, RuleVersion
from tests.flow.archive.holding import NOW, bury, matter

pytestmark = pytest.mark.django_db
HELD, FREE = UUID(int=11), UUID(int=12)
SEGMENT = UUID(int=21)
HOLD = UUID(int=31)
OTHER = UUID(int=255).hex
SQLITE = connection.vendor == "sqlite"


def replacing(table):
    """Return a statement that gets past guards of UPDATE and DELETE, where there is no guard of its own."""
    return [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if SQLITE else f"TRUNCATE {table} CASCADE"]


@pytest.fixture
def hold():
    made = Hold.objects.create(
        id=HOLD, matter=matter(), name="n", kind=HoldKind.CUSTODIANS, addresses=["ann@corp.example"], placed_at=NOW
    )
    HeldSighting.objects.create(hold=made, sighting_id=HELD, segment_id=SEGMENT, since=NOW)
    return made


def let_go(hold):
    Hold.objects.filter(id=hold.id).update(released_at=NOW + timedelta(days=1))


def run(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(match):
    return pytest.raises(IntegrityError, match=match)


def test_held_mail_gets_no_tombstone(hold):
    with refused("under a legal hold"), transaction.atomic():
        bury(HELD)
    assert not DestroyedSighting.objects.exists()


def test_no_way_of_writing_gets_a_tombstone_past_a_hold(hold):
    tombstone = DestroyedSighting(
        sighting_id=HELD, segment_id=SEGMENT, message_id=HELD, disposal_id=UUID(int=2), destroyed_at=NOW
    )
    for options in ({}, {"ignore_conflicts": True}):
        with refused("under a legal hold"), transaction.atomic():
            DestroyedSighting.objects.bulk_create([tombstone], **options)
    columns = "archive_destroyedsighting (sighting_id, segment_id, message_id, disposal_id, destroyed_at)"
    values = "VALUES (%s, %s, %s, %s, '2026-06-01')"
    for verb in ("INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE") if SQLITE else ("INSERT",):
        with refused("under a legal hold"):
            run(f"{verb} INTO {columns} {values}", HELD.hex, OTHER, OTHER, OTHER)
    bury(FREE)
    with refused("tombstone"):
        run("UPDATE archive_destroyedsighting SET sighting_id = %s", HELD.hex)


def test_mail_is_destroyed_once_every_hold_on_it_is_released(hold):
    let_go(hold)
    bury(HELD)
    assert DestroyedSighting.objects.get().sighting_id == HELD


def test_what_has_a_tombstone_cannot_be_held(hold):
    bury(FREE)
    with refused("is destroyed"), transaction.atomic():
        HeldSighting.objects.create(hold=hold, sighting_id=FREE, segment_id=SEGMENT, since=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM archive_heldsighting",
        f"UPDATE archive_heldsighting SET sighting_id = '{OTHER}'",
        f"UPDATE archive_heldsighting SET segment_id = '{OTHER}'",
        *replacing("archive_heldsighting"),
    ],
)
def test_a_cover_stays_while_its_hold_stands(hold, statement):
    with refused("covers stays"):
        run(statement)
    assert HeldSighting.objects.get().sighting_id == HELD


def test_a_cover_goes_after_the_release_and_is_never_given_to_another_hold(hold):
    let_go(hold)
    with refused("covers stays"):
        run("UPDATE archive_heldsighting SET hold_id = %s", OTHER)
    HeldSighting.objects.all().delete()
    assert not HeldSighting.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": HoldKind.QUERY},
        {"addresses": []},
        {"query": "x"},
        {"name": "other"},
        {"placed_at": NOW - timedelta(days=1)},
        {"id": UUID(int=99)},
    ],
)
def test_the_terms_of_a_hold_never_change(hold, change):
    with refused("terms of a hold"), transaction.atomic():
        Hold.objects.filter(id=HOLD).update(**change)


def test_a_hold_stays_in_its_matter(hold):
    other = matter(reference="M-2")
    with refused("terms of a hold"), transaction.atomic():
        Hold.objects.filter(id=HOLD).update(matter=other)


def test_a_hold_is_not_deleted_or_replaced_not_even_after_its_release(hold):
    let_go(hold)
    HeldSighting.objects.all().delete()
    for statement in ("DELETE FROM archive_hold", *replacing("archive_hold")):
        with refused("never deleted or replaced"):
            run(statement)


def test_a_hold_is_released_once_and_for_good(hold):
    let_go(hold)
    for moment in (None, NOW + timedelta(days=2)):
        with refused("released once"), transaction.atomic():
            Hold.objects.filter(id=HOLD).update(released_at=moment)


def test_a_tombstone_stays(hold):
    bury(FREE)
    for act in (
        lambda: DestroyedSighting.objects.all().delete(),
        lambda: DestroyedSighting.objects.update(destroyed_at=NOW - timedelta(days=1)),
        lambda: DestroyedSighting.objects.update(disposal_id=UUID(int=7)),
    ):
        with refused("tombstone"), transaction.atomic():
            act()


@pytest.mark.parametrize("step", ["shredded_at", "purged_at", "ciphertext_gone_at"])
def test_what_a_tombstone_says_was_done_stays_done(hold, step):
    bury(FREE)
    DestroyedSighting.objects.update(**{step: NOW})
    for moment in (None, NOW + timedelta(days=1)):
        with refused("tombstone"), transaction.atomic():
            DestroyedSighting.objects.update(**{step: moment})
    assert getattr(DestroyedSighting.objects.get(), step) == NOW


def test_a_version_of_a_rule_never_changes():
    day = date(2026, 1, 1)
    RuleVersion.objects.create(
        id=UUID(int=1), rule_id="r", version=1, body="{}", digest="d", valid_from=day, made_at=NOW
    )
    for act in (
        lambda: RuleVersion.objects.update(body="[]"),
        lambda: RuleVersion.objects.all().delete(),
        *(lambda statement=statement: run(statement) for statement in replacing("archive_ruleversion")),
    ):
        with refused("version of a retention rule"), transaction.atomic():
            act()
