"""Who lacks a migration is one quick question, and the right answer."""

import pytest
from django.db import connection

from scopserv_site import migrating
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
