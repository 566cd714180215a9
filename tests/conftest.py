"""Safety nets under every test: no network, no trace outside the test's own folders, no error that nobody looked at."""

import gc
import json
import logging
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.management import call_command
from django.db import connections
from django.template import engines
from django.test import override_settings
from xdist.scheduler import LoadScopeScheduling

from crm.services.ledger import suspended
from tests.ledger import change_sets_for_tests
from tests.migrated import bring, keep, kept_database
from tests.undefined_variables import UndefinedVariable

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_configure(config):
    if not hasattr(config, "workerinput"):  # once, before the workers start
        subprocess.run([sys.executable, settings.BASE_DIR / "scripts/bootstrap.py", "translations"], check=True)


def pytest_collection_finish():
    """Let the garbage collector alone with what lives as long as the run: it would walk through all of Django time and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


class BrowserTestsTogether(LoadScopeScheduling):
    """Deals the tests out one by one, but the browser tests as one pack: they share a browser."""

    def _split_scope(self, nodeid):
        return "tests/browser" if nodeid.startswith("tests/browser/") else nodeid


def pytest_xdist_make_scheduler(config, log):
    return BrowserTestsTogether(config, log)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings):
    """Begin with the migrated database of the run before, where there is one."""
    database = settings.DATABASES["default"]["TEST"]["NAME"]
    is_file = connections["default"].vendor == "sqlite"
    return django_db_keepdb or (is_file and bring(kept_database(), database))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_keepdb, django_db_blocker):
    """Keep what the migrations made, for tests that empty the database (see below).

    Django looks for it on the connection; here it stands on the connection's class. The event loop of the browser tests
    makes Django open a second connection in the same thread, which would lack it.
    """
    with django_db_blocker.unblock():
        connection = connections["default"]
        if connection.vendor == "sqlite" and not django_db_keepdb:
            keep(kept_database(), connection)
        rows = json.loads(connection.creation.serialize_db_to_string())
    # Content types first: signals of the others ask for theirs, and would make a new one under another number.
    rows.sort(key=lambda row: row["model"] != "contenttypes.contenttype")
    contents = json.dumps(rows)
    deserialize = type(connection.creation).deserialize_db_from_string

    def restore(creation, _):
        # A process or a request of the test before may have written something after all was emptied.
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True, reset_sequences=False)
        ContentType.objects.clear_cache()
        deserialize(creation, contents)

    flush_tables = type(connection.ops).execute_sql_flush

    def flush(operations, sql_list):
        with suspended():
            flush_tables(operations, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "execute_sql_flush", flush)
        patch.setattr(type(connection), "_test_serialized_contents", contents, raising=False)
        patch.setattr(type(connection.creation), "deserialize_db_from_string", restore)
        yield


def item_params(item):
    return item.callspec.params if hasattr(item, "callspec") else {}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Put the data of the migrations back before each test that really commits.

    Such a test empties the database at its end: Wagtail's root page, site, language and groups are gone. pytest-django runs
    these tests last, since nothing is put back for the ordinary ones.
    """
    for item in items:
        if "browser_name" in item_params(item) and "/browser/" not in item.nodeid:
            raise pytest.UsageError(f"{item.nodeid}: “page” is the browser's. By that name the browser's tests would come before this one.")
        marker = item.get_closest_marker("django_db")
        options = marker.kwargs if marker else {}
        if options.get("transaction") or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(**{**options, "transaction": True, "serialized_rollback": True}), append=False)


@pytest.fixture(autouse=True, scope="session")
def _no_network():
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def connect_here(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise AssertionError(f"A test tried to reach {address[0]}:{address[1]}.")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture(autouse=True, scope="session")
def _folders_of_this_run(tmp_path_factory):
    """Uploads, private files and caught mail go to a folder that is thrown away."""
    media, private, mailbox = (tmp_path_factory.mktemp(name) for name in ("media", "private", "mailbox"))
    with override_settings(MEDIA_ROOT=str(media), PRIVATE_ROOT=str(private), MAILBOX_DIR=str(mailbox / "mail")):
        yield


@pytest.fixture(autouse=True)
def _recorded():
    """Open change sets for what a test itself writes, and catch product code that has none."""
    with change_sets_for_tests():
        yield


@pytest.fixture(autouse=True)
def _clean_cache():
    for cache in caches.all(initialized_only=True):
        cache.clear()


class ErrorCollector(logging.Handler):
    def __init__(self):
        super().__init__(logging.ERROR)
        self.records = []

    def emit(self, record):
        self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_errors(request):
    """Fail a test during which an error was logged, unless it asks for `logged_errors` and so looks at them itself."""
    collector = ErrorCollector()
    logging.getLogger().addHandler(collector)
    yield collector
    logging.getLogger().removeHandler(collector)
    if collector.records and "logged_errors" not in request.fixturenames:
        pytest.fail("Logged: " + "; ".join(f"{record.name}: {record.getMessage()}" for record in collector.records))


@pytest.fixture
def logged_errors(_no_unexpected_errors):
    """The errors logged so far, for a test that provokes some."""
    return _no_unexpected_errors.records


@pytest.fixture(autouse=True)
def _no_undefined_variables(monkeypatch):
    """Fail when one of our templates shows a variable that nobody gave it."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", UndefinedVariable(settings.BASE_DIR / "templates"))
