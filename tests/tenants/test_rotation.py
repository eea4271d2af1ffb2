"""Keys for secrets change: all secrets are written anew, wherever they are, and nothing else changes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from addons.discovery.registry import registry
from addons.stored.generated import record_model
from dialplan.changes import changing
from dialplan.deploy.models import Node
from dialplan.fields import SealedJSONField
from dialplan.models import Phone, Revision
from dialplan.trunks.models import Trunk
from tenants.audit.models import AuditEntry
from tenants.life.models import Archive
from tenants.logins.models import Authenticator
from tenants.models import Tenant
from tenants.rotation import Found, columns, rotate, written_anew
from tenants.schema import open_tenant
from tenants.secret_fields import HoldsSecrets
from tenants.secrets import Opened, opened, sealed
from tests.people import operator

FIRST, SECOND = (Fernet.generate_key().decode() for _ in range(2))
HOME = Path(__file__).parents[2]


@pytest.fixture
def furnished(acme: Tenant, globex: Tenant, settings: Any) -> Any:
    """Secrets in every kind of place, written with the first key."""
    settings.SECRETS_KEYS = (FIRST,)
    Node.objects.create(name="pbx1", folder="/nowhere", ami_user="console", ami_secret="ami-secret")
    Trunk.objects.create(name="carrier", host="sip.example.net", user="u", secret="trunk-secret", all_tenants=True)
    Authenticator.objects.create(user=operator(), key="totp-key")
    Archive.objects.create(slug="gone", name="Gone", text="phones of gone", expires=timezone.now())
    page = {"number": "*80", "callers": "all", "tenants": "all", "pin": Opened("4711")}
    record_model(registry.get("multipage")).objects.create(key="*80", data=page)
    for slug in ("acme", "globex"):
        with open_tenant(slug), changing(actor="alice") as change:
            Phone.objects.create(number="101", secret=f"s101-{slug}", extra={"voicemail": {"box": True, "pin": Opened("0815")}})
            Phone.objects.create(number="102", secret=f"s102-{slug}")
            record_model(registry.get("conference")).objects.create(key="700", data={"number": "700", "pin": Opened("2222")})
            for kind in ("phone", "conference"):
                change.touch(kind)
    return settings


def run() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, stderr=out)
    return out.getvalue()


def rows() -> dict[str, list[Any]]:
    """All that the tables with secrets hold, secrets in clear text."""
    found = {}
    for slug in ("acme", "globex"):
        with open_tenant(slug):
            found[f"{slug} phones"] = [(phone.number, phone.secret, opened(phone.extra)) for phone in Phone.objects.order_by("number")]
            records = record_model(registry.get("conference")).objects.all()
            found[f"{slug} records"] = [(each.key, opened(each.data), each.version, each.modified) for each in records]
            found[f"{slug} revisions"] = list(Revision.objects.values_list("number", "digest"))
    found["site"] = [Node.objects.get().ami_secret, Trunk.objects.get().secret, Archive.objects.get().text, Authenticator.objects.get().key]
    found["server records"] = [opened(each.data) for each in record_model(registry.get("multipage")).objects.all()]
    found["audit"] = [AuditEntry.objects.count()]
    return found


def test_all_secrets_open_with_the_new_key_alone_and_nothing_else_changes(furnished: Any) -> None:
    before = rows()
    furnished.SECRETS_KEYS = (SECOND, FIRST)
    told = run()
    assert "acme.dialplan_phone.secret: 2 written anew" in told
    assert "globex.dialplan_phone.extra: 1 written anew" in told
    assert "public.deploy_node.ami_secret: 1 written anew" in told
    assert "All 13 secrets are written with the first key; no other one is needed" in told
    furnished.SECRETS_KEYS = (SECOND,)
    assert rows() == before
    call_command("commit", stdout=StringIO())
    assert rows() == before
    assert run() == "All 13 secrets are written with the first key; there is no other.\n"


def test_a_lost_key_is_told_with_its_rows_and_keeps_no_other_secret_from_being_written(furnished: Any) -> None:
    with open_tenant("globex"):
        furnished.SECRETS_KEYS = (Fernet.generate_key().decode(),)
        lost = Phone.objects.create(number="103", secret="lost")
    furnished.SECRETS_KEYS = (SECOND, FIRST)
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match=r"1 of 14 secrets are lost .* Drop no key yet"):
        call_command("rotate_keys", stdout=out, stderr=err)
    assert err.getvalue() == f"globex.dialplan_phone.secret, row {lost.pk}: opens with none of the keys\n"
    furnished.SECRETS_KEYS = (SECOND,)
    assert Trunk.objects.get().secret == "trunk-secret"
    with open_tenant("acme"):
        assert Phone.objects.get(number="101").secret == "s101-acme"


def test_a_row_that_is_saved_meanwhile_keeps_what_was_saved(furnished: Any) -> None:
    furnished.SECRETS_KEYS = (SECOND, FIRST)
    column = next(each for each in columns() if str(each) == "acme.dialplan_phone.secret")
    with open_tenant("acme"):
        phone = Phone.objects.get(number="101")

    class Slow(HoldsSecrets):
        """Somebody else saves while the row is looked at."""

        def tokens(self, stored: str) -> Any:
            with open_tenant("acme"):
                phone.secret = "changed"
                phone.save()
            return (stored,)

    rotate(replace(column, kind=Slow()))
    with open_tenant("acme"):
        assert Phone.objects.get(number="101").secret == "changed"


def test_every_column_that_holds_tokens_is_known(furnished: Any) -> None:
    """A field that keeps secrets without saying so would be lost with its key."""
    known = {(each.table, each.name) for each in columns()}
    texts = "SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE table_schema IN ('public', 'acme')"
    with connection.cursor() as cursor:
        cursor.execute(f"{texts} AND data_type IN ('text', 'jsonb', 'character varying')")
        for schema, table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{schema}"."{table}" WHERE "{column}"::text LIKE \'%gAAAAA%\'')
            assert cursor.fetchone() == (0,) or (table, column) in known, f"{table}.{column}"
    assert {apps.get_model("dialplan.Phone")._meta.db_table, "addons_record", "server_record"} <= {table for table, _ in known}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.builds(Opened, st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@contextmanager
def keys(*given: str) -> Iterator[None]:
    with override_settings(SECRETS_KEYS=given):
        yield


@given(json_values)
def test_within_json_only_the_tokens_change(value: Any) -> None:
    with keys(FIRST):
        stored = json.dumps({"x": sealed(value)})
        before = opened(json.loads(stored))
    with keys(SECOND, FIRST):
        found = Found()
        fresh = written_anew(SealedJSONField(), stored, found, "here")
        assert written_anew(SealedJSONField(), fresh, Found(), "here") == fresh
    with keys(SECOND):
        assert opened(json.loads(fresh)) == before
    assert found.renewed == found.secrets
    assert (fresh == stored) == (not found.secrets)


class Site:
    """A site with a database and a key file of its own."""

    def __init__(self, folder: Path) -> None:
        self.environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
        self.environment |= {"VAR_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
        self.keys = folder / "secrets_key"

    def start(self, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.Popen(command, cwd=HOME, env=self.environment | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *arguments: str, **more: str) -> tuple[int, str]:
        process = self.start(*arguments, **more)
        told, _ = process.communicate(timeout=120)
        return process.returncode, told


def test_a_key_file_of_its_own_gets_a_new_key_and_loses_the_old_one_when_nothing_needs_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    site = Site(tmp_path / "var")
    site.run("create_tenant", "acme", "--name", "Acme")
    phones = "\n".join(f'      "{number}": {{secret: s{number}-of-acme}}' for number in range(1000, 2200))
    (tmp_path / "site.yaml").write_text(f"tenants:\n  acme:\n    phones:\n{phones}\n")
    assert site.run("apply", str(tmp_path / "site.yaml"))[0] == 0
    old = site.keys.read_text()

    worker = site.start("worker")
    assert worker.stdout is not None
    assert "Worker for" in worker.stdout.readline()
    code, told = site.run("rotate_keys", "--new")
    worker.terminate()
    worker.communicate()
    assert (code, site.keys.read_text()) == (1, old)
    assert "Stop it" in told

    killed = site.start("rotate_keys", "--new")
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    code, told = site.run("rotate_keys")
    assert code == 0, told
    assert "All 1200 secrets are written with the first key; the older ones are gone" in told
    (new,) = site.keys.read_text().split()
    assert new != old
    code, exported = site.run("export", "--secrets")
    assert code == 0
    assert "s1000-of-acme" in exported
    assert "s2199-of-acme" in exported
