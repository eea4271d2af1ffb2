"""Who gets in where: the host decides the tenant, the membership decides the rest, on every request."""

import pytest
from django.test import Client

from tenants.models import Membership, Tenant
from tenants.schema import open_tenant
from tests.people import browser, operator, staff

ACME, GLOBEX, MAIN = "acme.localhost", "globex.localhost", "localhost"


def enters(client: Client, host: str | None = None) -> bool:
    extra = {"HTTP_HOST": host} if host else {}
    return client.get("/", **extra).status_code == 200


def test_staff_enter_their_own_console_alone(acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    assert enters(browser(ACME, alice))
    for host in (GLOBEX, MAIN):
        answer = Client(HTTP_HOST=host).post("/login/", {"username": "alice", "password": "pass-for-tests"})
        assert answer.status_code == 200
        assert "Please enter a correct username and password" in answer.content.decode()


def test_operators_enter_everywhere(acme: Tenant, globex: Tenant) -> None:
    olga = operator()
    assert all(enters(browser(host, olga)) for host in (MAIN, ACME, GLOBEX))


def test_a_session_is_worth_nothing_at_another_host(acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    Membership.objects.create(user=alice, tenant=globex)
    client = browser(ACME, alice)
    stolen = Client(HTTP_HOST=GLOBEX)
    stolen.cookies = client.cookies
    assert not enters(stolen)


def test_taking_the_membership_away_ends_the_session(acme: Tenant) -> None:
    client = browser(ACME, staff(acme))
    assert enters(client)
    Membership.objects.all().delete()
    assert not enters(client)


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "acme.localhost.evil.net",
        "www.acme.localhost",
        "public.localhost",
        "10.1.2.3",
        "",
        "a b",
        "acme.localhost/x",
        "-.-",
    ],
)
@pytest.mark.django_db
def test_an_unknown_host_gets_a_plain_404(host: str) -> None:
    answer = Client(HTTP_HOST=host).get("/")
    assert answer.status_code == 404
    assert answer.content == b"Not found"


@pytest.mark.parametrize("host", ["ACME.localhost", "acme.localhost.", "acme.localhost:8000"])
def test_a_host_may_be_spelled_as_browsers_do(acme: Tenant, host: str) -> None:
    assert Client(HTTP_HOST=host).get("/login/").status_code == 200


def test_a_viewer_looks_and_changes_nothing(acme: Tenant) -> None:
    client = browser(ACME, staff(acme, Membership.Role.VIEWER))
    assert client.get("/dialplan/phone/").status_code == 200
    assert client.get("/dialplan/phone/add/").status_code == 403
    assert client.post("/dialplan/phone/add/", {"number": "101"}).status_code == 403
    with open_tenant("acme"):
        from dialplan.models import Phone

        assert not Phone.objects.exists()


@pytest.mark.parametrize("page", ["/tenants/tenant/", "/tenants/user/", "/deploy/node/", "/trunks/trunk/", "/multipage/record/"])
def test_operators_pages_do_not_exist_at_a_tenant(acme: Tenant, page: str) -> None:
    assert browser(ACME, staff(acme)).get(page).status_code == 404


@pytest.mark.parametrize("page", ["/dialplan/phone/", "/paging/record/", "/dialplan/extension/"])
@pytest.mark.django_db
def test_tenants_pages_do_not_exist_at_the_main_host(page: str) -> None:
    assert browser(MAIN, operator()).get(page).status_code == 404


def test_the_status_is_for_those_inside(acme: Tenant) -> None:
    assert Client(HTTP_HOST=ACME).get("/deploy-status/").status_code == 302
    assert browser(ACME, staff(acme)).get("/deploy-status/").json()["live"] is True
