"""The index behind the register's search: every three letters that follow each other in a searched text.

SQLite: an FTS5 table for each searchable one, kept by triggers and holding no text of its own. PostgreSQL: pg_trgm. It is made
after each migrate, as the ledger's triggers are: SQLite loses triggers without a word when a migration rebuilds their table.
Where a database cannot have it, search finds the same by reading everything, and `manage.py check` says so.

See docs/decisions/0010-trigram-index.md.
"""

from django.apps import apps
from django.db import Error, transaction

from crm.models import Searchable, forget_search_indexes, search_index_of

EXTENSION = "pg_trgm"
_EVENTS = ("insert", "update", "delete")


def install(connection):
    """Make whatever is missing; safe to repeat."""
    tables = missing(connection)
    if not tables:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite" and _has_trigrams(connection, cursor):
            for table in tables:
                _install_on_sqlite(cursor, table)
        elif connection.vendor == "postgresql" and _extension_is_made(connection, cursor):
            for table in tables:
                cursor.execute(f'CREATE INDEX IF NOT EXISTS "{search_index_of(table)}" ON "{table}" USING gin (search_text gin_trgm_ops)')
    forget_search_indexes(connection)


def missing(connection):
    """Return the tables that are searched without an index."""
    with connection.cursor() as cursor:
        tables = _tables(connection, cursor)
        if connection.vendor == "sqlite":
            return [table for table in tables if not _is_complete(cursor, table)]
        cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = ANY(current_schemas(false))")
        names = {name for (name,) in cursor.fetchall()}
    return [table for table in tables if search_index_of(table) not in names]


def _tables(connection, cursor):
    """The searched tables that are there with their column: half-way through the migrations, some are not."""
    there = set(connection.introspection.table_names(cursor))
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, Searchable)]
    return [table for table in tables if table in there and _has_column(connection, cursor, table)]


def _has_column(connection, cursor, table):
    return any(column.name == "search_text" for column in connection.introspection.get_table_description(cursor, table))


# SQLite


def _has_trigrams(connection, cursor):
    try:
        with transaction.atomic(using=connection.alias):
            cursor.execute("CREATE VIRTUAL TABLE temp.knutpunkt_trial USING fts5(text, tokenize='trigram')")
            cursor.execute("DROP TABLE temp.knutpunkt_trial")
    except Error:  # built without FTS5, or older than 3.34
        return False
    return True


def _install_on_sqlite(cursor, table):
    index = search_index_of(table)
    # detail=none: which texts hold three letters, and not where. Search looks at the text itself anyway.
    options = f"content='{table}', content_rowid='id', tokenize='trigram', detail='none', columnsize=0"
    cursor.execute(f'CREATE VIRTUAL TABLE IF NOT EXISTS "{index}" USING fts5(search_text, {options})')
    for event in _EVENTS:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{index}_{event}"')
        cursor.execute(_trigger(table, index, event))
    # A trigger was missing: what has changed meanwhile is not known.
    cursor.execute(f"""INSERT INTO "{index}" ("{index}") VALUES ('delete-all')""")
    cursor.execute(f'INSERT INTO "{index}" (rowid, search_text) SELECT id, {_text()} FROM "{table}"')


def _is_complete(cursor, table):
    index = search_index_of(table)
    names = [index, *(f"{index}_{event}" for event in _EVENTS)]
    cursor.execute(f"SELECT count(*) FROM sqlite_master WHERE name IN ({', '.join(['%s'] * len(names))})", names)
    return cursor.fetchone()[0] == len(names)


def _trigger(table, index, event):
    forget = f"""INSERT INTO "{index}" ("{index}", rowid, search_text) VALUES ('delete', OLD.id, {_text("OLD.")});"""
    learn = f'INSERT INTO "{index}" (rowid, search_text) VALUES (NEW.id, {_text("NEW.")});'
    when, steps = {
        "insert": ("AFTER INSERT", learn),
        "update": ("AFTER UPDATE OF search_text", forget + learn),
        "delete": ("AFTER DELETE", forget),
    }[event]
    condition = "WHEN OLD.search_text IS NOT NEW.search_text" if event == "update" else ""
    return f'CREATE TRIGGER "{index}_{event}" {when} ON "{table}" {condition} BEGIN {steps} END'


def _text(row=""):
    # The tokenizer stops at a zero.
    return f"replace({row}search_text, char(0), ' ')"


# PostgreSQL


def _extension_is_made(connection, cursor):
    """Make the extension if need be; False where the server lacks it or its role may not."""
    cursor.execute("SELECT installed_version FROM pg_available_extensions WHERE name = %s", [EXTENSION])
    found = cursor.fetchone()
    if found and found[0]:
        return True
    try:
        with transaction.atomic(using=connection.alias):
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
    except Error:
        return False
    return True
