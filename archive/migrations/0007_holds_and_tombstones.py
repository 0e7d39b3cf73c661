"""Let the database itself keep what is on hold from being destroyed, and what is destroyed from being forgotten.

    a sighting has a tombstone or the cover of a hold that stands, never both, in whichever order they are written
    a cover stays as it is while its hold stands
    a hold stays; its terms never change; it is released once, and for good
    a tombstone stays; what it says was done stays done
    a version of a retention rule stays as it is

SQLite: BEFORE triggers, which also stop INSERT OR REPLACE, because they run before the conflict is resolved.
PostgreSQL: the same as functions, and none may TRUNCATE what has rows. There covers and tombstones may be written at the
same time, so the triggers take the lock of `archive.services.governing` (0x6D756E69): shared for a cover, alone for a
tombstone. A statement after the lock sees what its holders before committed (READ COMMITTED).

A migration that rebuilds one of these tables on SQLite has to make its triggers again; `verify` tells when one is missing.
"""

from django.db import migrations, models

from accounts.migrations._vendors import PerVendor

HELD = "the sighting is under a legal hold that stands"
GONE = "the sighting is destroyed: no hold can cover it any more"
COVER_STAYS = "what a hold covers stays as it is while the hold stands"
HOLD_STAYS = "a hold is never deleted or replaced"
TERMS_STAY = "the terms of a hold never change"
RELEASED_ONCE = "a hold is released once, and for good"
TOMBSTONE_STAYS = "a tombstone is never deleted, and what it says never changes"
RULE_STAYS = "a version of a retention rule never changes"

_TERMS = ("id", "matter_id", "name", "kind", "addresses", "query", "placed_by_id", "placed_at")
_TOMBSTONE = ("sighting_id", "segment_id", "message_id", "disposal_id", "destroyed_at")
_ONCE = ("shredded_at", "purged_at", "ciphertext_gone_at")

_IS_HELD = """EXISTS (SELECT 1 FROM archive_heldsighting AS cover JOIN archive_hold AS hold ON hold.id = cover.hold_id
        WHERE cover.sighting_id = NEW.sighting_id AND hold.released_at IS NULL)"""
# A tombstone whose key is gone already records what happened: a restored database may show a hold of before.
_IS_KEPT = f"NEW.shredded_at IS NULL AND {_IS_HELD}"
_IS_GONE = "EXISTS (SELECT 1 FROM archive_destroyedsighting AS gone WHERE gone.sighting_id = NEW.sighting_id)"
_STANDS = "EXISTS (SELECT 1 FROM archive_hold AS hold WHERE hold.id = OLD.hold_id AND hold.released_at IS NULL)"


def _differ(columns, operator):
    return " OR ".join(f"NEW.{column} {operator} OLD.{column}" for column in columns)


def _undone(columns, operator):
    return " OR ".join(f"(OLD.{column} IS NOT NULL AND NEW.{column} {operator} OLD.{column})" for column in columns)


def _guard(name, event, table, message, when=""):
    condition = f"WHEN {when} " if when else ""
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{message}'); END"


SQLITE = (
    _guard("held_mail_stays", "INSERT", "archive_destroyedsighting", HELD, _IS_KEPT),
    _guard("destroyed_mail_is_not_held", "INSERT", "archive_heldsighting", GONE, _IS_GONE),
    _guard("covers_stay", "DELETE", "archive_heldsighting", COVER_STAYS, _STANDS),
    _guard("covers_stay_unchanged", "UPDATE", "archive_heldsighting", COVER_STAYS, _STANDS),
    _guard(
        "covers_stay_in_place",
        "INSERT",
        "archive_heldsighting",
        COVER_STAYS,
        """EXISTS (SELECT 1 FROM archive_heldsighting AS cover JOIN archive_hold AS hold ON hold.id = cover.hold_id
        WHERE cover.id = NEW.id AND hold.released_at IS NULL)""",
    ),
    # A cover of a hold that was released may go; turned into the cover of another, it would pass the guards above.
    _guard("covers_stay_with_their_hold", "UPDATE OF hold_id, sighting_id", "archive_heldsighting", COVER_STAYS),
    _guard("holds_stay", "DELETE", "archive_hold", HOLD_STAYS),
    _guard(
        "holds_stay_in_place",
        "INSERT",
        "archive_hold",
        HOLD_STAYS,
        "EXISTS (SELECT 1 FROM archive_hold AS hold WHERE hold.id = NEW.id)",
    ),
    _guard("terms_of_holds_stay", "UPDATE", "archive_hold", TERMS_STAY, _differ(_TERMS, "IS NOT")),
    _guard("holds_are_released_once", "UPDATE", "archive_hold", RELEASED_ONCE, _undone(("released_at",), "IS NOT")),
    _guard("tombstones_stay", "DELETE", "archive_destroyedsighting", TOMBSTONE_STAYS),
    _guard(
        "tombstones_stay_unchanged",
        "UPDATE",
        "archive_destroyedsighting",
        TOMBSTONE_STAYS,
        f"{_differ(_TOMBSTONE, 'IS NOT')} OR {_undone(_ONCE, 'IS NOT')}",
    ),
    _guard("rule_versions_stay", "DELETE", "archive_ruleversion", RULE_STAYS),
    _guard("rule_versions_stay_unchanged", "UPDATE", "archive_ruleversion", RULE_STAYS),
    _guard(
        "rule_versions_stay_in_place",
        "INSERT",
        "archive_ruleversion",
        RULE_STAYS,
        """EXISTS (SELECT 1 FROM archive_ruleversion AS rule
        WHERE rule.id = NEW.id OR (rule.rule_id = NEW.rule_id AND rule.version = NEW.version))""",
    ),
)
SQLITE_BACK = tuple(f"DROP TRIGGER {statement.split()[2]}" for statement in SQLITE)


_LOCK = 0x6D756E69  # of archive.services.governing


def _function(name, body):
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\n    BEGIN\n{body}\n    END $$"


def _refuse(message):
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"


def _refuse_if(condition, message):
    return f"        IF {condition} THEN\n            {_refuse(message)}\n        END IF;"


def _stays(name, table, message):
    """A function for DELETE, and for TRUNCATE of a table that has rows."""
    return _function(
        name,
        f"""        IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM {table}) THEN
            RETURN NULL;
        END IF;
        {_refuse(message)}""",
    )


def _trigger(name, event, table, function, level="ROW"):
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()"


_PASS = "        RETURN NEW;"
POSTGRESQL_FUNCTIONS = (
    _function(
        "archive_held_mail_stays",
        f"        PERFORM pg_advisory_xact_lock({_LOCK});\n{_refuse_if(_IS_KEPT, HELD)}\n{_PASS}",
    ),
    _function(
        "archive_destroyed_is_not_held",
        f"        PERFORM pg_advisory_xact_lock_shared({_LOCK});\n{_refuse_if(_IS_GONE, GONE)}\n{_PASS}",
    ),
    _function("archive_cover_goes", f"{_refuse_if(_STANDS, COVER_STAYS)}\n        RETURN OLD;"),
    _function(
        "archive_cover_changes",
        f"{_refuse_if(_STANDS, COVER_STAYS)}\n"
        f"{_refuse_if(_differ(('hold_id', 'sighting_id'), 'IS DISTINCT FROM'), COVER_STAYS)}\n{_PASS}",
    ),
    _function(
        "archive_covers_stay_whole",
        f"""        IF NOT EXISTS (SELECT 1 FROM archive_heldsighting AS cover JOIN archive_hold AS hold
            ON hold.id = cover.hold_id WHERE hold.released_at IS NULL) THEN
            RETURN NULL;
        END IF;
        {_refuse(COVER_STAYS)}""",
    ),
    _stays("archive_hold_stays", "archive_hold", HOLD_STAYS),
    _function(
        "archive_hold_changes",
        f"{_refuse_if(_differ(_TERMS, 'IS DISTINCT FROM'), TERMS_STAY)}\n"
        f"{_refuse_if(_undone(('released_at',), 'IS DISTINCT FROM'), RELEASED_ONCE)}\n{_PASS}",
    ),
    _stays("archive_tombstone_stays", "archive_destroyedsighting", TOMBSTONE_STAYS),
    _function(
        "archive_tombstone_changes",
        f"{_refuse_if(_differ(_TOMBSTONE, 'IS DISTINCT FROM'), TOMBSTONE_STAYS)}\n"
        f"{_refuse_if(_undone(_ONCE, 'IS DISTINCT FROM'), TOMBSTONE_STAYS)}\n{_PASS}",
    ),
    _stays("archive_rule_stays", "archive_ruleversion", RULE_STAYS),
)
POSTGRESQL_TRIGGERS = (
    _trigger("held_mail_stays", "INSERT", "archive_destroyedsighting", "archive_held_mail_stays"),
    _trigger("destroyed_mail_is_not_held", "INSERT", "archive_heldsighting", "archive_destroyed_is_not_held"),
    _trigger("covers_stay", "DELETE", "archive_heldsighting", "archive_cover_goes"),
    _trigger("covers_stay_unchanged", "UPDATE", "archive_heldsighting", "archive_cover_changes"),
    _trigger("covers_stay_whole", "TRUNCATE", "archive_heldsighting", "archive_covers_stay_whole", "STATEMENT"),
    _trigger("holds_stay", "DELETE", "archive_hold", "archive_hold_stays"),
    _trigger("holds_stay_whole", "TRUNCATE", "archive_hold", "archive_hold_stays", "STATEMENT"),
    _trigger("terms_of_holds_stay", "UPDATE", "archive_hold", "archive_hold_changes"),
    _trigger("tombstones_stay", "DELETE", "archive_destroyedsighting", "archive_tombstone_stays"),
    _trigger("tombstones_stay_whole", "TRUNCATE", "archive_destroyedsighting", "archive_tombstone_stays", "STATEMENT"),
    _trigger("tombstones_stay_unchanged", "UPDATE", "archive_destroyedsighting", "archive_tombstone_changes"),
    _trigger("rule_versions_stay", "DELETE", "archive_ruleversion", "archive_rule_stays"),
    _trigger("rule_versions_stay_whole", "TRUNCATE", "archive_ruleversion", "archive_rule_stays", "STATEMENT"),
    _trigger("rule_versions_stay_unchanged", "UPDATE", "archive_ruleversion", "archive_rule_stays"),
)
POSTGRESQL = (*POSTGRESQL_FUNCTIONS, *POSTGRESQL_TRIGGERS)
POSTGRESQL_BACK = (
    *(f"DROP TRIGGER {words[2]} ON {words[words.index('ON') + 1]}" for words in map(str.split, POSTGRESQL_TRIGGERS)),
    *(f"DROP FUNCTION {statement.split()[2]}" for statement in POSTGRESQL_FUNCTIONS),
)


class Migration(migrations.Migration):
    dependencies = [("archive", "0006_tombstone_marks")]

    operations = [
        migrations.AddField(model_name="hold", name="too_late_for", field=models.JSONField(default=list)),
        PerVendor("sqlite", SQLITE, SQLITE_BACK),
        PerVendor("postgresql", POSTGRESQL, POSTGRESQL_BACK),
    ]
