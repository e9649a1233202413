"""Settings: from the environment to Django, read strictly and in one place.

Every name that is read here is listed in ``.env.example`` and in
``docs/configuration.md``; a guard test keeps the three together. ``manage.py``
fills in ``DATABASE_URL``, ``REDIS_URL`` and ``SECRET_KEY`` when the embedded
services are used, so that this file knows only one way of being configured.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from psycopg.conninfo import conninfo_to_dict

from supportbot.schedule import SCHEDULE

PROJECT = Path(__file__).resolve().parent.parent
env = environ.Env()
if (PROJECT / ".env").exists():
    env.read_env(str(PROJECT / ".env"))

# --- the process ------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    # Django refuses to start without one; the check supportbot.E003 says what to do.
    SECRET_KEY = "insecure-" + "0" * 50
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
UNLIMITED_ADDRESSES = env.list("UNLIMITED_ADDRESSES", default=[])
DATA = Path(env.str("SUPPORTBOT_DATA", default=str(PROJECT / ".data"))).resolve()

INSTALLED_APPS = [
    "supportbot",
    "knowledge",
    "chat",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "channels",
    "csp",
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
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "supportbot.urls"
ASGI_APPLICATION = "supportbot.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- PostgreSQL: the only truth ---------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="postgresql://localhost/supportbot")
DATABASE_POOL = env.int("DATABASE_POOL", default=0)
STATEMENT_SECONDS = env.int("STATEMENT_SECONDS", default=15)
_database = conninfo_to_dict(DATABASE_URL)
_name, _user, _password, _host, _port = (
    str(_database.pop(key, "") or "") for key in ("dbname", "user", "password", "host", "port")
)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _name,
        "USER": _user,
        "PASSWORD": _password,
        "HOST": _host,
        "PORT": _port,
        # A pool keeps its own connections; without one a connection lives for a minute.
        "CONN_MAX_AGE": 0 if DATABASE_POOL else 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database,
            "connect_timeout": 3,
            "options": f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=5s"
            " -c idle_in_transaction_session_timeout=30s",
            **({"pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 3}} if DATABASE_POOL else {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: doorbells only; it may be flushed at any second -----------------------
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CHANNEL_LAYERS = {
    "default": {
        # The pub/sub layer: the core layer closes idle sockets with redis-py 8 and drops token streams.
        "BACKEND": "chat.realtime.layer.BatchingLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": REDIS_URL,
                    "socket_timeout": 15,
                    "socket_connect_timeout": 3,
                    "health_check_interval": 10,
                }
            ]
        },
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_ROUTES = {"knowledge.ingestion.tasks.ingest_version": {"queue": "ingest"}}
# Early acknowledgement: the row in PostgreSQL owns the job and the reconciler rings again, whereas a late
# acknowledgement makes the prefork parent exit when Redis restarts under a task (docs/adr/0003).
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 900_000  # kB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 30,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "run" / "beat-schedule")

# --- models -----------------------------------------------------------------------
# "bundled", "openai" (any OpenAI-compatible endpoint), or the dotted path of an Embedder class.
EMBEDDER = env.str("EMBEDDER", default="bundled")
EMBEDDER_URL = env.str("EMBEDDER_URL", default="")
EMBEDDER_MODEL = env.str("EMBEDDER_MODEL", default="")
EMBEDDER_KEY = env.str("EMBEDDER_KEY", default="")
EMBEDDER_BATCH = env.int("EMBEDDER_BATCH", default=16)
MODEL_URL = env.str("MODEL_URL", default="")
MODEL_NAME = env.str("MODEL_NAME", default="local")
MODEL_KEY = env.str("MODEL_KEY", default="")
# With these a customer has an answer within 15 seconds, whatever the model does.
MODEL_FIRST_TOKEN_SECONDS = env.float("MODEL_FIRST_TOKEN_SECONDS", default=8.0)
MODEL_STALL_SECONDS = env.float("MODEL_STALL_SECONDS", default=4.0)
MODEL_TOTAL_SECONDS = env.float("MODEL_TOTAL_SECONDS", default=11.0)
MODEL_CONCURRENCY = env.int("MODEL_CONCURRENCY", default=4)
MODEL_WAIT_SECONDS = env.float("MODEL_WAIT_SECONDS", default=4.0)
MODEL_MAX_TOKENS = env.int("MODEL_MAX_TOKENS", default=400)
MODEL_CONTEXT_TOKENS = env.int("MODEL_CONTEXT_TOKENS", default=3000)
# "model", or the dotted path of what returns a Judge (an NLI model, say); empty: words, facts and meaning.
SUPPORT_JUDGE = env.str("SUPPORT_JUDGE", default="")
REMEMBERED_ANSWERS = env.int("REMEMBERED_ANSWERS", default=5000)
REMEMBERED_HOURS = env.int("REMEMBERED_HOURS", default=168)
# A LlamaIndex postprocessor by its dotted path, or a /rerank endpoint; neither: the order stays.
RERANKER = env.str("RERANKER", default="")
RERANK_URL = env.str("RERANK_URL", default="")
RERANK_MODEL = env.str("RERANK_MODEL", default="")
RERANK_KEY = env.str("RERANK_KEY", default="")

# --- knowledge --------------------------------------------------------------------
MEDIA_ROOT = str(DATA / "files")
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=25)
DATA_UPLOAD_MAX_NUMBER_FILES = 200
PARSE_SECONDS = env.int("PARSE_SECONDS", default=120)
INGEST_LEASE_SECONDS = env.int("INGEST_LEASE_SECONDS", default=20)
INGEST_ATTEMPTS = env.int("INGEST_ATTEMPTS", default=5)
VERSIONS_KEPT = env.int("VERSIONS_KEPT", default=5)

# --- the REST API -----------------------------------------------------------------
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)

# --- sources ----------------------------------------------------------------------
# Crawling reaches public addresses only; an intranet's are named here as host:port.
CRAWL_PRIVATE_HOSTS = env.list("CRAWL_PRIVATE_HOSTS", default=[])
# Folders of this machine that may be sources; none unless named.
SOURCE_FOLDERS = env.list("SOURCE_FOLDERS", default=[])

# --- chat -------------------------------------------------------------------------
DEFAULT_ASSISTANT = env.str("DEFAULT_ASSISTANT", default="demo")
QUESTION_MAX_CHARACTERS = 4000
ANSWERS_IN_WEB = env.bool("ANSWERS_IN_WEB", default=True)
ANSWERS_AT_ONCE = env.int("ANSWERS_AT_ONCE", default=8)
ANSWER_LEASE_SECONDS = env.int("ANSWER_LEASE_SECONDS", default=10)
ANSWER_ATTEMPTS = env.int("ANSWER_ATTEMPTS", default=3)
CONVERSATION_DAYS = env.int("CONVERSATION_DAYS", default=0)  # 0: kept until somebody deletes them

# --- mail: without MAIL_URL and MAIL_FROM nothing goes out -------------------------
MAIL_URL = env.str("MAIL_URL", default="")
MAIL_FROM = env.str("MAIL_FROM", default="")
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="")
MAIL_WEBHOOK_SECRET = env.str("MAIL_WEBHOOK_SECRET", default="")
MAIL_IMAP_URL = env.str("MAIL_IMAP_URL", default="")

# --- languages, time, logs --------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
LOCALE_PATHS = [PROJECT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "whitenoise": {"level": "WARNING"},
    },
}

# --- static files: ours, and the npm packages straight out of node_modules ---------
STATIC_URL = "/static/"
STATICFILES_DIRS: list[str | tuple[str, str]] = [str(PROJECT / "static")]
for _package, _folder in (("bootstrap", "bootstrap/dist"), ("htmx", "htmx.org/dist")):
    if (PROJECT / "node_modules" / _folder).is_dir():
        STATICFILES_DIRS.append((f"vendor/{_package}", str(PROJECT / "node_modules" / _folder)))
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

# --- security ---------------------------------------------------------------------
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("login")
LOGIN_REDIRECT_URL = reverse_lazy("staff:documents")
LOGOUT_REDIRECT_URL = reverse_lazy("login")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
