"""A schema from the template is the one that migrations make, to the last constraint."""

import contextlib
import stat
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from dialplan.models import Phone
from scopserv_site import migrating
from scopserv_site.life.copying import copy_tenant
from tenants.life import schema_template
from tenants.life.models import SchemaTemplate
from tenants.lifecycle import create_tenant
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.killed import run_until_killed

CATALOG = {
    "columns": """
        SELECT c.relname, c.relkind, c.relpersistence, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
            a.attcollation::regcollation, a.attstorage, pg_get_expr(d.adbin, d.adrelid),
            rank() OVER (PARTITION BY c.oid ORDER BY a.attnum)
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = %s::regnamespace ORDER BY c.relname, a.attname""",
    "constraints": """
        SELECT conname, conrelid::regclass, contype, condeferrable, condeferred, convalidated, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = %s::regnamespace ORDER BY conname, conrelid::regclass::text""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY indexname",
    "sequences": """
        SELECT s.relname, q.start_value, q.min_value, q.max_value, q.increment_by, q.cycle, q.data_type, q.last_value,
            d.refobjid::regclass, a.attname, d.deptype
        FROM pg_class s JOIN pg_sequences q ON q.schemaname = s.relnamespace::regnamespace::text AND q.sequencename = s.relname
        LEFT JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE s.relkind = 'S' AND s.relnamespace = %s::regnamespace ORDER BY s.relname""",
}


@pytest.fixture
def another_template(monkeypatch: pytest.MonkeyPatch) -> str:
    """Code whose template nobody has made yet."""
    monkeypatch.setattr(schema_template, "fingerprint", lambda version: "of other migrations")
    return "of other migrations"


def query(text: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def described(schema: str) -> dict[str, list[str]]:
    found = {name: [str(row).replace(schema, "SCHEMA") for row in query(text, schema)] for name, text in CATALOG.items()}
    for (table,) in query("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", schema):
        columns = "id, app, name" if table == "django_migrations" else "*"
        found[table] = [str(row) for row in query(f'SELECT {columns} FROM "{schema}"."{table}" ORDER BY 1')]
    return found


@pytest.mark.django_db
def test_it_makes_what_migrations_make() -> None:
    schema_template.make_schema("bytemplate")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA bymigrations")
    call_command(MigrateSchemasCommand(), tenant=True, schema_name="bymigrations", interactive=False, verbosity=0)
    made, wanted = described("bytemplate"), described("bymigrations")
    assert made.keys() == wanted.keys()
    for part, rows in wanted.items():
        assert made[part] == rows, part
    assert {"columns", "constraints", "indexes", "sequences", "dialplan_phone"} <= wanted.keys()
    assert wanted["sequences"]


@pytest.mark.parametrize("slug", ["user", "select", "end", "s", "x234567890123456"])
@pytest.mark.django_db
def test_any_slug_will_do(slug: str) -> None:
    create_tenant(slug, name="A company")
    with open_tenant(slug):
        assert Phone.objects.create(number="101").pk == 1


@pytest.mark.django_db
def test_each_tenant_counts_by_itself() -> None:
    for slug in ("initech", "hooli"):
        create_tenant(slug, name=slug)
    with open_tenant("initech"):
        assert [Phone.objects.create(number=f"10{each}").pk for each in range(3)] == [1, 2, 3]
    with open_tenant("hooli"):
        assert Phone.objects.create(number="101").pk == 1


@pytest.mark.django_db
def test_permissions_of_tenants_models_are_in_public() -> None:
    assert Permission.objects.filter(content_type__app_label="dialplan", codename="change_phone").exists()
    assert Permission.objects.filter(content_type__app_label="paging", codename="view_record").exists()


@pytest.mark.django_db(transaction=True)
def test_new_migrations_make_a_new_template(another_template: str) -> None:
    create_tenant("initech", name="Initech")
    assert [row.fingerprint for row in SchemaTemplate.objects.all()] == [another_template]
    assert not query("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema_template.SOURCE)
    assert described("initech")["constraints"]


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_migrations_serve_and_nobody_waits(
    another_template: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=2s")  # who makes one now would wait for us, and we for them
    copy_tenant("acme", "initech", name="Initech", actor="test")
    assert described("initech")["constraints"]
    assert not SchemaTemplate.objects.filter(fingerprint=another_template).exists()
    assert not caplog.records


@pytest.mark.django_db(transaction=True)
def test_a_table_that_somebody_holds_is_waited_for_no_longer_than_others_can_bear(
    another_template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_template, "PATIENCE", "100ms")
    holder = connection.copy()
    with contextlib.closing(holder), holder.cursor() as cursor:
        dump = schema_template._dump

        def held() -> str:
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM tenants_user")
            return dump()

        monkeypatch.setattr(schema_template, "_dump", held)
        schema_template.make_schema_template()
    assert SchemaTemplate.objects.get(fingerprint=another_template).text
    create_tenant("initech", name="Initech")
    assert described("initech")["constraints"]


@pytest.mark.parametrize("program", ["", "#!/bin/sh\necho 'aborting because of server version mismatch' >&2\nexit 1\n"])
@pytest.mark.django_db(transaction=True)
def test_without_a_pg_dump_that_fits_migrations_serve(
    program: str, another_template: str, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PG_DUMP = tmp_path / "pg_dump"
    if program:
        settings.PG_DUMP.write_text(program)
        settings.PG_DUMP.chmod(stat.S_IRWXU)
    for slug in ("initech", "hooli"):
        create_tenant(slug, name=slug)
        assert described(slug)["constraints"]
    list(migrating.migrate())  # when it may be there, it is tried again
    said = [record.getMessage() for record in caplog.records if "by migrations" in record.getMessage()]
    assert len(said) == 2
    assert ("version mismatch" if program else "no such program") in said[0]
    assert not query("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema_template.SOURCE)


@pytest.mark.django_db(transaction=True)
def test_killed_while_a_tenant_is_made_nothing_is_left_and_it_can_be_made() -> None:
    run_until_killed("""
        from tenants.lifecycle import create_tenant
        from tenants.signals import tenant_created
        tenant_created.connect(die)
        create_tenant("initech", name="Initech")
    """)
    assert not query("SELECT 1 FROM pg_namespace WHERE nspname = 'initech'")
    assert not Tenant.objects.filter(schema_name="initech").exists()
    create_tenant("initech", name="Initech")
    with open_tenant("initech"):
        assert not Phone.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_killed_while_a_template_is_made_the_next_one_makes_it(another_template: str) -> None:
    run_until_killed("""
        from tenants.life import schema_template
        schema_template.fingerprint = lambda version: "of other migrations"
        schema_template._dump = die
        schema_template.make_schema_template()
    """)
    assert query("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema_template.SOURCE)
    create_tenant("initech", name="Initech")
    assert SchemaTemplate.objects.filter(fingerprint=another_template).exists()
    assert not query("SELECT 1 FROM pg_namespace WHERE nspname = %s", schema_template.SOURCE)
