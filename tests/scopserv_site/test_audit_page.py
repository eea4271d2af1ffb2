"""The page of the audit trail: its filters, its file, and its price."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scopserv_site import audit_page
from tenants.audit import admin
from tenants.audit.models import AuditEntry
from tenants.audit.trail import note
from tenants.models import Tenant
from tests.people import browser, operator, staff
from tests.scopserv_site.conftest import Apply, exported

PAGE = "/audit/auditentry/"
FILE = "/audit/auditentry/export/csv/"


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    text = b"".join(client.get(FILE + query).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


@pytest.fixture
def operators(db: None) -> Client:
    client = browser("localhost", operator())
    AuditEntry.objects.all().delete()
    return client


def test_what_narrows_it(operators: Client, acme: Tenant) -> None:
    for day, name in ((1, "ann"), (2, "bob"), (3, "cat")):
        note("tried", kind="phone", actor=name, key=f"10{day}", slug="acme" if day < 3 else "globex")
        AuditEntry.objects.filter(actor=name).update(at=datetime(2026, 5, day, 23, 59, 59, tzinfo=UTC), address=f"192.0.2.{day}")
    note("tested", kind="line_in", key="x", slug="")
    for query, found in {
        "?kind=phone": ["cat", "bob", "ann"],
        "?action=tested": ["console"],
        "?actor=bob": ["bob"],
        "?slug=acme": ["bob", "ann"],
        "?at_from=2026-05-02&at_to=2026-05-02": ["bob"],
        "?at_to=2026-05-02": ["bob", "ann"],
        "?q=192.0.2.3": ["cat"],
        "?q=102&kind=phone": ["bob"],
        "?at_from=nonsense&actor=ann": ["ann"],
    }.items():
        listed = [entry.who for entry in operators.get(PAGE + query).context["cl"].result_list if entry.action in ("tried", "tested")]
        assert listed == found, query
        assert [row["who"] for row in rows(operators, query) if row["what"] in ("tried", "tested")] == found, query


@pytest.mark.parametrize(
    "query", ["?nonsense=1", "?p=x", "?at_to=2026-99-99&o=9.-7", "?tenant__users__password=x", "?id__in=x", "?actor=%00"]
)
def test_bad_addresses_are_no_faults(operators: Client, query: str) -> None:
    for path in (PAGE, FILE):
        assert operators.get(path + query).status_code in (200, 302, 400, 404), path


def test_its_file(operators: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_page, "CHUNK", 2)
    for number in range(5):
        note("tried", kind="phone", actor="=cmd()", key=f"@{number}", values={"why": "-1+1"})
    found = [row for row in rows(operators) if row["what"] == "tried"]
    assert [row["record"] for row in found] == ["'@4", "'@3", "'@2", "'@1", "'@0"]
    assert {(row["who"], row["values"]) for row in found} == {("'=cmd()", "why: -1+1")}
    assert AuditEntry.objects.filter(kind="audit trail", action="exported", actor="olga", address="127.0.0.1").count() == 1


def test_a_page_costs_the_same_however_many_there_are(operators: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert operators.get(PAGE).status_code == 200
        return len(found)

    few = queries()
    for _ in range(30):
        note("tried", kind="phone")
    assert queries() == few
    monkeypatch.setattr(admin, "FARTHEST", 10)
    page = operators.get(PAGE)
    assert page.context["cl"].result_count == 10  # counted no further
    assert "tried" in page.content.decode()


def test_files_that_go_out_and_come_in(acme: Tenant, apply: Apply) -> None:
    client = browser("acme.localhost", staff(acme))
    page = client.post("/dialplan/phone/import/", {"file": SimpleUploadedFile("t.csv", b"number,name\n101,Alice\n")})
    client.post("/dialplan/phone/import/", {"carried": page.context["carried"]})
    client.get("/dialplan/phone/export/xlsx/")
    apply("tenants: {acme: {}}")
    apply("tenants: {acme: {}}", dry_run=True)
    exported()
    client.post("/logout/")
    found = AuditEntry.objects.filter(record=None).exclude(action="logged in").order_by("id")
    assert [(entry.actor, entry.action, entry.kind, entry.slug, entry.key) for entry in found] == [
        ("alice", "imported", "phone", "acme", ""),
        ("alice", "exported", "phone", "acme", "xlsx"),
        ("manage.py apply", "applied", "site file", "", "site.yaml"),
        ("manage.py export", "exported", "site file", "", ""),
        ("alice", "logged out", "login", "acme", "alice"),
    ]
    assert found[0].values["new"] == 1


def test_an_addon_switched_off(acme: Tenant) -> None:
    browser("acme.localhost", staff(acme)).post("/addons/", {"addon": "paging", "action": "disable", "sure": "yes"})
    entry = AuditEntry.objects.get(kind="addon")
    assert (entry.actor, entry.action, entry.key, entry.slug) == ("alice", "disabled", "paging", "acme")
