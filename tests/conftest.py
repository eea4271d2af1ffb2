"""Two tenants for the whole run, made once; each test begins in the public schema and leaves nothing behind.

`acme` and `globex` are the tenants; `in_acme` opens acme's schema for the length of the test. A test that must really commit
(a worker's threads, a live server) asks for `transactional_db`.
"""

import gc
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase
from pytest_django.plugin import blocking_manager_key

from tenants.lifecycle import create_tenant
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests import restoring

TENANTS = {"acme": "Acme Corp", "globex": "Globex"}
COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}
KEEPING = "kept_database"  # the fixture of tests that share what they commit; it restores when the last of them is over
# Restoring serves instead: Django's flush stumbles over the foreign keys from the tenants' schemas, and takes the tenants away.
TransactionTestCase._fixture_teardown = lambda self: None
snapshot_key = pytest.StashKey[restoring.Snapshot]()


def pytest_collection_finish() -> None:
    """What is loaded stays: without this, looking through it again and again takes a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest, request: pytest.FixtureRequest) -> None:
    with django_db_blocker.unblock():
        for slug, name in TENANTS.items():
            create_tenant(slug, name=name)
        request.config.stash[snapshot_key] = restoring.take()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    try:
        yield
    finally:  # also after a teardown that complains
        if nextitem is not None and snapshot_key in item.config.stash and _commits(item):
            with item.config.stash[blocking_manager_key].unblock():
                restoring.restore(item.config.stash[snapshot_key])


def _commits(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    if KEEPING in fixtures:
        return False
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or bool(COMMITTING & fixtures)


@pytest.fixture(autouse=True)
def public_schema() -> Iterator[None]:
    connection.set_schema_to_public()
    yield
    connection.set_schema_to_public()


@pytest.fixture
def acme(db: None) -> Tenant:
    return Tenant.objects.get(schema_name="acme")


@pytest.fixture
def globex(db: None) -> Tenant:
    return Tenant.objects.get(schema_name="globex")


@pytest.fixture
def in_acme(db: None) -> Iterator[Tenant]:
    with open_tenant("acme") as tenant:
        yield tenant
