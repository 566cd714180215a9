"""Production refuses to start half configured."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403 -- a settings file is its base and the differences

missing = [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL") if not env(name, default="")]  # noqa: F405
if missing:
    raise ImproperlyConfigured(f"Set {', '.join(missing)} in the environment or in .env; .env.example explains each.")
if len(SECRET_KEY) < 50:  # noqa: F405
    raise ImproperlyConfigured("SECRET_KEY needs 50 random characters: python -c 'import secrets; print(secrets.token_urlsafe(50))'")

https = BASE_URL.startswith("https://")  # noqa: F405
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=https)  # noqa: F405
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=True) else None  # noqa: F405
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = https
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if https else 0)  # noqa: F405
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)  # noqa: F405
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)  # noqa: F405
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # subdomains and
    "security.W021",  # preload lists are the association's choice
    "security.W019",  # Wagtail's previews frame the site
]
