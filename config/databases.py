"""Database options that a URL cannot carry."""

SQLITE_OPTIONS = {
    # Readers go on while somebody writes; writers queue up for the lock at BEGIN instead of failing half-way with
    # "database is locked". WAL without IMMEDIATE makes that error more common, not less.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds a writer waits for its turn
}


def with_options(database):
    """Return the settings of one database, completed with what its engine needs."""
    database = {**database, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {**SQLITE_OPTIONS, **database.get("OPTIONS", {})}
        database["CONN_HEALTH_CHECKS"] = False
    return database
