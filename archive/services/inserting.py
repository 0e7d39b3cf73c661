"""Insert many rows without making a model object of each: the same rows as `bulk_create` writes, for less CPU.

SQLite takes one statement, prepared once, that runs for each row. PostgreSQL takes the rows in one go: by COPY, which
knows nothing of conflicts, or as arrays where there may be some (docs/decisions/0027-postgresql-at-scale.md has what
was measured). Columns that are not named take their field's default.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import BinaryField, DateTimeField, Field, JSONField, Model, UUIDField

_CONVERTED: Final = (
    BinaryField,
    DateTimeField,
    JSONField,
    UUIDField,
)  # their values differ from one database to another
_Row = tuple[Any, ...]


def insert(
    model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]], *, ignore_conflicts: bool = False
) -> None:
    """Insert rows of the attributes `names` (`message_id`, not `message`); text and numbers must be of plain types.

    Raises `IntegrityError`, unless `ignore_conflicts` leaves out what a constraint refuses as there already.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django documents _meta
    named = [fields.pop(name) for name in names]
    others = [field for field in fields.values() if not field.primary_key]
    rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    converters = [_converter(field) for field in named]
    values = [
        (*(convert(value) if convert else value for convert, value in zip(converters, row, strict=True)), *rest)
        for row in rows
    ]
    if not values:
        return
    if connection.vendor != "postgresql":
        _one_by_one(model, [*named, *others], values, ignore_conflicts=ignore_conflicts)
    elif ignore_conflicts:
        _as_arrays(model, [*named, *others], values)
    else:
        _copy(model, [*named, *others], values)


def _converter(field: Field) -> Callable[[Any], Any] | None:
    target = _target(field)
    if not isinstance(target, _CONVERTED):
        return None
    return lambda value: target.get_db_prep_save(value, connection)


def _target(field: Field) -> Field:
    return field.target_field if field.is_relation else field


def _one_by_one(model: type[Model], fields: Sequence[Field], values: Sequence[_Row], *, ignore_conflicts: bool) -> None:
    places = ", ".join(["%s"] * len(fields))
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    statement = f"INSERT INTO {_table(model, fields)} VALUES ({places}){conflict}"  # noqa: S608 - names of the models only
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _copy(model: type[Model], fields: Sequence[Field], values: Sequence[_Row]) -> None:
    with (
        connection.wrap_database_errors,  # Django does so for statements, not for COPY
        connection.cursor() as cursor,
        cursor.copy(f"COPY {_table(model, fields)} FROM STDIN") as copied,
    ):
        for row in values:
            copied.write_row(row)


def _as_arrays(model: type[Model], fields: Sequence[Field], values: Sequence[_Row]) -> None:
    """Insert one array a column. A temporary table would hold mail in files of its own, and fill the catalogs."""
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    statement = f"INSERT INTO {_table(model, fields)} SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"  # noqa: S608 - names of the models only
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*values, strict=True)])


def _type(field: Field) -> str:
    """Return the type of a column without its length: a cast would cut what is too long, the column refuses it."""
    return _target(field).rel_db_type(connection).partition("(")[0]


def _table(model: type[Model], fields: Sequence[Field]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"  # noqa: SLF001
