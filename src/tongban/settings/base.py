"""Django's settings for a node, all of them derived from :mod:`tongban.config`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tongban.config import config
from tongban.ops.database_url import django_database

_config = config()
_here = Path(__file__).resolve().parents[1]


SECRET_KEY = _config.secret_key()
DEBUG = _config.debug
ALLOWED_HOSTS = list(_config.allowed_hosts)

INSTALLED_APPS = [
    "tongban",
    "tongban.journal",
    "tongban.directory",
    "tongban.exchange",
    "tongban.organizations",
    "tongban.identity",
    "tongban.items",
    "tongban.materials",
    "tongban.cases",
    "tongban.guidance",
    "tongban.ui",
    "tongban.portal",
    "tongban.desk",
    "tongban.api",
    "tongban.gate",
    "tongban.ops",
    "django_cotton",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "tongban.ops.requests.RequestMiddleware",
    "tongban.api.middleware.ShortChainMiddleware",
    "tongban.ui.middleware.SecurityHeadersMiddleware",
    "tongban.ui.middleware.UploadLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tongban.identity.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "tongban.urls"
WSGI_APPLICATION = "tongban.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "tongban.ui.context.chrome",
            ],
        },
    }
]

# --- database -----------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": django_database(_config.database_url, pool_size=_config.pool_size)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [_here / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- static files -------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = _config.static_root
_collected = (_config.static_root / "staticfiles.json").is_file()
WHITENOISE_USE_FINDERS = not _collected
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- security -----------------------------------------------------------------------------------------------------
_https = _config.base_url.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Nodes of the demo share a host name, and browsers keep cookies by host, not by port.
SESSION_COOKIE_NAME = f"tongban{_config.node_id}"
CSRF_COOKIE_NAME = f"csrf{_config.node_id}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tongban.ui.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [_config.base_url]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 256_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- logging ------------------------------------------------------------------------------------------------------
LOGGING_CONFIG = None  # structlog and the standard logger are set up by tongban.ops.logs
SILENCED_SYSTEM_CHECKS: list[str] = []
