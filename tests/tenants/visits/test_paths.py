"""With TENANT_PATHS every tenant's console stands below the main host's /t/SLUG/ too, as if it were alone there."""

import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_script_prefix

from dialplan.changes import changing
from dialplan.models import Phone
from tenants.addresses import console_address, console_url
from tenants.models import Domain, Membership, Tenant
from tenants.schema import open_tenant
from tenants.tokens import make_token
from tests.people import operator, staff

PASSWORD = {"username": "alice", "password": "pass-for-tests"}


@pytest.fixture(autouse=True)
def by_path(settings: Any) -> None:
    settings.TENANT_PATHS = True


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST="localhost")


def log_in(client: Client, base: str, name: str = "alice") -> None:
    answer = client.post(f"{base}/login/", {**PASSWORD, "username": name})
    assert (answer.status_code, answer["Location"]) == (302, f"{base}/")


def test_every_link_of_every_page_stays_below(client: Client, acme: Tenant) -> None:
    staff(acme)
    with open_tenant("acme"), changing(actor="alice") as change:
        Phone.objects.create(number="101")
        change.touch("phone", "phone 101")
    log_in(client, "/t/acme")
    seen: set[str] = set()
    ahead = ["/t/acme/"]
    while ahead:
        path = ahead.pop()
        kind = re.sub(r"\d+", "N", path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        assert not answer.redirect_chain or answer.redirect_chain[-1][0].startswith("/t/acme/")
        if "html" in answer["Content-Type"]:
            found = re.findall(r'(?:href|src|action|data-[a-z-]*url|data-deploy-status)="(/[^"?#]*)', answer.content.decode())
            assert not [link for link in found if not link.startswith(("/t/acme/", "/static/"))], path
            ahead += [link for link in found if link.startswith("/t/acme/") and "logout" not in link]
    assert len(seen) > 20, seen
    assert get_script_prefix() == "/"


def test_the_api_and_its_document_say_where_they_are(client: Client, acme: Tenant) -> None:
    token = make_token(staff(acme), acme, "test")[1]
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    paths = json.loads(client.get("/t/acme/api/openapi.json", **bearer).content)["paths"]
    assert paths
    assert all(path.startswith("/t/acme/api/") for path in paths)
    assert client.get("/t/acme/api/status", **bearer).status_code == 200
    assert client.get("/api/status", **bearer).status_code == 401


def test_cookies_are_named_for_their_console_and_sent_to_it_alone(client: Client, acme: Tenant, globex: Tenant) -> None:
    staff(acme)
    operator()
    client.post("/login/", {**PASSWORD, "username": "olga"})
    log_in(client, "/t/acme")
    client.get("/t/acme/login/")
    cookies = {name: cookie["path"] for name, cookie in client.cookies.items()}
    assert cookies["sessionid"] == "/"
    assert cookies["acme.sessionid"] == cookies["acme.csrftoken"] == "/t/acme/"
    assert client.cookies["acme.sessionid"]["httponly"]
    assert "olga" in client.get("/").content.decode()
    assert "alice" in client.get("/t/acme/").content.decode()
    assert client.get("/t/globex/")["Location"].startswith("/t/globex/login/")
    client.post("/t/acme/logout/")
    assert client.get("/t/acme/").status_code == 302
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("ours", "theirs", "page"),
    [
        ("sessionid", "acme.sessionid", "/t/acme/"),
        ("acme.sessionid", "sessionid", "/"),
        ("acme.sessionid", "globex.sessionid", "/t/globex/"),
    ],
)
def test_a_session_counts_at_its_own_console_alone(client: Client, acme: Tenant, globex: Tenant, ours: str, theirs: str, page: str) -> None:
    olga = operator()
    client.post("/login/" if ours == "sessionid" else "/t/acme/login/", {**PASSWORD, "username": olga.username})
    stolen = Client(HTTP_HOST="localhost")
    for name in (ours, theirs):
        stolen.cookies[name] = client.cookies[ours].value
    assert stolen.get(page).status_code == 302


def test_forms_need_the_token_of_this_console(acme: Tenant, globex: Tenant) -> None:
    staff(acme)
    strict = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    assert strict.post("/t/acme/login/", PASSWORD).status_code == 403
    page = strict.get("/t/acme/login/").content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    token = {"csrfmiddlewaretoken": found[1]}
    assert strict.post("/t/globex/login/", PASSWORD | token).status_code == 403
    assert strict.post("/t/acme/login/", PASSWORD | token)["Location"] == "/t/acme/"


@pytest.mark.parametrize(
    "onward",
    [
        "/t/acme/../globex/",
        "/t/acme/%2e%2e/globex/",
        "/",
        "/t/globex/",
        "//evil.example/",
        "https://evil.example/",
        "/t/acme.evil/",
        "/tenants/tenant/",
    ],
)
def test_next_leads_to_no_other_console(client: Client, acme: Tenant, onward: str) -> None:
    staff(acme)
    assert client.post("/t/acme/login/", {**PASSWORD, "next": onward})["Location"] == "/t/acme/"


def test_next_leads_to_a_page_of_this_console(client: Client, acme: Tenant) -> None:
    staff(acme)
    asked = client.get("/t/acme/dialplan/phone/?o=1")["Location"]
    assert asked == "/t/acme/login/?next=/t/acme/dialplan/phone/%3Fo%3D1"
    assert client.post(asked, {**PASSWORD, "next": "/t/acme/dialplan/phone/?o=1"})["Location"] == "/t/acme/dialplan/phone/?o=1"


def test_a_slash_that_was_forgotten(client: Client, acme: Tenant) -> None:
    staff(acme)
    assert client.get("/t/acme")["Location"] == "/t/acme/"
    log_in(client, "/t/acme")
    assert client.get("/t/acme/dialplan/phone")["Location"] == "/t/acme/dialplan/phone/"


@pytest.mark.parametrize(
    "path", ["/t", "/t/", "/t/nobody/", "/t/nobody", "/t/public/", "/t/ACME/", "/t//acme/", "/t/%00/", "/t/acme%0a/", "/t/a.b/"]
)
@pytest.mark.django_db
def test_a_slug_that_nobody_has_gets_the_plain_404(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content, dict(answer.cookies)) == (404, b"Not found", {})


@pytest.mark.parametrize("host", ["acme.localhost", "globex.localhost"])
@pytest.mark.django_db
def test_paths_are_the_main_hosts_alone(host: str) -> None:
    assert Client(HTTP_HOST=host).get("/t/acme/login/").status_code == 302  # a page of that console which is not there


@pytest.mark.django_db
def test_without_the_setting_there_are_no_paths(client: Client, settings: Any) -> None:
    settings.TENANT_PATHS = False
    assert client.get("/t/acme/login/")["Location"].startswith("/login/")


@pytest.mark.django_db
def test_a_tenant_needs_no_host_name(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_tenant", "initech", name="Initech")
    assert "http://localhost/t/initech" in capsys.readouterr().out
    assert not Domain.objects.filter(tenant__schema_name="initech").exists()
    assert client.get("/t/initech/login/").status_code == 200


def test_where_a_console_is(rf: Any, acme: Tenant, settings: Any) -> None:
    request = rf.get("/", HTTP_HOST="127.0.0.1:8000")
    assert console_url(acme, request) == "http://127.0.0.1:8000/t/acme/"
    assert console_url(None, request) == "http://127.0.0.1:8000/"
    Domain.objects.create(domain="phones.acme.example", tenant=acme, is_primary=False)
    elsewhere = rf.get("/", HTTP_HOST="phones.acme.example", secure=True)
    assert console_url(acme, request) == "http://phones.acme.example:8000/"
    assert console_url(None, elsewhere) == "https://localhost/"
    settings.TENANT_PATHS = False
    assert console_address(acme) == "acme.localhost/"
    Domain.objects.all().delete()
    assert console_address(Tenant.objects.get(pk=acme.pk)) == ""


def test_the_membership_is_asked_there_too(client: Client, acme: Tenant) -> None:
    staff(acme)
    log_in(client, "/t/acme")
    Membership.objects.all().delete()
    assert client.get("/t/acme/").status_code == 302
