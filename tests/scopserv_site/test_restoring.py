"""The tests' own ground: what one test does, the next does not see."""

import pytest
from django.db import connection
from django_tenants.utils import schema_exists

from tenants.lifecycle import create_tenant
from tenants.models import Tenant, User
from tenants.schema import open_tenant
from tests import restoring


def test_a_committing_test_starts_with_both_tenants(transactional_db):
    assert {tenant.slug for tenant in Tenant.objects.all()} == {"acme", "globex"}
    create_tenant("initech", name="Initech")
    User.objects.create_user("someone")
    Tenant.objects.filter(schema_name="acme").update(name="Renamed")
    connection.set_schema("globex")


def test_and_leaves_nothing(transactional_db, acme):
    assert acme.name == "Acme Corp"
    assert connection.schema_name == "public"
    assert {tenant.slug for tenant in Tenant.objects.all()} == {"acme", "globex"}
    assert not User.objects.exists()
    assert not schema_exists("initech")


@pytest.mark.django_db(transaction=True)
def test_restoring_gives_the_same_rows_back():
    before = restoring.take()
    with open_tenant("acme"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations")
    restoring.restore(before)
    assert restoring.take() == before
