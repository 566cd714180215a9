"""The triggers that write the ledger: one for each recorded table and each way of changing a row.

In the database and not in Python, because only there nothing passes them by: `save()`, bulk writes, `INSERT … SELECT`, SQL
typed by hand. They refuse a change for which no change set is open. Which one is open, SQLite asks of Python
(`knutpunkt_change_set()`, known on each of our connections) and PostgreSQL of a setting of the transaction.

Migrations change tables under them (SQLite rebuilds a table and loses its triggers without a word), so they are dropped before
and made anew after: a migration is nobody's change.
"""

from functools import partial

from crm.models import Change
from crm.recording import OWNERS, current_change_set, recordings

PREFIX = "ledger_"
REFUSAL = "The register is changed outside any change set (crm.services.ledger.change_set)."
FUNCTION = "knutpunkt_change_set"
SETTING = "knutpunkt.change_set"
_TARGET = ", ".join(["change_set_id", "model", "object_id", "action", "before", "after", *(f"{owner}_id" for owner in OWNERS)])
_EVENTS = {"insert": Change.Action.CREATED, "update": Change.Action.CHANGED, "delete": Change.Action.DELETED}


def install(connection):
    """Make the triggers of every recorded table that is there as its model says; safe to repeat."""
    remove(connection)
    statements = _sqlite if connection.vendor == "sqlite" else _postgresql
    with connection.cursor() as cursor:
        for recording in _ready(connection, cursor):
            for event in _EVENTS:
                for statement in statements(recording, event):
                    cursor.execute(statement)


def remove(connection):
    with connection.cursor() as cursor:
        for name, table in _installed(connection, cursor):
            cursor.execute(f'DROP TRIGGER "{name}"' + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def missing(connection):
    """Return the tables of which a trigger is not there."""
    with connection.cursor() as cursor:
        names = {name for name, _table in _installed(connection, cursor)}
        tables = [recording.model._meta.db_table for recording in _ready(connection, cursor)]
    return [table for table in tables if any(_name(table, event) not in names for event in _EVENTS)]


def introduce(connection):
    """Teach a new SQLite connection the function that its triggers ask."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 0, _number_of_current)


def _number_of_current():
    opened = current_change_set.get()
    return None if opened is None else opened.pk


def _installed(connection, cursor):
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 7) = %s", [PREFIX])
    else:
        cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND left(tgname, 7) = %s", [PREFIX])
    return cursor.fetchall()


def _ready(connection, cursor):
    """Yield the recordings whose table has all its columns: half-way through the migrations, some have not."""
    tables = set(connection.introspection.table_names(cursor))
    if Change._meta.db_table not in tables:
        return
    for recording in recordings().values():
        table = recording.model._meta.db_table
        if table in tables:
            found = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            if found >= {field.column for field in recording.fields}:
                yield recording


def _name(table, event):
    return f"{PREFIX}{table}_{event}"


def _exact(field, expression):
    # As text: JSON's numbers would take decimals for binary fractions.
    return f"CAST({expression} AS TEXT)" if field.get_internal_type() == "DecimalField" else expression


def _owners(recording, row):
    return [f'{row}."{recording.owners[owner]}"' if owner in recording.owners else "NULL" for owner in OWNERS]


def _row_object(recording, row, function):
    pairs = ", ".join(f"'{field.column}', " + _exact(field, f'{row}."{field.column}"') for field in recording.fields)
    return f"{function}({pairs})"


def _insertion(recording, event, *, current, row, before, after, source=""):
    values = [current, f"'{recording.label}'", f'{row}."id"', f"'{_EVENTS[event].value}'", before, after, *_owners(recording, row)]
    return f'INSERT INTO "{Change._meta.db_table}" ({_TARGET}) SELECT {", ".join(values)} {source}'


# SQLite: for each row


def _sqlite(recording, event):
    table = recording.model._meta.db_table
    row = "OLD" if event == "delete" else "NEW"
    differs = " OR ".join(f'OLD."{field.column}" IS NOT NEW."{field.column}"' for field in recording.fields)
    whole = partial(_row_object, recording, function="json_object")
    before, after = {
        "insert": ("NULL", whole("NEW")),
        "update": (_sqlite_changed(recording, "OLD"), _sqlite_changed(recording, "NEW")),
        "delete": (whole("OLD"), "NULL"),
    }[event]
    columns = ", ".join(f'"{field.column}"' for field in recording.fields)
    yield f"""
        CREATE TRIGGER "{_name(table, event)}" AFTER {f"UPDATE OF {columns}" if event == "update" else event.upper()} ON "{table}"
        WHEN {FUNCTION}() IS NOT 0{f" AND ({differs})" if event == "update" else ""}
        BEGIN
            SELECT RAISE(ABORT, '{REFUSAL}') WHERE {FUNCTION}() IS NULL;
            {_insertion(recording, event, current=f"{FUNCTION}()", row=row, before=before, after=after)};
        END
    """


def _sqlite_changed(recording, row):
    """The changed columns of a row as JSON, put together as text: json_object() can leave none out."""
    parts = " || ".join(
        f"""CASE WHEN OLD."{field.column}" IS NOT NEW."{field.column}" THEN ',"{field.column}":' || """
        f"""json_quote({_exact(field, f'{row}."{field.column}"')}) ELSE '' END"""
        for field in recording.fields
    )
    return f"'{{' || substr({parts}, 2) || '}}'"


# PostgreSQL: once for each statement, with the tables of rows before and after it


def _postgresql(recording, event):
    table = recording.model._meta.db_table
    name = _name(table, event)
    row = "o" if event == "delete" else "n"
    differs = " OR ".join(f'o."{field.column}" IS DISTINCT FROM n."{field.column}"' for field in recording.fields)
    whole = partial(_row_object, recording, function="jsonb_build_object")
    before, after, source = {
        "insert": ("NULL", whole("n"), "FROM new_rows n"),
        "update": (
            _postgresql_changed(recording, "o"),
            _postgresql_changed(recording, "n"),
            f"FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE {differs}",
        ),
        "delete": (whole("o"), "NULL", "FROM old_rows o"),
    }[event]
    insertion = _insertion(recording, event, current="opened", row=row, before=before, after=after, source=source)
    tables = {"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows"}
    yield f"""
        CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE opened bigint := NULLIF(current_setting('{SETTING}', true), '')::bigint;
        BEGIN
            IF opened = 0 THEN
                RETURN NULL;
            END IF;
            IF opened IS NULL THEN
                IF EXISTS (SELECT 1 {source}) THEN
                    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{REFUSAL}';
                END IF;
                RETURN NULL;
            END IF;
            {insertion};
            RETURN NULL;
        END $$
    """
    yield f"""
        CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{table}"
        REFERENCING {tables.get(event, "OLD TABLE AS old_rows NEW TABLE AS new_rows")}
        FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()
    """


def _postgresql_changed(recording, row):
    parts = ", ".join(
        f"""CASE WHEN o."{field.column}" IS DISTINCT FROM n."{field.column}" THEN '"{field.column}":' || """
        f"""coalesce(to_json({_exact(field, f'{row}."{field.column}"')})::text, 'null') END"""
        for field in recording.fields
    )
    return f"('{{' || concat_ws(',', {parts}) || '}}')::jsonb"
