"""Database options that a URL cannot carry."""

SQLITE_OPTIONS = {
    # Readers go on while somebody writes; writers queue up for the lock at BEGIN instead of failing half-way with
    # "database is locked". WAL without IMMEDIATE makes that error more common, not less.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds a writer waits for its turn
}

# The planner's defaults are for disks that turn: it would rather read a whole table than look a thousand rows up by an index, which
# takes several times as long where the table is in memory or on an SSD. Compiling a query (jit) costs these short ones more than it saves.
POSTGRESQL_OPTIONS = {"options": "-c random_page_cost=1.1 -c jit=off"}


def with_options(database):
    """Return the settings of one database, completed with what its engine needs."""
    database = {**database, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {**SQLITE_OPTIONS, **database.get("OPTIONS", {})}
        database["CONN_HEALTH_CHECKS"] = False
    elif database["ENGINE"].endswith("postgresql"):
        database["OPTIONS"] = {**POSTGRESQL_OPTIONS, **database.get("OPTIONS", {})}
    return database
