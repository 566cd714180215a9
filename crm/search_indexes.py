"""When the search's index is made: after each migrate. See crm/services/search_index.py."""

from django.core import checks
from django.db import connections

from crm.services import search_index

HINTS = {
    "sqlite": "Run manage.py migrate. If it stays: the SQLite of this Python is older than 3.34 or built without FTS5.",
    "postgresql": "Let an administrator run “CREATE EXTENSION pg_trgm” in this database, then run manage.py migrate.",
}


def make_indexes(sender, using, **kwargs):
    search_index.install(connections[using])


def check_indexes(app_configs, databases=(), **kwargs):
    return [warning for alias in databases or () for warning in _warnings(connections[alias])]


def _warnings(connection):
    tables = search_index.missing(connection)
    if not tables:
        return []
    message = f"Without an index, which makes search slow in a large register: {', '.join(tables)}."
    return [checks.Warning(message, hint=HINTS[connection.vendor], id="crm.W002")]
