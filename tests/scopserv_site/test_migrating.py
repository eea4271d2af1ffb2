"""Who lacks a migration is one quick question, and the right answer."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from scopserv_site import migrating
from tenants.lifecycle import create_tenant
from tenants.schema import open_tenant

SCHEMAS = ["public", "acme", "globex"]


@pytest.mark.django_db
def test_nobody_lacks_any():
    assert migrating.lacking(SCHEMAS) == []
    assert list(migrating.migrate()) == []


def test_a_schema_that_lacks_one_is_named(acme):
    with open_tenant("acme"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM acme.django_migrations WHERE app = 'dialplan' AND name LIKE '0001%'")
    assert migrating.lacking(SCHEMAS) == ["acme"]


def test_a_schema_without_a_record_lacks_all(acme):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE globex.django_migrations")
    assert migrating.lacking(SCHEMAS) == ["globex"]
    assert set(migrating.with_a_record(SCHEMAS)) == {"acme", "public"}


@pytest.mark.django_db
def test_many_tenants_cost_few_queries(django_assert_num_queries):
    with django_assert_num_queries(3):  # one sets the search path
        migrating.lacking(SCHEMAS)


@pytest.mark.django_db
def test_none_is_no_query_too_many():
    assert migrating.lacking([]) == []


def forget(schema, app, name):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {schema}.django_migrations WHERE app = %s AND name LIKE %s", [app, f"{name}%"])


@pytest.mark.django_db
def test_the_command_says_that_there_is_nothing_to_do(capsys):
    call_command("migrate_schemas")
    assert capsys.readouterr().out == "No migrations to apply.\n3 schemas are up to date.\n"
    call_command("migrate_schemas", "--check")
    with pytest.raises(CommandError, match="There is no tenant 'nobody'"):
        call_command("migrate_schemas", "-s", "nobody")


@pytest.mark.django_db(transaction=True)
def test_the_command_brings_those_that_lack_and_one_that_fails_stops_no_other(capsys):
    create_tenant("initech", name="Initech")
    forget("acme", "dialplan", "0001")  # which no longer fits what came after it
    forget("globex", "life", "")
    with pytest.raises(CommandError, match="2 of 4 schemas lack migrations: acme, globex"):
        call_command("migrate_schemas", "--check")
    with pytest.raises(CommandError, match=r"(?s)^1 schema is not up to date, as a migration failed.*acme: InconsistentMigrationHistory"):
        call_command("migrate_schemas")
    assert migrating.lacking([*SCHEMAS, "initech"]) == ["acme"]
    assert capsys.readouterr().out.endswith("Brought up to date: globex\n3 schemas are up to date.\n")
