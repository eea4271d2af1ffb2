"""The site's settings for the tests: variables of the developer's count for nothing, and the database is the test run's own."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

FOLDER = "CONSOLE_TEST_FOLDER"  # set by the process that pytest starts in, inherited by the workers of xdist

for name in (
    "DATABASE_URL",
    "SECRET_KEY",
    "SECRETS_KEYS",
    "DEBUG",
    "HTTPS",
    "HSTS_SECONDS",
    "HSTS_SUBDOMAINS",
    "HSTS_PRELOAD",
    "TRUSTED_PROXIES",
    "MAIN_HOST",
    "TENANT_PATHS",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "ADDON_DIRS",
    "ARCHIVE_DAYS",
    "SESSION_HOURS",
    "OPERATORS_SECOND_FACTOR",
    "EMAIL_URL",
    "EMAIL_FROM",
):
    os.environ.pop(name, None)
os.environ |= {"TIME_ZONE": "UTC", "LANGUAGE_CODE": "en"}


def _clean() -> None:
    from scopserv_site.database import embedded

    embedded.stop(Path(os.environ[FOLDER]) / "postgres")
    shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


if FOLDER not in os.environ:
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="console-tests-")
    Path(os.environ[FOLDER]).chmod(0o711)
    atexit.register(_clean)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # else a run that is cut short would leave its server
os.environ["VAR_DIR"] = os.environ[FOLDER]

from scopserv_site.settings import *  # noqa: E402, F403
from scopserv_site.settings import DATABASES  # noqa: E402

DATABASES["default"]["EMBEDDED_OPTIONS"] = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # else each of the tests' clients would read all folders of static files as it starts
