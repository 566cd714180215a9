"""`make run` and development: no setting is needed, mail goes to the mailbox, nothing is hashed or forced to HTTPS."""

from .base import *  # noqa: F403 -- a settings file is its base and the differences

DEBUG = env.bool("DEBUG", default=False)  # noqa: F405
SECRET_KEY = SECRET_KEY or "only-for-this-machine-and-never-for-production"  # noqa: F405
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]  # noqa: F405

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 -- nothing is collected into it, but WhiteNoise warns when it is missing
WHITENOISE_AUTOREFRESH = DEBUG

# Caught mail lies here as a Maildir and is read at /mailbox/ (see the `mailbox` command).
MAILBOX_DIR = env("MAILBOX_DIR", default=str(VAR_DIR / "mailbox"))  # noqa: F405
vars().update(env.email_url_config(env("EMAIL_URL", default="") or "smtp://127.0.0.1:8025"))  # noqa: F405
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Lärnätet Väst <kansli@larnatetvast.example>")  # noqa: F405
SERVE_MEDIA = True
BACKUP_AT = env("BACKUP_AT", default="")  # noqa: F405
DEMO_ALLOWED = True
INSTALLED_APPS += ["mailcatcher"]  # noqa: F405
