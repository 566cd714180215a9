"""The tests: quick, without network, on whatever database DATABASE_URL names."""

from .dev import *  # noqa: F403 -- a settings file is its base and the differences

DEBUG = False
SECRET_KEY = "test"
BASE_URL = WAGTAILADMIN_BASE_URL = "http://testserver"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
NEWSLETTER_BACKEND = "newsletter.backends.memory.MemoryBackend"
# Looked for when asked for: without it, each client of a test lists the static files of all apps before its first page.
WHITENOISE_AUTOREFRESH = True
NEWSLETTER_WORKERS = 1
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file: the browser tests' server has a connection of its own, as in production.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"  # noqa: F405
else:
    # What hangs fails with the query that hangs, instead of holding up the whole run.
    DATABASES["default"]["OPTIONS"]["options"] += " -c statement_timeout=180s"  # noqa: F405
