"""When the ledger's triggers are made: after each migrate. See crm/services/triggers.py."""

from django.core import checks
from django.db import connections

from crm.services import triggers


def introduce_connection(sender, connection, **kwargs):
    triggers.introduce(connection)


def remove_triggers(sender, using, plan=(), **kwargs):
    if plan:
        triggers.remove(connections[using])


def make_triggers(sender, using, **kwargs):
    triggers.install(connections[using])


def check_triggers(app_configs, databases=(), **kwargs):
    tables = [table for alias in databases or () for table in triggers.missing(connections[alias])]
    if not tables:
        return []
    # A warning: `migrate`, which makes them, runs the checks first.
    return [checks.Warning(f"Changes are not recorded in: {', '.join(tables)}.", hint="Run manage.py migrate.", id="crm.W001")]
