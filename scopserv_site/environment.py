"""What the console takes from environment variables, read once and checked all together."""

import base64
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg
from cryptography.fernet import Fernet
from django.conf import global_settings
from django.core import validators
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http.request import host_validation_re
from environs import Env, EnvValidationError, ValidationError
from psycopg.conninfo import conninfo_to_dict

from scopserv_site.kept_keys import SECRET_KEY_LENGTH, BadEnvironment, kept_secret_key, kept_secrets_keys
from scopserv_site.mail_server import MailServer, parse_mail_server

MONTH = 30 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The checked values; `database` is None where the embedded PostgreSQL serves."""

    var_dir: Path
    database: dict[str, Any] | None = field(repr=False)
    secret_key: str = field(repr=False)
    secrets_keys: tuple[str, ...] = field(repr=False)
    debug: bool
    https: bool
    trusted_proxies: int
    hsts_seconds: int
    hsts_subdomains: bool
    hsts_preload: bool
    main_host: str
    tenant_paths: bool
    allowed_hosts: tuple[str, ...]
    csrf_trusted_origins: tuple[str, ...]
    addon_dirs: tuple[Path, ...]
    archive_days: int
    time_zone: str
    language_code: str
    session_hours: int
    operators_second_factor: str
    mail_server: MailServer | None
    mail_from: str


def read_environment(home: Path) -> Environment:
    """Read os.environ; `home` is where manage.py is."""
    env = Env(eager=False)
    var_dir = Path(env.str("VAR_DIR", str(home / "var"), validate=_var_dir) or home / "var").resolve()
    url = env.str("DATABASE_URL", None, validate=_database_url)
    secret_key = env.str("SECRET_KEY", None, validate=_secret_key)
    secrets_keys = _items(env.str("SECRETS_KEYS", "", validate=_each(_secrets_key)), ",")
    values: dict[str, Any] = {
        "debug": env.bool("DEBUG", False),
        "https": env.bool("HTTPS", False),
        "trusted_proxies": env.int("TRUSTED_PROXIES", None, validate=_proxies),
        "hsts_seconds": env.int("HSTS_SECONDS", MONTH, validate=_not_negative),
        "hsts_subdomains": env.bool("HSTS_SUBDOMAINS", True),
        "hsts_preload": env.bool("HSTS_PRELOAD", False),
        "main_host": env.str("MAIN_HOST", "localhost", validate=_host),
        "tenant_paths": env.bool("TENANT_PATHS", False),
        "allowed_hosts": _items(env.str("ALLOWED_HOSTS", "*", validate=_each(_allowed_host)), ","),
        "csrf_trusted_origins": _items(env.str("CSRF_TRUSTED_ORIGINS", "", validate=_each(_origin)), ","),
        "addon_dirs": tuple(map(Path, _items(env.str("ADDON_DIRS", ""), os.pathsep))),
        "archive_days": env.int("ARCHIVE_DAYS", 30, validate=_days),
        "time_zone": env.str("TIME_ZONE", "UTC", validate=_time_zone),
        "language_code": env.str("LANGUAGE_CODE", "en", validate=_language),
        "operators_second_factor": env.str("OPERATORS_SECOND_FACTOR", "optional", validate=_optional_or_required),
        "session_hours": env.int("SESSION_HOURS", 12, validate=_hours),
    }
    mail_server = env.str("EMAIL_URL", "", validate=_mail_server)
    mail_from = env.str("EMAIL_FROM", "", validate=_mail_from)
    try:
        env.seal()
    except EnvValidationError as error:
        raise BadEnvironment("\n".join(_lines(error.error_messages))) from None
    if values["trusted_proxies"] is None:
        values["trusted_proxies"] = int(values["https"])  # TLS ends at a proxy
    if mail_server and not mail_from:
        raise BadEnvironment("EMAIL_FROM: must be set beside EMAIL_URL, to the address that the console's e-mail comes from.")
    if url and not secret_key:
        raise BadEnvironment("SECRET_KEY: must be set beside DATABASE_URL, to the same value on every host of this site.")
    if values["debug"] and values["https"]:
        raise BadEnvironment("DEBUG: shows settings and records to whoever meets an error; not where people come by HTTPS. Take it away.")
    return Environment(
        var_dir=var_dir,
        database=parse_database_url(url) if url else None,
        secret_key=secret_key or kept_secret_key(var_dir / "secret_key"),
        secrets_keys=_all_secrets_keys(secrets_keys, secret_key if url else None, var_dir / "secrets_key"),
        mail_server=parse_mail_server(mail_server) if mail_server else None,
        mail_from=mail_from,
        **values,
    )


def parse_database_url(url: str) -> dict[str, Any]:
    """What Django's DATABASES wants of a PostgreSQL URL, as libpq understands it."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {**{ours: parts.pop(theirs, "") for ours, theirs in names.items()}, "OPTIONS": parts}


def derived_secrets_key(secret_key: str) -> str:
    """The key for secrets at rest that every host with this SECRET_KEY has."""
    return base64.urlsafe_b64encode(hmac.digest(secret_key.encode(), b"secrets at rest", "sha256")).decode()


def _all_secrets_keys(given: tuple[str, ...], shared: str | None, path: Path) -> tuple[str, ...]:
    """The first one writes. What serves without SECRETS_KEYS goes on reading, so that setting them loses nothing.

    Where hosts share a database they share SECRET_KEY, which then serves: a file would be another one on each host.
    """
    if shared:
        return (*given, derived_secrets_key(shared))
    has_data = (path.with_name("postgres") / "PG_VERSION").exists()  # asked first: who makes both makes the key first
    is_there = path.exists()
    if has_data and not given and not is_there:
        raise BadEnvironment(
            f"SECRETS_KEYS is not set and {path} is gone: the key to the secrets in the database beside it, which no other one opens. "
            "Put the file back from a backup, or its text into SECRETS_KEYS."
        )
    return (*given, *kept_secrets_keys(path)) if is_there or not given else given


def _lines(messages: object) -> list[str]:
    if not isinstance(messages, dict):
        return [str(messages)]
    return [f"{name}: {' '.join(map(str, told))}" for name, told in sorted(messages.items())]


def _items(text: str | None, separator: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in (text or "").split(separator) if item.strip())


def _each(check: Any) -> Any:
    def check_each(text: str) -> None:
        for item in _items(text, ","):
            check(item)

    return check_each


def _var_dir(text: str) -> None:
    if not text:
        raise ValidationError("is empty; name a folder or leave it out.")


def _database_url(text: str) -> None:
    problem = ValidationError("is not a PostgreSQL address such as postgresql://user:password@host:5432/name")
    if not text.startswith(("postgresql://", "postgres://")):
        raise problem
    try:
        parts = conninfo_to_dict(text)
    except psycopg.ProgrammingError:
        raise problem from None
    if not parts.get("dbname"):
        raise ValidationError("names no database; it ends in /name")
    port = str(parts.get("port") or 5432)
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValidationError(f"{port!r} is not a port")


def _secret_key(text: str) -> None:
    if len(text) < SECRET_KEY_LENGTH:
        raise ValidationError(f"has {len(text)} characters and needs {SECRET_KEY_LENGTH} at least.")


def _secrets_key(text: str) -> None:
    try:
        Fernet(text)
    except ValueError:
        raise ValidationError("holds what is no key; make one with 'head -c 32 /dev/urandom | base64 | tr +/ -_'") from None


def _proxies(number: int) -> None:
    if not 0 <= number <= 9:
        raise ValidationError(f"{number} is not how many proxies of yours stand before this console, one behind the other; 0 to 9")


def _host(text: str) -> None:
    if not host_validation_re.match(text) or ":" in text or text != text.lower():
        raise ValidationError(f"{text!r} is not a host name in lower case without a port, such as pbx.example.net")


def _allowed_host(text: str) -> None:
    if text != "*":
        _host(text.removeprefix("."))


def _not_negative(number: int) -> None:
    if number < 0:
        raise ValidationError("is less than 0.")


def _origin(text: str) -> None:
    if not text.startswith(("http://", "https://")):
        raise ValidationError(f"{text!r} begins with neither https:// nor http://")


def _days(number: int) -> None:
    if not 0 <= number <= 36500:
        raise ValidationError(f"{number} is not a number of days, which may be 0")


def _time_zone(text: str) -> None:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError(f"{text!r} is not a time zone such as Europe/Paris") from None


def _language(text: str) -> None:
    if text not in dict(global_settings.LANGUAGES):
        raise ValidationError(f"{text!r} is not a language of Django's, such as en or pt-br")


def _hours(number: int) -> None:
    if not 1 <= number <= 336:
        raise ValidationError(f"{number} is not a number of hours from 1 to 336")


def _mail_server(text: str) -> None:
    if text:
        try:
            parse_mail_server(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None


def _mail_from(text: str) -> None:
    if text:
        try:
            validators.validate_email(text)
        except DjangoValidationError:
            raise ValidationError(f"{text!r} is not an address such as console@example.net") from None


def _optional_or_required(text: str) -> None:
    if text not in ("optional", "required"):
        raise ValidationError(f"{text!r} is neither optional nor required")
