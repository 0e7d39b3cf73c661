"""The history of a request only grows, whoever writes into the database; forgetting takes words out of it and no more."""

import pytest
from django.db import IntegrityError, connection, transaction

from gdpr.models import Request, RequestEvent
from gdpr.services import forgetting
from tests.flow.gdpr.desk import NOW, registered
from tests.flow.gdpr.test_forgetting import closed

TABLE = "gdpr_requestevent"
PAST_THE_GUARDS = (
    f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE}"
    if connection.vendor == "sqlite"
    else f"TRUNCATE {TABLE} CASCADE"
)


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def rows():
    return list(RequestEvent.objects.values())


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET act = 'closed'",
        f"UPDATE {TABLE} SET reason = ''",
        f"DELETE FROM {TABLE}",
        PAST_THE_GUARDS,
    ],
)
def test_no_statement_changes_or_removes_an_entry(dpo, statement):
    registered(dpo)
    before = rows()

    with pytest.raises(IntegrityError, match="append-only"):
        run(statement)

    assert rows() == before != []


def test_forgetting_takes_the_reasons_and_nothing_else(archive, dpo, approver):
    request = closed(archive, dpo, approver)
    before = rows()

    forgetting.forget_person(actor=dpo, request_id=request.id, reason="At their wish.", archive=archive, now=NOW)

    assert rows()[:-1] == [row | {"reason": ""} for row in before]
    assert any(row["reason"] for row in before)


@pytest.mark.parametrize("change", ["act = 'closed'", "reason = 'another'", "reason = '', act = 'closed'"])
def test_of_a_person_who_is_forgotten_an_entry_is_not_changed_otherwise(dpo, change):
    request = registered(dpo)
    Request.objects.filter(pk=request.pk).update(forgotten_at=NOW)

    with pytest.raises(IntegrityError, match="append-only"):
        run(f"UPDATE {TABLE} SET {change}")
