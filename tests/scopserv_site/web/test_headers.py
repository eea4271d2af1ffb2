"""What a browser is told with each page, behind TLS and without."""

from typing import Any

import pytest
from django.test import Client

from tenants.lifecycle import add_domain
from tenants.models import Tenant
from tests.people import browser, staff


@pytest.fixture
def behind_tls(settings: Any) -> Any:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 3600
    return settings


def by_tls(host: str) -> Client:
    return Client(HTTP_HOST=host, HTTP_X_FORWARDED_PROTO="https")


@pytest.mark.parametrize("path", ["/", "/dialplan/phone/", "/api/docs", "/api/phones", "/no/such/page"])
def test_no_page_is_kept_framed_or_runs_what_is_not_ours(acme: Tenant, path: str) -> None:
    answer = browser("acme.localhost", staff(acme)).get(path)
    rules = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == rules["object-src"] == "'none'"
    assert rules["script-src"] == "'self' 'unsafe-eval'"
    assert rules["style-src"] == rules["form-action"] == rules["connect-src"] == "'self'"
    assert "no-store" in answer["Cache-Control"]
    assert "camera=()" in answer["Permissions-Policy"]
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert answer["Referrer-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_static_files_are_kept(db: None) -> None:
    assert "public" in Client(HTTP_HOST="localhost").get("/static/scopserv_site/console.css")["Cache-Control"]


def test_behind_tls_cookies_are_for_tls_alone_and_plain_http_is_sent_there(behind_tls: Any, acme: Tenant) -> None:
    staff(acme)
    client = by_tls("acme.localhost")
    client.get("/login/")
    assert client.post("/login/", {"username": "alice", "password": "pass-for-tests"}).status_code == 302
    cookies = list(client.cookies.values())
    assert len(cookies) >= 2
    assert all(cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in cookies)
    plain = Client(HTTP_HOST="acme.localhost").get("/dialplan/phone/?q=1")
    assert (plain.status_code, plain["Location"]) == (301, "https://acme.localhost/dialplan/phone/?q=1")


def test_hsts_takes_in_what_is_below_the_sites_own_name_alone(behind_tls: Any, acme: Tenant) -> None:
    add_domain(acme, "phones.example.com")
    for host in ("localhost", "acme.localhost"):
        assert by_tls(host).get("/login/")["Strict-Transport-Security"] == "max-age=3600; includeSubDomains"
    assert by_tls("phones.example.com").get("/login/")["Strict-Transport-Security"] == "max-age=3600"


@pytest.mark.parametrize("host", ["localhost", "nobody.example.net", "b@d"])
def test_health_is_told_at_any_host_and_nothing_else(behind_tls: Any, db: None, host: str) -> None:
    answer = Client(HTTP_HOST=host).get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
