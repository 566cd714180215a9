"""Many rows at once, past the ORM's one object a row: PostgreSQL's COPY, SQLite's executemany.

The ledger's triggers see all of it. What a model's `save()` makes (sort key, normal form) the caller brings along.
"""

import json

from django.db import connection
from django.db.models import BooleanField, DateTimeField, DecimalField
from django.db.models.expressions import RawSQL


def insert(model, attnames, rows):
    """Insert tuples of Python values; every column without a default of the database's is to be among `attnames`."""
    fields = [_field(model, name) for name in attnames]
    rows = list(_adapted(fields, rows))
    if not rows:
        return
    table, columns = _quoted(model._meta.db_table), ", ".join(_quoted(field.column) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(attnames))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def update(model, changes):
    """Write {pk: {attname: value}}, in one statement for each set of columns on PostgreSQL."""
    groups = {}
    for pk, values in changes.items():
        groups.setdefault(tuple(sorted(values)), []).append((pk, values))
    table = _quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        for attnames, group in groups.items():
            fields = [_field(model, name) for name in attnames]
            if connection.vendor == "postgresql":
                _update_from_arrays(cursor, table, fields, group)
            else:
                assignments = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
                values = _adapted(fields, ([values[name] for name in attnames] for _pk, values in group))
                rows = [(*row, pk) for row, (pk, _values) in zip(values, group, strict=True)]
                cursor.executemany(f'UPDATE {table} SET {assignments} WHERE "id" = %s', rows)


def _adapted(fields, rows):
    """Yield rows with the values of our own fields, times and decimals as Django writes them."""
    special = [(index, adapt) for index, field in enumerate(fields) if (adapt := _adapter(field))]
    if not special:
        yield from rows
        return
    for row in rows:
        row = list(row)
        for index, adapt in special:
            if row[index] is not None and not isinstance(row[index], str):
                row[index] = adapt(row[index])
        yield row


def _adapter(field):
    if type(field).__module__.partition(".")[0] not in ("django", "modelcluster"):
        return lambda value: field.get_db_prep_save(value, connection)
    if connection.vendor == "sqlite" and isinstance(field, DateTimeField | DecimalField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _update_from_arrays(cursor, table, fields, group):
    types = [field.rel_db_type(connection) if field.is_relation else field.db_type(connection).split("(")[0] for field in fields]
    assignments = ", ".join(f"{_quoted(field.column)} = given.c{number}" for number, field in enumerate(fields))
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{name}[]" for name in types)])
    names = ", ".join(["id", *(f"c{number}" for number in range(len(fields)))])
    rows = _adapted(fields, ([values[field.attname] for field in fields] for _pk, values in group))
    columns = [[pk for pk, _values in group], *map(list, zip(*rows, strict=True))]
    cursor.execute(f"UPDATE {table} SET {assignments} FROM unnest({arrays}) AS given({names}) WHERE {table}.id = given.id", columns)


def next_numbers(model, count):
    """Return primary keys that nobody else gets. On SQLite the caller holds the one write lock, as in any transaction here."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [_quoted(table), count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {_quoted(table)}")
        last = max(last, cursor.fetchone()[0])
        return list(range(last + 1, last + 1 + count))


def refresh_statistics(*models):
    """Tell PostgreSQL's planner how large these tables are by now, where one has doubled since it knew or has never been looked at.

    It finds out by itself a minute later at the soonest. Until then it takes a table that has just been filled for a small one, and
    reads all of it where a few rows are asked for.
    """
    if connection.vendor != "postgresql":
        return
    doubled = (
        "SELECT oid::regclass::text FROM pg_class WHERE oid = ANY(%s::regclass[]) "
        "AND (reltuples < 0 OR pg_relation_size(oid) > 2 * relpages * current_setting('block_size')::bigint)"
    )
    with connection.cursor() as cursor:
        cursor.execute(doubled, [[_quoted(model._meta.db_table) for model in models]])
        if tables := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"ANALYZE {', '.join(tables)}")


def among(values, kind="text"):
    """Return what `__in` takes for thousands of values: one parameter instead of thousands. `kind` is text or bigint."""
    if connection.vendor == "postgresql":
        return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(values)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(values))])


def one_of(model, attname, values):
    """Return a condition for `filter`: the column holds one of thousands of values, in one parameter instead of thousands.

    PostgreSQL goes by the index: it takes an array that a subquery gives for a few values. Of one that it sees it looks at every
    value beforehand, and may then prefer to read the whole table; of `IN (SELECT …)` it thinks the same.
    """
    field = _field(model, attname)
    column = f"{_quoted(model._meta.db_table)}.{_quoted(field.column)}"
    values = list(values)
    if connection.vendor == "postgresql":
        kind = field.db_type(connection).split("(")[0]
        return RawSQL(f"{column} = ANY((SELECT %s::{kind}[])::{kind}[])", [_array_literal(values)], output_field=BooleanField())
    return RawSQL(f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(values)], output_field=BooleanField())


def _array_literal(values):
    """Return values as PostgreSQL writes an array; the driver takes several times as long for a thousand texts."""
    escaped = (str(one).replace("\\", r"\\").replace('"', r"\"") for one in values)
    return "{" + ",".join(f'"{one}"' for one in escaped) + "}"


def _field(model, attname):
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _quoted(name):
    return connection.ops.quote_name(name)
