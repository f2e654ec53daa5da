"""Every setting of the platform; a bad value stops the start with a sentence that names it.

The defaults run the whole site on one machine with no service: SQLite, an in-process live layer, folders for files.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from config import timetable
from config.environment import env, env_bool, env_int, env_rate, mail

BASE_DIR = Path(__file__).resolve().parent.parent


VAR_DIR = Path(env("VAR_DIR", str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)
PRODUCTION = env_bool("PRODUCTION", default=False)
DEBUG = False


def kept_secret() -> str:
    """Return the key of sessions and tokens: from the environment, else made once and kept in the data folder."""
    if value := env("SECRET_KEY"):
        return value
    if PRODUCTION:
        raise ImproperlyConfigured("SUNLIGHT_SECRET_KEY must be set in production.")
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.write_text(get_random_secret_key())
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = kept_secret()
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env("TRUSTED_ORIGINS").split(",") if origin]
SITE_URL = env("SITE_URL")  # where the site is behind a proxy; else addresses name the host that was asked

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "channels",
    "csp",
    "django_filters",
    "django_fsm",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "trading",
    "experts",
    "recordings",
    "bids",
]

MIDDLEWARE = [
    "config.middleware.ArrivalMiddleware",
    "config.request_id.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PaceMiddleware",
    "config.middleware.IdleMiddleware",
    "config.middleware.PasswordChangeMiddleware",
    "config.middleware.RuleErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["config.templatetags.sunlight"],
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """Return the settings of postgres://user:password@host:port/name, or of SQLite where no address is given."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "db.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"SUNLIGHT_DATABASE_URL must begin with postgres://, not {parts.scheme}://.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
    }


DATABASES = {"default": database(env("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who signs in (conventions.md, 3: lock after 5 failures for 30 minutes, idle time-out, strong passwords).
AUTH_USER_MODEL = "trading.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "work"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = env_int("IDLE_MINUTES", 30) * 60
AXES_FAILURE_LIMIT = env_int("LOGIN_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env_int("LOGIN_LOCK_MINUTES", 30, least=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "config.signing_in.locked_out"
AXES_VERBOSE = False

CSRF_FAILURE_VIEW = "config.pages.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DOCUMENT_MAX_BYTES = env_int("DOCUMENT_MAX_MB", 50) * 1024 * 1024
BID_MAX_BYTES = env_int("BID_MAX_MB", 320) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 12_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# How often somebody may write, counted for all processes together; reading is free. Behind one address may be a whole
# enterprise, or several: an account has the narrow limit, an address a wide one.
WRITE_LIMITS = {
    "account": env_rate("ACCOUNT_WRITES", "240/min"),
    "address": env_rate("ADDRESS_WRITES", "6000/min"),
    "visitor": env_rate("VISITOR_WRITES", "300/min"),
    "enterprise": env_rate("ENTERPRISE_ENTRIES", "60/hour"),
    "parts": env_rate("PART_UPLOADS", "1200/min"),
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["config.gate.Session"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_SCHEMA_CLASS": "trading.doors.schema.Schema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "config.gate.StrictJson",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.problem",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sunlight 阳光交易",
    "DESCRIPTION": (
        "Everything the pages do, as an API. Acts need If-Match with the record's ETag; "
        "errors are RFC 9457 problem details."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["trading.doors.schema.share_refusals"],
    "AUTHENTICATION_WHITELIST": ["config.gate.Session"],
}

REDIS_URL = env("REDIS_URL")
CHANNEL_LAYERS = {
    "default": (
        {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
        if REDIS_URL
        else {"BACKEND": "trading.layer.InProcessLayer"}
    )
}

# The public ledger (integrity.md, 1.4). ORIGIN never changes once entries exist.
# A key that the environment does not give (PRIVATE+KEY+name+hash+base64) is made in KEYS_DIR on the first run.
# WITNESSES is "address key" for each, with commas between; address "file" for a witness without a network; none at all
# means the demonstration witness.
LEDGER: dict[str, Any] = {
    "ORIGIN": env("LEDGER_ORIGIN", "ggzy.sunlight.example/audit/1"),
    "DIR": VAR_DIR / "ledger",
    "KEYS_DIR": VAR_DIR / "keys",
    "LOG_KEY": env("LEDGER_LOG_KEY"),
    "RECEIPT_KEY": env("LEDGER_RECEIPT_KEY"),
    "WITNESSES": tuple(tuple(each.split()) for each in env("LEDGER_WITNESSES").split(",") if each.strip()),
    "QUORUM": env_int("LEDGER_QUORUM", 1),
    "COVER_PER_HOUR": env_int("LEDGER_COVER_PER_HOUR", 15),
    "COSIGN_SECONDS": env_int("LEDGER_COSIGN_SECONDS", 600),
}
PERSONAL_KEYS = env("PERSONAL_KEYS")  # name:base64 for each, the last one seals; none given: made in KEYS_DIR

TIME_DRIVEN, TO_THE_SECOND = timetable.TIME_DRIVEN, timetable.TO_THE_SECOND

globals().update(mail(env("MAIL_URL"), VAR_DIR / "mail"))
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "sunlight@localhost")
SMS_GATEWAY = env("SMS_GATEWAY", "trading.sms.Console")
VOICE_GATEWAY = env("VOICE_GATEWAY", "experts.voice.Console")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
}
