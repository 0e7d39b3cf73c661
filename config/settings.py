"""Every setting, from the environment. docs/settings.md lists them; a test compares the two."""

from pathlib import Path

from csp.constants import NONE, SELF

from config import queues
from config.database import databases
from config.environment import Environment
from config.secret import signing_key

BASE_DIR = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
MAX_PORT = 65_535
env = Environment()

MUNIMENT_DATA = Path(env.text("MUNIMENT_DATA") or BASE_DIR / "var").resolve()
MUNIMENT_KEYS = env.text("MUNIMENT_KEYS")
MUNIMENT_WEB_PORT = env.whole("MUNIMENT_WEB_PORT", 8000, least=1, most=MAX_PORT)
MUNIMENT_WEB_PROCESSES = env.whole("MUNIMENT_WEB_PROCESSES", 2, least=1, most=64)
MUNIMENT_WEB_PROXIES = env.items("MUNIMENT_WEB_PROXIES")
MUNIMENT_SMTP_PORT = env.whole("MUNIMENT_SMTP_PORT", 2525, least=0, most=MAX_PORT)
MUNIMENT_SMTP_HOST = env.text("MUNIMENT_SMTP_HOST", "127.0.0.1")
MUNIMENT_SMTP_NETWORKS = env.items("MUNIMENT_SMTP_NETWORKS", ["127.0.0.0/8", "::1/128"])
MUNIMENT_SMTP_MAX_BYTES = env.whole("MUNIMENT_SMTP_MAX_BYTES", 150 * MIB, least=64 * 1024, most=1024 * MIB)
MUNIMENT_SMTP_HOSTNAME = env.text("MUNIMENT_SMTP_HOSTNAME")
MUNIMENT_SMTP_BARE_LF = env.text("MUNIMENT_SMTP_BARE_LF", "reject")
MUNIMENT_SMTP_RECIPIENTS = env.whole("MUNIMENT_SMTP_RECIPIENTS", 50_000, least=100, most=1_000_000)
MUNIMENT_SMTP_CONNECTIONS = env.whole("MUNIMENT_SMTP_CONNECTIONS", 1000, least=1, most=100_000)
MUNIMENT_SMTP_CONNECTIONS_PER_CLIENT = env.whole("MUNIMENT_SMTP_CONNECTIONS_PER_CLIENT", 250, least=1, most=100_000)
MUNIMENT_SMTP_ERRORS = env.whole("MUNIMENT_SMTP_ERRORS", 20, least=1, most=10_000)
MUNIMENT_SMTP_IDLE_SECONDS = env.whole("MUNIMENT_SMTP_IDLE_SECONDS", 300, least=1, most=86_400)
MUNIMENT_SMTP_DATA_SECONDS = env.whole("MUNIMENT_SMTP_DATA_SECONDS", 1800, least=1, most=86_400)
MUNIMENT_SMTP_USERS = env.text("MUNIMENT_SMTP_USERS")
MUNIMENT_SMTP_TLS_CERTIFICATE = env.text("MUNIMENT_SMTP_TLS_CERTIFICATE")
MUNIMENT_SMTP_TLS_KEY = env.text("MUNIMENT_SMTP_TLS_KEY")
MUNIMENT_SMTP_PROXIES = env.items("MUNIMENT_SMTP_PROXIES")
MUNIMENT_SMTP_GRACE_SECONDS = env.whole("MUNIMENT_SMTP_GRACE_SECONDS", 0, least=0, most=300)
MUNIMENT_BYTES_IN_FLIGHT = env.whole("MUNIMENT_BYTES_IN_FLIGHT", 256 * MIB, least=MIB, most=64 * 1024 * MIB)
MUNIMENT_BACKLOG_SEGMENTS = env.whole("MUNIMENT_BACKLOG_SEGMENTS", 1_000_000, least=0, most=100_000_000)
MUNIMENT_BACKLOG_MESSAGES = env.whole("MUNIMENT_BACKLOG_MESSAGES", 0, least=0, most=1_000_000_000)
MUNIMENT_FREE_BYTES = env.whole("MUNIMENT_FREE_BYTES", 512 * MIB, least=0, most=1024**3 * MIB)
MUNIMENT_SETTLING_DAYS = env.whole("MUNIMENT_SETTLING_DAYS", 3, least=0, most=365)
MUNIMENT_PACK_AFTER_HOURS = env.whole("MUNIMENT_PACK_AFTER_HOURS", 24, least=0, most=8760)
MUNIMENT_LOCK_DAYS = env.whole("MUNIMENT_LOCK_DAYS", 0, least=0, most=36_500)
MUNIMENT_ERASURE_COOLING_DAYS = env.whole("MUNIMENT_ERASURE_COOLING_DAYS", 3, least=0, most=90)
MUNIMENT_LOG_NAME = env.text("MUNIMENT_LOG_NAME", "muniment.invalid/log")
MUNIMENT_TSA_URL = env.text("MUNIMENT_TSA_URL")
MUNIMENT_TSA_CERTIFICATES = env.text("MUNIMENT_TSA_CERTIFICATES")
MUNIMENT_TSA_MINUTES = env.whole("MUNIMENT_TSA_MINUTES", 1440, least=1, most=525_600)
MUNIMENT_RETENTION_CLASS = env.text("MUNIMENT_RETENTION_CLASS", "default")
MUNIMENT_STORE = env.text("MUNIMENT_STORE", "filesystem")
MUNIMENT_REPLICA = env.text("MUNIMENT_REPLICA")
MUNIMENT_REPLICA_ENDPOINT = env.text("MUNIMENT_REPLICA_ENDPOINT")
MUNIMENT_REPLICA_REGION = env.text("MUNIMENT_REPLICA_REGION")
MUNIMENT_S3_ENDPOINT = env.text("MUNIMENT_S3_ENDPOINT")
MUNIMENT_S3_REGION = env.text("MUNIMENT_S3_REGION")
MUNIMENT_S3_VAULT = env.text("MUNIMENT_S3_VAULT")
MUNIMENT_S3_KEYS = env.text("MUNIMENT_S3_KEYS")
MUNIMENT_S3_ACCESS_KEY = env.text("MUNIMENT_S3_ACCESS_KEY")
MUNIMENT_S3_SECRET_KEY = env.text("MUNIMENT_S3_SECRET_KEY")
MUNIMENT_S3_LOCK_MODE = env.text("MUNIMENT_S3_LOCK_MODE", "compliance")
MUNIMENT_S3_CONNECT_SECONDS = env.whole("MUNIMENT_S3_CONNECT_SECONDS", 5, least=1, most=300)
MUNIMENT_S3_READ_SECONDS = env.whole("MUNIMENT_S3_READ_SECONDS", 30, least=1, most=3600)
MUNIMENT_S3_CALL_SECONDS = env.whole("MUNIMENT_S3_CALL_SECONDS", 120, least=1, most=3600)
MUNIMENT_SEARCH_URL = env.items("MUNIMENT_SEARCH_URL")
MUNIMENT_SEARCH_USER = env.text("MUNIMENT_SEARCH_USER")
MUNIMENT_SEARCH_PASSWORD = env.text("MUNIMENT_SEARCH_PASSWORD")
MUNIMENT_SEARCH_CERTIFICATES = env.text("MUNIMENT_SEARCH_CERTIFICATES")
MUNIMENT_SEARCH_NAME = env.text("MUNIMENT_SEARCH_NAME", "muniment")
MUNIMENT_SEARCH_SHARDS = env.whole("MUNIMENT_SEARCH_SHARDS", 1, least=1, most=1024)
MUNIMENT_SEARCH_REPLICAS = env.whole("MUNIMENT_SEARCH_REPLICAS", 1, least=0, most=20)
MUNIMENT_SEARCH_FULL_GIB = env.whole("MUNIMENT_SEARCH_FULL_GIB", 40, least=1, most=100_000)
MUNIMENT_SEARCH_SECONDS = env.whole("MUNIMENT_SEARCH_SECONDS", 60, least=1, most=3600)

SECRET_KEY = env.text("MUNIMENT_SECRET_KEY") or signing_key(
    Path(MUNIMENT_KEYS or MUNIMENT_DATA / "keys") / "web-signing-key"
)
DEBUG = env.flag("MUNIMENT_DEBUG")
ALLOWED_HOSTS = env.items("MUNIMENT_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.items("MUNIMENT_ORIGINS")
HTTPS = env.flag("MUNIMENT_HTTPS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "accounts",
    "archive",
    "journaling",
    "discovery",
    "gdpr",
]
MIDDLEWARE = [
    "config.proxies.BehindProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "discovery.continuity.OnlyInOrder",
    "discovery.middleware.PlainErrors",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "accounts.context.sections",
                "discovery.context.theme",
            ],
        },
    },
]

DATABASES = databases(env, MUNIMENT_DATA / "catalogue.sqlite3")
MUNIMENT_DATABASE_LAG_SECONDS = env.whole("MUNIMENT_DATABASE_LAG_SECONDS", 5, least=2, most=300)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "search"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": MUNIMENT_DATA / "cache",
    },
}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^(healthz|readyz)$"]  # load balancers ask without TLS
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # whether every name below the archive's has TLS, and
    "security.W021",  # whether browsers shall have it in their lists, is the domain owner's to say
    "security.W019",  # a message's HTML is shown in a frame of ours, within SAMEORIGIN
]
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" would make the Origin of our own forms null, and they be refused
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = env.text("MUNIMENT_TIME_ZONE", "UTC")

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("MUNIMENT_STATIC") or MUNIMENT_DATA / "static")
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
WHITENOISE_USE_FINDERS = not env.text("MUNIMENT_STATIC")  # a folder that is named was filled by collectstatic
WHITENOISE_AUTOREFRESH = DEBUG

CELERY_BROKER_URL = env.text("MUNIMENT_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    _QUEUE = MUNIMENT_DATA / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_QUEUE / "messages"),
        "data_folder_out": str(_QUEUE / "messages"),
        "control_folder": str(_QUEUE / "control"),
        "polling_interval": 0.05,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = queues.REDIS
    CELERY_BROKER_CONNECTION_TIMEOUT = queues.REDIS["socket_connect_timeout"]
    CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # workers and beat wait for the queue as long as it takes
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "slow"
CELERY_TASK_ROUTES = queues.ROUTES
CELERY_TASK_ANNOTATIONS = queues.ANNOTATIONS
CELERY_TASK_PUBLISH_RETRY_POLICY = queues.PUBLISH_RETRIES
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # what they do may be done twice
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "archive.tasks.sweep", "schedule": 10.0, "options": {"expires": 10.0}},
    "sweep-whole": {
        "task": "archive.tasks.sweep",
        "schedule": 3600.0,
        "kwargs": {"whole": True},
        "options": {"expires": 3600.0},
    },
    "pack": {"task": "archive.tasks.pack", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "exports": {"task": "discovery.tasks.sweep_exports", "schedule": 60.0, "options": {"expires": 60.0}},
    "requests": {"task": "gdpr.tasks.sweep", "schedule": 60.0, "options": {"expires": 60.0}},
    "retention": {"task": "archive.tasks.evaluate_retention", "schedule": 900.0, "options": {"expires": 900.0}},
}
CELERY_BEAT_SCHEDULER = "config.beat:PatientScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(MUNIMENT_DATA / "queue" / "beat")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.text("MUNIMENT_LOG_LEVEL", "WARNING")},
    "loggers": {
        # Clients of OpenSearch log what is sent, which is content, and each try that fails; the last is told by us.
        "opensearch": {"level": "ERROR"},
        "opensearchpy.trace": {"level": "ERROR"},
        # It warns that a queue in a folder has no host; of other queues its warnings matter.
        **({"kombu.connection": {"level": "ERROR"}} if CELERY_BROKER_URL == "filesystem://" else {}),
    },
}
