"""What no page can read is refused by all of them alike."""

import pytest
from django.test import Client

from tenants.models import Tenant
from tests.people import browser, operator, staff


@pytest.mark.parametrize("path", ["/login/?next=%00", "/?%00=1", "/api/phones?search=%00", "/favicon.ico?x=%00"])
def test_a_nul_in_the_address(acme: Tenant, path: str) -> None:
    assert Client(HTTP_HOST="acme.localhost").get(path).status_code == 400


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages"])
def test_a_nul_in_a_cookie(acme: Tenant, name: str) -> None:
    answer = Client(HTTP_HOST="acme.localhost", HTTP_COOKIE=f'{name}="\\000aaaaaaaaaaaa"').get("/login/")
    assert answer.status_code == 400


@pytest.mark.parametrize("charset", ["utf-7", "utf-16"])
def test_a_charset_of_no_page(acme: Tenant, charset: str) -> None:
    assert Client(HTTP_HOST="acme.localhost").get("/login/?next=%20", CONTENT_TYPE=f"text/html; charset={charset}").status_code == 400


def test_a_nul_where_a_page_reads_no_form(acme: Tenant) -> None:
    for client in (browser("acme.localhost", staff(acme)), browser("localhost", operator())):
        assert client.post("/visit/", {"to": "\0"}).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "9" * 30, "x"])
def test_a_page_of_the_search_that_is_not_there(acme: Tenant, page: str) -> None:
    assert browser("acme.localhost", staff(acme)).get("/search/", {"s": "a", "page": page}).status_code == 404


@pytest.mark.parametrize("path", ["/tenants/tenant/x/look/", "/tenants/user/x/logging-in/", "/tenants/user/-1/logging-in/", "/api/%0A"])
def test_names_of_nothing(acme: Tenant, path: str) -> None:
    assert browser("localhost", operator()).get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/dialplan/phone/?number__regex=(", "/dialplan/revision/?summary__regex=("])
def test_a_filter_that_the_database_cannot_take(acme: Tenant, path: str) -> None:
    answer = browser("acme.localhost", staff(acme)).get(path)
    assert answer.status_code == 400
    assert b"take out what you changed" in answer.content
