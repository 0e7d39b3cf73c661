"""Let the database itself keep the history of requests append-only.

An entry never changes, but for its reason once the person of its request is forgotten: then the words go, and what was
done stays (`gdpr.services.forgetting`).

SQLite: BEFORE triggers, which also stop INSERT OR REPLACE, because they run before the conflict is resolved.
PostgreSQL: the same as functions, and none may TRUNCATE what has rows.
A migration that rebuilds the table on SQLite has to make the triggers again.
"""

from django.db import migrations

from accounts.migrations._vendors import PerVendor

STAYS = "the history of a request is append-only"
_KEPT = ("id", "request_id", "at", "actor_id", "act", "from_state", "to_state")
_FORGOTTEN = "EXISTS (SELECT 1 FROM gdpr_request AS one WHERE one.id = OLD.request_id AND one.forgotten_at IS NOT NULL)"


def _allowed(same):
    """An UPDATE that does nothing but take the reason away, of a request whose person is forgotten."""
    kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in _KEPT)
    return f"(NEW.reason = '' AND {kept} AND {_FORGOTTEN})"


SQLITE = (
    f"""CREATE TRIGGER request_events_stay_in_place BEFORE INSERT ON gdpr_requestevent
    WHEN EXISTS (SELECT 1 FROM gdpr_requestevent AS one WHERE one.id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{STAYS}'); END""",
    f"""CREATE TRIGGER request_events_stay_unchanged BEFORE UPDATE ON gdpr_requestevent
    WHEN NOT {_allowed("IS")}
    BEGIN SELECT RAISE(ABORT, '{STAYS}'); END""",
    f"""CREATE TRIGGER request_events_stay BEFORE DELETE ON gdpr_requestevent
    BEGIN SELECT RAISE(ABORT, '{STAYS}'); END""",
)
SQLITE_BACK = (
    "DROP TRIGGER request_events_stay_in_place",
    "DROP TRIGGER request_events_stay_unchanged",
    "DROP TRIGGER request_events_stay",
)
POSTGRESQL = (
    f"""CREATE FUNCTION gdpr_request_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM gdpr_requestevent) THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    f"""CREATE FUNCTION gdpr_request_events_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT {_allowed("IS NOT DISTINCT FROM")} THEN
            RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER request_events_stay_unchanged BEFORE UPDATE ON gdpr_requestevent
    FOR EACH ROW EXECUTE FUNCTION gdpr_request_events_change()""",
    """CREATE TRIGGER request_events_stay BEFORE DELETE ON gdpr_requestevent
    FOR EACH ROW EXECUTE FUNCTION gdpr_request_events_stay()""",
    """CREATE TRIGGER request_events_stay_whole BEFORE TRUNCATE ON gdpr_requestevent
    FOR EACH STATEMENT EXECUTE FUNCTION gdpr_request_events_stay()""",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER request_events_stay_unchanged ON gdpr_requestevent",
    "DROP TRIGGER request_events_stay ON gdpr_requestevent",
    "DROP TRIGGER request_events_stay_whole ON gdpr_requestevent",
    "DROP FUNCTION gdpr_request_events_change()",
    "DROP FUNCTION gdpr_request_events_stay()",
)


class Migration(migrations.Migration):
    dependencies = [("gdpr", "0001_requests")]

    operations = [
        PerVendor("sqlite", SQLITE, SQLITE_BACK),
        PerVendor("postgresql", POSTGRESQL, POSTGRESQL_BACK),
    ]
