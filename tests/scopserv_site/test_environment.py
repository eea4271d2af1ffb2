"""Environment variables: all that is wrong told at once, safe where nothing is set."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from scopserv_site.environment import (
    BadEnvironment,
    Environment,
    derived_secrets_key,
    parse_database_url,
    read_environment,
)
from scopserv_site.kept_keys import keep_first_key, kept_secret_key, kept_secrets_keys, put_new_key_first
from scopserv_site.mail_server import MailServer

NAMES = (
    "VAR_DIR DATABASE_URL SECRET_KEY SECRETS_KEYS DEBUG HTTPS MAIN_HOST ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS ADDON_DIRS TIME_ZONE"
    " LANGUAGE_CODE SESSION_HOURS TRUSTED_PROXIES HSTS_SECONDS HSTS_SUBDOMAINS HSTS_PRELOAD EMAIL_URL EMAIL_FROM"
    " OPERATORS_SECOND_FACTOR"
).split()
KEY = "k" * 50


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def read_with(**variables: str) -> Environment:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return read_environment(tmp_path)

    return read_with


def test_nothing_set(read, tmp_path):
    environment = read()
    assert environment == Environment(
        var_dir=tmp_path / "var",
        database=None,
        secret_key=(tmp_path / "var" / "secret_key").read_text(),
        secrets_keys=((tmp_path / "var" / "secrets_key").read_text(),),
        debug=False,
        https=False,
        trusted_proxies=0,
        hsts_seconds=2_592_000,
        hsts_subdomains=True,
        hsts_preload=False,
        main_host="localhost",
        tenant_paths=False,
        allowed_hosts=("*",),
        csrf_trusted_origins=(),
        addon_dirs=(),
        archive_days=30,
        time_zone="UTC",
        language_code="en",
        session_hours=12,
        operators_second_factor="optional",
        mail_server=None,
        mail_from="",
    )


def test_everything_set(read, tmp_path):
    environment = read(
        VAR_DIR=str(tmp_path / "elsewhere"),
        DATABASE_URL="postgresql://console:p%40ss@db.example.net:5433/console?sslmode=require",
        SECRET_KEY=KEY,
        HTTPS="1",
        HSTS_SECONDS="31536000",
        HSTS_SUBDOMAINS="no",
        HSTS_PRELOAD="yes",
        MAIN_HOST="pbx.example.net",
        ALLOWED_HOSTS="pbx.example.net, .pbx.example.net",
        CSRF_TRUSTED_ORIGINS="https://pbx.example.net,https://*.pbx.example.net",
        ADDON_DIRS="/srv/addons:/srv/more",
        TIME_ZONE="America/Montreal",
        LANGUAGE_CODE="fr",
    )
    assert environment.database == {
        "NAME": "console",
        "USER": "console",
        "PASSWORD": "p@ss",
        "HOST": "db.example.net",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    assert environment.var_dir == tmp_path / "elsewhere"
    assert (environment.secret_key, environment.debug, environment.https) == (KEY, False, True)
    assert (environment.hsts_seconds, environment.hsts_subdomains, environment.hsts_preload) == (31_536_000, False, True)
    assert environment.trusted_proxies == 1  # the one where TLS ends
    assert environment.allowed_hosts == ("pbx.example.net", ".pbx.example.net")
    assert environment.csrf_trusted_origins == ("https://pbx.example.net", "https://*.pbx.example.net")
    assert environment.addon_dirs == (Path("/srv/addons"), Path("/srv/more"))


def test_all_that_is_wrong_is_told_at_once(read):
    wrong = {
        "DATABASE_URL": "mysql://db/console",
        "SECRET_KEY": "short",
        "SECRETS_KEYS": f"{Fernet.generate_key().decode()},short",
        "DEBUG": "maybe",
        "MAIN_HOST": "http://pbx.example.net",
        "ALLOWED_HOSTS": "pbx.example.net,b@d",
        "CSRF_TRUSTED_ORIGINS": "pbx.example.net",
        "TIME_ZONE": "../etc/passwd",
        "LANGUAGE_CODE": "klingon",
        "SESSION_HOURS": "0",
        "OPERATORS_SECOND_FACTOR": "yes",
        "TRUSTED_PROXIES": "-1",
        "EMAIL_URL": "http://mail.example.net",
        "EMAIL_FROM": "the console",
        "VAR_DIR": "",
        "HSTS_SECONDS": "-1",
    }
    with pytest.raises(BadEnvironment) as told:
        read(**wrong)
    lines = str(told.value).splitlines()
    assert [line.split(":")[0] for line in lines] == sorted(wrong)


@pytest.mark.parametrize(
    "url", ["", "postgresql://", "postgresql://host", "postgresql://h:99999x/n", "postgresql://h/n?nonsense=1", "host=x dbname=y"]
)
def test_database_urls_that_will_not_do(read, url):
    with pytest.raises(BadEnvironment, match="DATABASE_URL"):
        read(DATABASE_URL=url, SECRET_KEY=KEY)


def test_a_password_in_a_bad_url_is_not_told(read):
    with pytest.raises(BadEnvironment) as told:
        read(DATABASE_URL="postgresql://user:hunter2@host/name?nonsense=1", SECRET_KEY=KEY)
    assert "hunter2" not in str(told.value)


def test_errors_are_not_shown_where_people_come_by_https(read):
    assert read(DEBUG="yes").debug
    with pytest.raises(BadEnvironment, match="DEBUG: shows settings"):
        read(HTTPS="yes")


def test_what_is_secret_in_it_is_not_shown_with_it(read):
    environment = read(DATABASE_URL="postgresql://console:hunter2@host/name", SECRET_KEY=KEY)
    assert not any(secret in repr(environment) for secret in (KEY, "hunter2", *environment.secrets_keys))


def test_a_database_of_ones_own_needs_a_key_of_ones_own(read):
    with pytest.raises(BadEnvironment, match="SECRET_KEY: must be set beside DATABASE_URL"):
        read(DATABASE_URL="postgresql://host/name")


def test_a_socket_in_the_url():
    assert parse_database_url("postgresql:///console?host=/run/postgresql") == {
        "NAME": "console",
        "USER": "",
        "PASSWORD": "",
        "HOST": "/run/postgresql",
        "PORT": "",
        "OPTIONS": {},
    }


def test_the_key_is_kept_and_private(tmp_path):
    path = tmp_path / "var" / "secret_key"
    key = kept_secret_key(path)
    assert len(key) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept_secret_key(path) == key
    assert [found.name for found in path.parent.iterdir()] == ["secret_key"]


def test_a_key_that_cannot_be_kept(tmp_path):
    (tmp_path / "var").write_text("a file")
    with pytest.raises(BadEnvironment, match=r"SECRET_KEY is not set and .*secret_key cannot be used"):
        kept_secret_key(tmp_path / "var" / "secret_key")


def test_the_key_for_secrets_is_kept_and_private_and_must_stay_one(tmp_path):
    path = tmp_path / "var" / "secrets_key"
    (key,) = kept_secrets_keys(path)
    Fernet(key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept_secrets_keys(path) == (key,)
    path.write_text("gone")
    with pytest.raises(BadEnvironment, match=r"SECRETS_KEYS is not set and .*secrets_key holds no key"):
        kept_secrets_keys(path)


def test_a_new_key_comes_before_the_kept_one_until_that_is_dropped(tmp_path):
    path = tmp_path / "secrets_key"
    (old,) = kept_secrets_keys(path)
    new, *rest = put_new_key_first(path)
    assert (rest, kept_secrets_keys(path)) == ([old], (new, old))
    assert new != old
    assert keep_first_key(path)
    assert kept_secrets_keys(path) == (new,)
    assert not keep_first_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_keys_that_are_set_write_and_the_one_before_them_still_reads(read, tmp_path):
    before = read().secrets_keys
    first, second = (Fernet.generate_key().decode() for _ in range(2))
    assert read(SECRETS_KEYS=f" {first}, {second}").secrets_keys == (first, second, *before)
    (tmp_path / "var" / "secrets_key").unlink()
    assert read(SECRETS_KEYS=first).secrets_keys == (first,)


def test_no_new_key_is_made_for_a_database_that_has_secrets(read, tmp_path):
    before = read().secrets_keys
    path = tmp_path / "var" / "secrets_key"
    (path.parent / "postgres").mkdir()
    (path.parent / "postgres" / "PG_VERSION").write_text("18")
    assert read().secrets_keys == before
    path.unlink()
    with pytest.raises(BadEnvironment, match=r"secrets_key is gone: .* Put the file back"):
        read()
    assert not path.exists()
    assert read(SECRETS_KEYS=before[0]).secrets_keys == before


def test_hosts_that_share_a_database_share_the_key_for_secrets(read, tmp_path):
    environment = read(DATABASE_URL="postgresql://host/name", SECRET_KEY=KEY)
    assert environment.secrets_keys == (derived_secrets_key(KEY),)
    Fernet(environment.secrets_keys[0])
    assert not (tmp_path / "var" / "secrets_key").exists()
    assert derived_secrets_key(KEY) != derived_secrets_key(KEY + "k")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", MailServer("localhost", 25, "", "", False, False)),
        ("smtp+tls://console:p%40ss@mail.example.net", MailServer("mail.example.net", 587, "console", "p@ss", True, False)),
        ("smtps://console@mail.example.net:4465", MailServer("mail.example.net", 4465, "console", "", False, True)),
    ],
)
def test_where_mail_goes(read, url, server):
    assert read(EMAIL_URL=url, EMAIL_FROM="console@example.net").mail_server == server


@pytest.mark.parametrize("url", ["mail.example.net", "smtp://", "smtp://user:hunter2@host:x", "smtp://user:hunter2@host/folder"])
def test_mail_servers_that_will_not_do(read, url):
    with pytest.raises(BadEnvironment, match="EMAIL_URL") as told:
        read(EMAIL_URL=url, EMAIL_FROM="console@example.net")
    assert "hunter2" not in str(told.value)


def test_mail_needs_a_sender(read):
    with pytest.raises(BadEnvironment, match="EMAIL_FROM: must be set"):
        read(EMAIL_URL="smtp://localhost")
