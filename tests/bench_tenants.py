"""How long a tenant's life takes, and what many of them cost. Part of `make bench`.

The many are made as their rows and schemas alone, without a rebuild, so that a thousand take no longer than the rest.
"""

import time
from collections.abc import Callable, Iterator
from statistics import median

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dialplan.deploy.models import Deployment, Node
from scopserv_site.life.copying import copy_tenant
from scopserv_site.life.deleting import archive_and_delete
from tenants.life.schema_template import make_schema
from tenants.lifecycle import create_tenant
from tenants.models import Domain, Tenant
from tests.people import browser, operator
from tests.proof.site import Site

AT_ONCE = 50
TIMES = 20
Measured = tuple[str, float, float | None]


def copying(site: Site, like: str, phones: int) -> Iterator[Measured]:
    """A copy, from the command's call until Asterisk has all of it."""
    began = time.perf_counter()
    copy_tenant(like, "copied", name="Copied", actor="bench")
    site.await_live()
    yield f"copy of a tenant of {phones} phones, until live", time.perf_counter() - began, 3


def living(site: Site) -> Iterator[Measured]:
    """With five hundred tenants and with a thousand; no worker is there to take its share."""
    fill_up(500)
    slugs = [f"new{each}" for each in range(TIMES)]
    yield "create a tenant, 500 present", median(timed(create_tenant, slug, name=slug) for slug in slugs), 0.150
    yield "delete a tenant with its final export, 500 present", median(timed(archive_and_delete, slug, actor="bench") for slug in slugs), 1
    yield "manage.py migrate_schemas with nothing to do, 500 present", timed(nothing_to_migrate, site), 5
    for host in ("localhost", "acme.localhost"):
        yield f"login page of {host}", median(timed(got, Client(HTTP_HOST=host), "/login/") for _ in range(TIMES)), 0.050
    fill_up(1000)
    olga = browser("localhost", operator())
    for what, where, limit in (
        ("list", "/tenants/tenant/", 0.300),
        ("list, sorted by phones", "/tenants/tenant/?o=-4", 0.300),
        ("list, searched", "/tenants/tenant/?q=many77", 0.300),
        ("operators' dashboard", "/", None),
    ):
        got(olga, where)
        with CaptureQueriesContext(connection) as queries:
            got(olga, where)
        yield f"{what}, 1,000 tenants ({len(queries)} queries)", median(timed(got, olga, where) for _ in range(TIMES)), limit


def fill_up(count: int) -> None:
    """Have so many tenants on the first node, most of them quite bare."""
    node = Node.objects.order_by("name")[0]
    there = Tenant.objects.exclude(schema_name="public").count()
    for first in range(there, count, AT_ONCE):
        slugs = [f"many{number}" for number in range(first, min(first + AT_ONCE, count))]
        with transaction.atomic():
            made = Tenant.objects.bulk_create(
                [Tenant(schema_name=slug, name=slug.title(), phones=len(slug) * 7, phone_limit=50) for slug in slugs]
            )
            Domain.objects.bulk_create([Domain(tenant=tenant, domain=f"{tenant.slug}.localhost", is_primary=True) for tenant in made])
            Deployment.objects.bulk_create([Deployment(node=node, slug=slug, wanted=1, live=1) for slug in slugs])
            for slug in slugs:
                make_schema(slug)


def nothing_to_migrate(site: Site) -> None:
    done = site.manage("migrate_schemas")
    assert "No migrations to apply." in done.stdout, done.stderr


def got(client: Client, where: str) -> None:
    assert client.get(where).status_code == 200


def timed(do: Callable[..., object], *arguments: object, **named: object) -> float:
    began = time.perf_counter()
    do(*arguments, **named)
    return time.perf_counter() - began
