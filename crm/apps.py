from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = _("Register")

    def ready(self):
        from crm import (
            resources,  # noqa: F401 -- offers the register's spreadsheets for import
            signals,  # noqa: F401 -- connects the receivers
        )
        from crm.ledger_triggers import check_triggers, introduce_connection, make_triggers, remove_triggers
        from crm.search_indexes import check_indexes, make_indexes
        from crm.services import hanging, hanging_places, hanging_seat_requests  # noqa: F401 -- tell what hangs on a role

        connection_created.connect(introduce_connection)
        pre_migrate.connect(remove_triggers, sender=self)
        post_migrate.connect(make_triggers, sender=self)
        post_migrate.connect(make_indexes, sender=self)
        checks.register(check_triggers, checks.Tags.database)
        checks.register(check_indexes, checks.Tags.database)
