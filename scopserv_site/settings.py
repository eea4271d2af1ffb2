"""Django's settings; what differs from site to site comes from environment variables, see environment.py."""

from datetime import timedelta
from pathlib import Path

from addons.discovery.discover import addon_apps
from scopserv_site import theme
from scopserv_site.database import embedded
from scopserv_site.environment import read_environment
from scopserv_site.web import policy

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = read_environment(BASE_DIR)

VAR_DIR = ENVIRONMENT.var_dir
MAIN_HOST = ENVIRONMENT.main_host
TENANT_PATHS = ENVIRONMENT.tenant_paths
ADDON_DIRS = ENVIRONMENT.addon_dirs
ARCHIVE_DAYS = ENVIRONMENT.archive_days

SECRET_KEY = ENVIRONMENT.secret_key
SECRETS_KEYS = ENVIRONMENT.secrets_keys
DEBUG = ENVIRONMENT.debug
# The table of tenants' domains decides who answers: an unknown host gets a 404 from TenantHostMiddleware.
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(ENVIRONMENT.csrf_trusted_origins)

SHARED_APPS = [
    "scopserv_site",  # before unfold, whose templates it overrides
    "unfold",  # before django_tenants, whose templates would undo the theme
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "crispy_forms",
    "axes",
    "ninja",  # brings the documentation page of the API with all that it loads
    "tenants",  # before django_tenants, whose create_tenant and delete_tenant it replaces
    "tenants.audit",
    "tenants.logins",
    "tenants.visits",
    "tenants.staff",
    "tenants.life",
    "django_tenants",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "dialplan.trunks",
    "dialplan.deploy",
    "addons.server",
    *addon_apps("server", ADDON_DIRS),
]
TENANT_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "dialplan",
    "dialplan.sounds",
    "addons",
    *addon_apps("tenant", ADDON_DIRS),
]
INSTALLED_APPS = list(dict.fromkeys([*SHARED_APPS, *TENANT_APPS]))

MIDDLEWARE = [
    "scopserv_site.web.health.HealthMiddleware",
    "tenants.audit.requests.AddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # before who asks the database: pages that say it is away have their styles
    "tenants.hosts.TenantHostMiddleware",
    "scopserv_site.web.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "scopserv_site.web.unreadable.UnreadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "scopserv_site.visits.looking.LookingMiddleware",
    "tenants.access.MembershipMiddleware",
    "scopserv_site.visits.closing.ClosedMiddleware",
    "tenants.logins.sessions.SeenMiddleware",
    "tenants.logins.duties.DutiesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # last, says django-axes
]
ROOT_URLCONF = "scopserv_site.urls_tenant"
PUBLIC_SCHEMA_URLCONF = "scopserv_site.urls_operator"
WSGI_APPLICATION = "scopserv_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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

DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # One that is left half read is closed whenever Python collects it, and fails the transaction that is open by then.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        **(ENVIRONMENT.database or embedded.database(VAR_DIR / "postgres")),
    },
}
PG_DUMP = "pg_dump" if ENVIRONMENT.database else embedded.programs() / "pg_dump"
ORIGINAL_BACKEND = "scopserv_site.database"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    },
}

AUTH_USER_MODEL = "tenants.User"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = ["tenants.access.MembershipBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

AXES_HANDLER = "tenants.logins.lockout.LockoutHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username", "ip_address"]  # how often each may fail says the handler
AXES_FAILURE_LIMIT = 1
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "tenants.logins.lockout.address"
AXES_LOCKOUT_CALLABLE = "tenants.logins.lockout.answer"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]  # beside the password, kept with no attempt
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has it
AXES_ENABLE_ADMIN = False

OPERATORS_SECOND_FACTOR = ENVIRONMENT.operators_second_factor
PASSWORD_RESET_TIMEOUT = 24 * 3600

EMAIL_HOST = ENVIRONMENT.mail_server.host if ENVIRONMENT.mail_server else ""  # without one, pages offer no e-mail
EMAIL_TIMEOUT = 10
if ENVIRONMENT.mail_server:
    EMAIL_PORT = ENVIRONMENT.mail_server.port
    EMAIL_HOST_USER = ENVIRONMENT.mail_server.user
    EMAIL_HOST_PASSWORD = ENVIRONMENT.mail_server.password
    EMAIL_USE_TLS = ENVIRONMENT.mail_server.starttls
    EMAIL_USE_SSL = ENVIRONMENT.mail_server.tls
    DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

SESSION_ENGINE = "tenants.logins.sessions"
SESSION_IDLE = timedelta(hours=ENVIRONMENT.session_hours)
SESSION_COOKIE_AGE = 14 * 24 * 3600  # after the login; who is idle for longer than SESSION_IDLE has to log in again before

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENVIRONMENT.https
CSRF_COOKIE_HTTPONLY = True
if ENVIRONMENT.https:  # names with which browsers take them from this very host alone, and from none beside or below it
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies  # what they say of where a request comes from is believed
SECURE_HSTS_SECONDS = ENVIRONMENT.hsts_seconds if ENVIRONMENT.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.hsts_subdomains
SECURE_HSTS_PRELOAD = ENVIRONMENT.hsts_preload
# Preloading takes in the whole registered domain and is hard to undo: for its owner to ask for, never a default.
SILENCED_SYSTEM_CHECKS = [] if SECURE_HSTS_PRELOAD else ["security.W021"]
CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy.CONSOLE}
DEFAULT_EXCEPTION_REPORTER_FILTER = "scopserv_site.web.reporting.ReporterFilter"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a multi list of some hundred rows is one form

TIME_ZONE = ENVIRONMENT.time_zone
LANGUAGE_CODE = ENVIRONMENT.language_code
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # no collectstatic to forget
WHITENOISE_ALLOW_ALL_ORIGINS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"no tokens": {"()": "scopserv_site.web.logs.TokenFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no tokens"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "ERROR"},  # the audit trail says more
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}

CRISPY_TEMPLATE_PACK = "unfold_crispy"
CRISPY_ALLOWED_TEMPLATE_PACKS = [CRISPY_TEMPLATE_PACK]

UNFOLD = theme.UNFOLD
