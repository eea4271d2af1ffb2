"""The site's settings for the tests: variables of the developer's count for nothing, and the database is the test run's own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = "CONSOLE_TEST_FOLDER"  # set by the process that pytest starts in, inherited by the workers of xdist

for name in (
    "DATABASE_URL",
    "SECRET_KEY",
    "SECRETS_KEYS",
    "DEBUG",
    "HTTPS",
    "MAIN_HOST",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "ADDON_DIRS",
):
    os.environ.pop(name, None)
os.environ |= {"TIME_ZONE": "UTC", "LANGUAGE_CODE": "en"}

_first = FOLDER not in os.environ
if _first:
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="console-tests-")
    Path(os.environ[FOLDER]).chmod(0o711)
os.environ["VAR_DIR"] = os.environ[FOLDER]

from scopserv_site.database import embedded  # noqa: E402
from scopserv_site.settings import *  # noqa: E402, F403
from scopserv_site.settings import DATABASES, VAR_DIR  # noqa: E402

DATABASES["default"]["EMBEDDED_OPTIONS"] = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _clean() -> None:
    embedded.stop(VAR_DIR / "postgres")
    shutil.rmtree(VAR_DIR, ignore_errors=True)


if _first:
    atexit.register(_clean)
