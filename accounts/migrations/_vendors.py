"""SQL that differs from one kind of database to another, for migrations of every app."""

from django.db import migrations


class PerVendor(migrations.RunSQL):
    """RunSQL on one kind of database only."""

    def __init__(self, vendor, sql, reverse_sql):
        self.vendor = vendor
        super().__init__(list(sql), list(reverse_sql))

    def deconstruct(self):
        return (self.__class__.__qualname__, [self.vendor, self.sql, self.reverse_sql], {})

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == self.vendor:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == self.vendor:
            super().database_backwards(app_label, schema_editor, from_state, to_state)
