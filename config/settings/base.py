"""Safe for production: every deployment setting is read from the environment (see .env.example)."""

from email.utils import parseaddr
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from config.databases import with_options

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

# Everything that the running system writes, unless a setting below names another place.
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])

# One address for canonical links, mails, feeds and the admin. `manage.py set_address` brings Wagtail's site record in line.
BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
WAGTAILADMIN_BASE_URL = BASE_URL
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "config",
    "upkeep",
    "cms",
    "newsletter",
    "crm",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks_db",
    "import_export",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "crm.middleware.LedgerMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# Database

VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": with_options(env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'knutpunkt.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

# Background work

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# Run by `manage.py clock` every ten seconds: small, and each able to be run again at any time.
PERIODIC_TASKS = [
    "config.periodic.publish_scheduled",
    "newsletter.services.attendance.resume_interrupted",
    "crm.importing.work.resume_interrupted",
    "crm.services.large_undos.resume_interrupted",
    "crm.importing.jobs.forget_abandoned",
    "crm.services.reminders.call_for_reminders",
    "crm.services.meeting_mails.resume_interrupted",
    "crm.services.fee_reminders.resume_waiting",
    "upkeep.schedule.back_up_nightly",
]

# Users

AUTH_USER_MODEL = "crm.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"

# Language and time

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
# The second holds what Wagtail and its companions have not translated, or not well.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "wagtail"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Europe/Stockholm")
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["config.formats"]

# Static files and media

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = env("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# A small installation lets the web process serve uploaded pictures; a larger one leaves them to nginx or Caddy.
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=False)
PRIVATE_ROOT = env("PRIVATE_ROOT", default=str(VAR_DIR / "private"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Uploaded spreadsheets: never served by address.
    "private": {"BACKEND": "crm.storages.PrivateStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Mail

vars().update(env.email_url_config(env("EMAIL_URL", default="") or "smtp://127.0.0.1:25"))
EMAIL_TIMEOUT = 20
NEWSLETTER_BACKEND = "newsletter.backends.smtp.SMTPBackend"
# What workers note while a window of mails is under way; has to outlive their process.
MAIL_JOURNAL_ROOT = VAR_DIR / "mail-journal"
NEWSLETTER_STRICT = env.bool("NEWSLETTER_STRICT", default=False)
NEWSLETTER_WORKERS = env.int("NEWSLETTER_WORKERS", default=2)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Knutpunkt <webmaster@localhost>")
SERVER_EMAIL = parseaddr(DEFAULT_FROM_EMAIL)[1]

# Wagtail

WAGTAIL_SITE_NAME = "Knutpunkt"
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # "Öckerö" becomes "ockero"
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # would send a hash of each user's address abroad
WAGTAIL_ENABLE_UPDATE_CHECK = False  # would call home
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_WORKFLOW_ENABLED = False  # two people in one office: whoever may publish, publishes
WAGTAILADMIN_USER_LOGIN_FORM = "crm.forms.users.LoginForm"
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = True
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_CONTENT_LANGUAGES = [("sv", _("Swedish"))]
WAGTAILIMAGES_IMAGE_MODEL = "cms.CustomImage"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILEMBEDS_FINDERS = []  # no third party on the site
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_DATE_FORMAT = "%Y-%m-%d"
WAGTAIL_DATETIME_FORMAT = "%Y-%m-%d %H:%M"

# Backup

BACKUP_DIR = env("BACKUP_DIR", default=str(VAR_DIR / "backups"))
# When the nightly one is made, local time; empty: never.
BACKUP_AT = env("BACKUP_AT", default="02:30")
BACKUP_KEY = env("BACKUP_KEY", default="")
BACKUP_KEEP = env.list("BACKUP_KEEP", cast=int, default=[7, 4, 12])  # days, weeks, months

# Import

IMPORT_MAX_BYTES = 100 * 1024 * 1024

# The demo makes users with a known password.
DEMO_ALLOWED = False

# Security

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked from within, where there is no HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panels frame the site
SESSION_COOKIE_HTTPONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # Each page saved and each task begun and ended: of use only when one looks for something.
    "loggers": {name: {"level": env("LOG_LEVEL", default="WARNING")} for name in ("wagtail", "django_tasks", "django_tasks_db")},
}
