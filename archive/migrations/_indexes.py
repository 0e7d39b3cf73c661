"""Indexes made and dropped while the service works: on PostgreSQL concurrently, so that nobody waits for a table.

A migration with these has `atomic = False`, and each of them may be repeated: one that was killed is run again, and
an index that was left half made is made anew.
"""

from django.db import migrations
from django.db.migrations.operations.base import Operation


def _while_working(schema_editor):
    return "CONCURRENTLY " if schema_editor.connection.vendor == "postgresql" else ""


def _drop(schema_editor, name):
    quoted = schema_editor.quote_name(name)
    schema_editor.execute(f"DROP INDEX {_while_working(schema_editor)}IF EXISTS {quoted}")


class AddIndexWhileWorking(migrations.AddIndex):
    """AddIndex that lets others read and write meanwhile."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _drop(schema_editor, self.index.name)
            options = {"concurrently": True} if _while_working(schema_editor) else {}
            schema_editor.add_index(model, self.index, **options)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        _drop(schema_editor, self.index.name)


class DropIndexesOfFields(Operation):
    """Drop the indexes that `db_index`, a foreign key or a primary key of text made for these fields, and no others.

    With `like_only` only PostgreSQL's second one, for LIKE. The state of the models is changed apart, by AlterField:
    that would, on SQLite, write the whole table anew without its triggers.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name, fields, *, like_only=False):
        self.model_name, self.fields, self.like_only = model_name, list(fields), like_only

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.model_name, self.fields], {"like_only": self.like_only})

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for statement in self._statements(app_label, schema_editor, from_state):
            _drop(schema_editor, str(statement.parts["name"]).strip('"'))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for statement in self._statements(app_label, schema_editor, to_state):
            schema_editor.execute(statement)

    def _statements(self, app_label, schema_editor, state):
        """Return what would make the indexes, as Django itself would: their names are in it."""
        model = state.apps.get_model(app_label, self.model_name)
        for name in self.fields:
            field = model._meta.get_field(name)
            if not self.like_only and not field.primary_key:
                yield schema_editor._create_index_sql(model, fields=[field])
            if schema_editor.connection.vendor == "postgresql":
                like = schema_editor._create_like_index_sql(model, field)
                if like is not None:
                    yield like

    def describe(self):
        return f"Drop indexes of {', '.join(self.fields)} on {self.model_name}"
