"""The switcher: nothing for people with one console, and one query for however many others."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.models import Domain, Membership, Tenant
from tests.people import browser, operator, staff
from tests.tenants.visits.arriving import door_of, open_door


def with_companies(count: int) -> list[Tenant]:
    """Companies that have no schema: the switcher opens none."""
    made = Tenant.objects.bulk_create(Tenant(schema_name=f"more{number:04}", name=f"Company {number:04}") for number in range(count))
    Domain.objects.bulk_create(Domain(tenant=tenant, domain=f"{tenant.slug}.localhost") for tenant in made)
    return made


def queries(client: Any, path: str) -> tuple[int, str]:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page = client.get(path).content.decode()
    return len(caught), page


def test_a_person_with_one_company_never_sees_the_word(acme: Tenant, globex: Tenant) -> None:
    client = browser("acme.localhost", staff(acme))
    for path in ("/", "/dialplan/phone/", "/account/"):
        page = client.get(path).content.decode()
        assert "switcher" not in page
        assert "tenant" not in page.lower()


def test_a_person_with_two_companies_sees_the_other_one(acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    Membership.objects.create(user=alice, tenant=globex)
    page = browser("acme.localhost", alice).get("/").content.decode()
    assert 'name="to" value="globex"' in page
    assert 'name="to" value="acme"' not in page
    assert 'name="to" value=""' not in page
    assert "All of them" not in page


@pytest.mark.parametrize("path", ["/", "/visit/", "/visit/?q=company"])
def test_queries_do_not_grow_with_the_tenants(acme: Tenant, globex: Tenant, path: str) -> None:
    client = browser("localhost", operator())
    client.get(path)
    few, _ = queries(client, path)
    with_companies(1000)
    many, page = queries(client, path)
    assert many <= few
    assert "and search" in page


def test_what_one_went_to_last_comes_first(acme: Tenant, globex: Tenant) -> None:
    with_companies(20)
    client = browser("localhost", operator())
    for slug in ("globex", "acme"):
        client.post("/visit/", {"to": slug})
    page = client.get("/visit/").content.decode()
    found = [page.index(f'value="{slug}" aria-label') for slug in ("acme", "globex", "more0000")]
    assert found == sorted(found)


def test_the_list_is_searched(acme: Tenant, globex: Tenant) -> None:
    Domain.objects.create(tenant=globex, domain="pbx.globex.example", is_primary=False)
    client = browser("acme.localhost", operator())
    for search in ("GLOB", "pbx.globex", "globex"):
        page = client.get("/visit/", {"q": search}).content.decode()
        assert page.count('value="globex" aria-label') == 1
    assert "Nothing that you may open" in client.get("/visit/", {"q": "<b>'%"}).content.decode()
    assert "Open Acme" not in client.get("/visit/", {"q": "acme"}).content.decode()


def test_operators_lists_lead_there(acme: Tenant) -> None:
    client = browser("localhost", operator())
    for path in ("/", "/tenants/tenant/"):
        assert 'form="switcher-form" name="to" value="acme"' in client.get(path).content.decode()
    there, _ = open_door(door_of(client.post("/visit/", {"to": "acme"})))
    assert 'name="to" value=""' in there.get("/").content.decode()
