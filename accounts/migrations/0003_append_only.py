"""Let the database itself keep the audit trail append-only, gapless and linked.

SQLite: BEFORE triggers, which also stop INSERT OR REPLACE, because they run before the conflict is resolved.
PostgreSQL: the same as functions, and none may TRUNCATE what has rows.
"""

from django.db import migrations

from accounts.migrations._vendors import PerVendor

SQLITE = (
    """CREATE TRIGGER audit_entries_follow_each_other BEFORE INSERT ON accounts_auditentry
    WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM accounts_auditentry)
      OR NEW.previous IS NOT COALESCE((SELECT hash FROM accounts_auditentry WHERE number = NEW.number - 1), NEW.previous)
    BEGIN SELECT RAISE(ABORT, 'an audit entry must follow the last one'); END""",
    """CREATE TRIGGER audit_entries_stay_unchanged BEFORE UPDATE ON accounts_auditentry
    BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
    """CREATE TRIGGER audit_entries_stay BEFORE DELETE ON accounts_auditentry
    BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END""",
)
SQLITE_BACK = (
    "DROP TRIGGER audit_entries_follow_each_other",
    "DROP TRIGGER audit_entries_stay_unchanged",
    "DROP TRIGGER audit_entries_stay",
)
POSTGRESQL = (
    """CREATE FUNCTION accounts_audit_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.number IS DISTINCT FROM (SELECT COALESCE(MAX(number), 0) + 1 FROM accounts_auditentry)
           OR (NEW.number > 1 AND NEW.previous IS DISTINCT FROM
               (SELECT hash FROM accounts_auditentry WHERE number = NEW.number - 1)) THEN
            RAISE EXCEPTION 'an audit entry must follow the last one' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE FUNCTION accounts_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM accounts_auditentry) THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'audit entries are append-only' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    """CREATE TRIGGER audit_entries_follow_each_other BEFORE INSERT ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_follows()""",
    """CREATE TRIGGER audit_entries_stay_unchanged BEFORE UPDATE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_stays()""",
    """CREATE TRIGGER audit_entries_stay BEFORE DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_stays()""",
    """CREATE TRIGGER audit_entries_stay_whole BEFORE TRUNCATE ON accounts_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_stays()""",
)
POSTGRESQL_BACK = (
    "DROP TRIGGER audit_entries_follow_each_other ON accounts_auditentry",
    "DROP TRIGGER audit_entries_stay_unchanged ON accounts_auditentry",
    "DROP TRIGGER audit_entries_stay ON accounts_auditentry",
    "DROP TRIGGER audit_entries_stay_whole ON accounts_auditentry",
    "DROP FUNCTION accounts_audit_follows()",
    "DROP FUNCTION accounts_audit_stays()",
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_audit_approvals")]

    operations = [
        PerVendor("sqlite", SQLITE, SQLITE_BACK),
        PerVendor("postgresql", POSTGRESQL, POSTGRESQL_BACK),
    ]
