"""Migrations go both ways, leave nothing behind, and the guards that they make stand."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import guards
from accounts.models import Action
from accounts.queries import audit as trail
from accounts.services import audit
from tests.flow.archive.holding import OPERATOR

pytestmark = pytest.mark.django_db
FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
TRIGGERS = "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
OURS = ("gdpr", "discovery", "archive", "accounts")


def names(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}


def test_migrations_go_back_to_nothing_and_forth_again():
    before = names(FUNCTIONS), names(TRIGGERS), set(connection.introspection.table_names())
    call_command("migrate", "gdpr", "0001", verbosity=0)
    call_command("migrate", "archive", "zero", verbosity=0)
    call_command("migrate", "accounts", "0002", verbosity=0)
    assert (names(FUNCTIONS), names(TRIGGERS)) == (set(), set())
    call_command("migrate", verbosity=0)
    assert before == (names(FUNCTIONS), names(TRIGGERS), set(connection.introspection.table_names()))


def test_large_indexes_are_made_and_dropped_while_others_work_and_again_where_that_was_cut_off():
    call_command("migrate", "archive", "0011", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX messages_of_a_domain ON archive_participant (domain)")

    with CaptureQueriesContext(connection) as sent:
        call_command("migrate", "archive", "0012", verbosity=0)

    changing = [one["sql"] for one in sent if one["sql"].startswith(("CREATE INDEX", "DROP INDEX"))]
    assert [one for one in changing if "CONCURRENTLY" not in one] == []
    assert sum(one.startswith("CREATE") for one in changing) == 7
    assert connection.introspection.get_constraints(connection.cursor(), "archive_participant")["messages_of_a_domain"][
        "columns"
    ] == ["domain", "message_id"]


def test_every_guard_that_verify_looks_for_stands():
    assert list(guards.missing()) == []
    assert names(TRIGGERS) >= trail.TRIGGERS["postgresql"]


def test_models_and_tables_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET action = 'x'",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry CASCADE",
        "INSERT INTO accounts_auditentry SELECT * FROM accounts_auditentry ON CONFLICT (number) DO UPDATE SET actor = 'x'",
    ],
)
def test_the_audit_trail_only_grows(statement):
    with transaction.atomic():
        audit.record(actor=OPERATOR, action=Action.VIEW)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert trail.verify_chain().whole


def test_a_guard_that_fires_for_replicas_only_is_told():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE REPLICA TRIGGER audit_entries_stay")
    assert ["audit_entries_stay" in fault["reason"] for fault in trail.verify_chain().broken] == [True]
