"""Settings. All that differs between machines comes from the environment:

DATABASE_URL    a PostgreSQL server of version 15 or later; absent: the embedded one in var/postgres
SECRET_KEY      signs sessions; needed with DATABASE_URL, otherwise made once and kept in var/secret_key
ALLOWED_HOSTS   host names the pages are served under, separated by commas
PORT            where `manage.py run` listens on 127.0.0.1
COUNCIL_NAME    the council named in the header and in reports
COUNCIL_CODE    the council that the benchmarks are about, by its DfE or ONS code; absent: 886, Kent
REPORT_LOGO     a PNG or JPEG picture for the cover of reports; absent: none
SUPPRESSION_THRESHOLD  counts from 1 to below it are hidden from the public, 3 to 20; absent: 5, which hides 1 to 4
PUBLISH_SCHOOL_PRICES  1 names schools beside the cost of their places in public editions; absent: not named
REPORTS_FOLDER  where the files of a published report are written; absent: nowhere
REPORT_RECIPIENTS  who is told by mail that a report is published: addresses, separated by commas
SITE_URL        where people find the pages, for links in mails; absent: where `manage.py run` listens, or no mails
EMAIL_HOST      the mail server; absent: no mails are sent
EMAIL_PORT      absent: 587
EMAIL_SECURITY  starttls (when absent), tls or none
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD  for a mail server that asks
DEFAULT_FROM_EMAIL  the sender of mails
INSECURE_HTTP   1 serves plain HTTP even with DATABASE_URL, for a trial on one machine
"""

import os
from pathlib import Path

import pghistory
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from sen_dashboard.store.database import embedded_settings, external_settings
from sen_dashboard.store.embedded import EmbeddedServer, SetUpError
from sen_dashboard.store.private_files import write_private

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
STORE_DIR = VAR_DIR / "postgres"
UPLOADS_DIR = VAR_DIR / "uploads"  # files given on a page, until a worker has loaded them

DATABASE_URL = os.environ.get("DATABASE_URL", "")
EMBEDDED_STORE = not DATABASE_URL
"""True when the program runs its own PostgreSQL: only then are there demonstration data and accounts."""

HTTPS = not EMBEDDED_STORE and os.environ.get("INSECURE_HTTP") != "1"
"""The one rule: a service on its own database server runs behind TLS; the demonstration is on 127.0.0.1 only."""


def _secret_key() -> str:
    given = os.environ.get("SECRET_KEY", "")
    if given:
        return given
    if not EMBEDDED_STORE:
        raise SetUpError(
            "SECRET_KEY must be set with DATABASE_URL: a long random text, kept secret and the same."
        )
    path = VAR_DIR / "secret_key"
    try:
        if not path.exists():
            VAR_DIR.mkdir(exist_ok=True)
            write_private(path, get_random_secret_key())
        return path.read_text(encoding="utf-8")
    except PermissionError:
        raise SetUpError(
            f"{path} belongs to another account: start as that one, or remove the folder var."
        ) from None


def _port(name: str, otherwise: str) -> int:
    given = os.environ.get(name, "") or otherwise
    if not given.isdecimal() or not 1 <= int(given) <= 65535:
        raise SetUpError(f"{name} must be a number from 1 to 65535.")
    return int(given)


def _suppression_threshold() -> int:
    """2 would hide only 1, and so give it away; above 20 little would be left to read."""
    given = os.environ.get("SUPPRESSION_THRESHOLD", "") or "5"
    if not (given.isascii() and given.isdecimal() and len(given) <= 2 and 3 <= int(given) <= 20):
        raise SetUpError("SUPPRESSION_THRESHOLD must be a whole number from 3 to 20.")
    return int(given)


def _path(name: str) -> Path | None:
    return Path(os.environ[name]).absolute() if os.environ.get(name) else None


def _listed(name: str, otherwise: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, otherwise).split(",") if part.strip()]


def _site_url() -> str:
    given = os.environ.get("SITE_URL", "") or (f"http://127.0.0.1:{PORT}" if EMBEDDED_STORE else "")
    if given and not given.startswith(("https://", "http://")):
        raise SetUpError("SITE_URL must be an address such as https://sen.council.example.")
    return given.rstrip("/")


def _email_security() -> str:
    given = os.environ.get("EMAIL_SECURITY", "") or "starttls"
    if given not in ("starttls", "tls", "none"):
        raise SetUpError("EMAIL_SECURITY must be starttls, tls or none.")
    return given


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _listed("ALLOWED_HOSTS", "127.0.0.1,localhost")
PORT = _port("PORT", "8000")
SITE_URL = _site_url()
COUNCIL_NAME = os.environ.get("COUNCIL_NAME", "")
SUPPRESSION_THRESHOLD = _suppression_threshold()
PUBLISH_SCHOOL_PRICES = os.environ.get("PUBLISH_SCHOOL_PRICES") == "1"
COUNCIL_CODE = os.environ.get("COUNCIL_CODE", "") or "886"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "django_tables2",
    "pgtrigger",
    "pghistory",
    "django_tasks",
    "django_tasks_db",
    "govuk_frontend_django",
    "csp",
    "sen_dashboard",
    "sen_dashboard.clock",
    "sen_dashboard.accounts",
    "sen_dashboard.benchmarking",
    "provision",
    "placements",
    "panel",
    "sen_dashboard.programme",
    "sen_dashboard.jobs",
    "sen_dashboard.reports",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sen_dashboard.running.compression.CompressPages",
    "sen_dashboard.running.refusing.refuse_unreadable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sen_dashboard.accounts.middleware.keep_no_copies",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sen_dashboard.accounts.middleware.end_sessions",
    "sen_dashboard.accounts.middleware.say_who_changes",
    "sen_dashboard.accounts.middleware.KeepInputMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "sen_dashboard.accounts.middleware.NotYetMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "sen_dashboard.accounts.middleware.SendOnceMiddleware",
]

# The trail: entries in the order in which they were made, within a transaction too; no index of fields nobody looks up
PGHISTORY_CREATED_AT_FUNCTION = "clock_timestamp()"
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

ROOT_URLCONF = "sen_dashboard.urls"
WSGI_APPLICATION = "sen_dashboard.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The store

DATABASES = {
    "default": embedded_settings(EmbeddedServer(STORE_DIR))
    if EMBEDDED_STORE
    else external_settings(DATABASE_URL),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts and sessions

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "sign_in"
# Not in a cookie, where what was saved could be read after signing out.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# 30 minutes without use, and 12 hours in all (`accounts.sessions`). The browser forgets its cookie when it is closed.
SESSION_ENGINE = "sen_dashboard.accounts.sessions"
SESSION_COOKIE_AGE = 30 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sen_dashboard.accounts.kept.csrf_failure"

# Transport and browser

SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    },
}

# Static files: hashed names, compressed, served by WhiteNoise

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sen_dashboard.running.static_files.StaticFiles"},
}

# Work outside requests: a queue in the store, which `manage.py worker` works off

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Reports

REPORT_LOGO = _path("REPORT_LOGO")
REPORTS_FOLDER = _path("REPORTS_FOLDER")
REPORT_RECIPIENTS = _listed("REPORT_RECIPIENTS")

# Mail

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = _port("EMAIL_PORT", "587")
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _email_security() == "starttls"
EMAIL_USE_SSL = _email_security() == "tls"
EMAIL_TIMEOUT = 30  # seconds
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "") or "sen-dashboard@localhost"

# Language and time

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "impersonal": {
            "()": "sen_dashboard.running.logs.ImpersonalFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "impersonal"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own handlers would mail administrators and print whole exceptions.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
