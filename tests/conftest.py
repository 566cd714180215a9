"""Safety nets under every test: no network, no trace outside the test's own folders, no error that nobody looked at."""

import gc
import logging
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import connections
from django.template import engines
from django.test import TransactionTestCase, override_settings
from xdist.scheduler import LoadScopeScheduling

from tests.ledger import change_sets_for_tests
from tests.migrated import bring, keep, kept_database, state_of
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


# Their tests look at what is loaded once for the file, or at what one browser has learned.
FILES_AT_ONCE = ("tests/browser/", "tests/test_demo.py")


class OneByOne(LoadScopeScheduling):
    """Deals the tests out one by one, and a few files as a whole."""

    def _split_scope(self, nodeid):
        return nodeid.partition("::")[0] if nodeid.startswith(FILES_AT_ONCE) else nodeid


def pytest_xdist_make_scheduler(config, log):
    return OneByOne(config, log)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings):
    """Begin with the migrated database of the run before, where there is one."""
    database = settings.DATABASES["default"]["TEST"]["NAME"]
    is_file = connections["default"].vendor == "sqlite"
    return django_db_keepdb or (is_file and bring(kept_database(), database))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_keepdb, django_db_blocker):
    """Put back what the migrations made around each test that really commits, instead of emptying the database after it.

    Before it as well: a process or a request of the test before may have written something after all was put back.
    """
    with django_db_blocker.unblock():
        connection = connections["default"]
        if connection.vendor == "sqlite" and not django_db_keepdb:
            keep(kept_database(), connection)
        state = state_of(connection)

    def put_back(case):
        state.put_back(connections["default"])
        ContentType.objects.clear_cache()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(put_back))
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield


def item_params(item):
    return item.callspec.params if hasattr(item, "callspec") else {}


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser_name" in item_params(item) and "/browser/" not in item.nodeid:
            raise pytest.UsageError(f"{item.nodeid}: “page” is the browser's. By that name the browser's tests would come before this one.")


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
def _tokens_without_words():
    """Forms carry random letters, and once in ten thousand pages they spell the name that a test is glad not to find."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.middleware.csrf.CSRF_ALLOWED_CHARS", "qxz")
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
