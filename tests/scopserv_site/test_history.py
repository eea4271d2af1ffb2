"""Who changed what when: noted whichever door a change came through."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from addons.models import Record
from dialplan.changes import changing
from dialplan.models import AstDBEntry, Extension, Phone
from dialplan.refusal import Refused
from tenants.audit.models import AuditEntry
from tenants.audit.values import MASK
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.tokens import make_token
from tests.people import browser, operator, staff
from tests.proof.forms import fill
from tests.scopserv_site.conftest import Apply

HOST = "acme.localhost"
SITE = """
    tenants:
      acme:
        phones:
          "101": {name: NAME, secret: s101abcd}
        addons:
          skeleton: {"*55": {name: NAME, code: "4711"}}
    """


def changes(kind: str, slug: str = "acme") -> list[tuple[str, str, dict[str, list[object]]]]:
    found = AuditEntry.objects.filter(tenant__schema_name=slug, kind=kind, record__isnull=False).order_by("id")
    return [(row.actor, row.action, row.values) for row in found]


def test_forms(acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    added = fill(client, "/dialplan/phone/add/", number="101", name="Alice", secret="s101abcd")
    assert client.post("/dialplan/phone/add/", added).status_code == 302
    with open_tenant("acme"):
        pk = Phone.objects.get().pk
    url = f"/dialplan/phone/{pk}/change/"
    assert client.post(url, fill(client, url, name="Bob", secret="s101efgh")).status_code == 302
    assert client.post(url, fill(client, url)).status_code == 302  # nothing changed
    who, what, values = changes("phone")[0]
    assert (who, what, values["name"], values["secret"]) == ("alice", "added", [None, "Alice"], [None, MASK])
    who, what, values = changes("phone")[1]
    assert (who, what, values) == ("alice", "changed", {"name": ["Alice", "Bob"], "secret": [MASK, MASK]})
    page = client.get(f"/dialplan/phone/{pk}/history/").content.decode()
    assert "<del>Alice</del> → <ins>Bob</ins>" in page
    assert "s101" not in page
    assert client.post(f"/dialplan/phone/{pk}/delete/", {"post": "yes"}).status_code == 302
    assert [what for _, what, _ in changes("phone")] == ["added", "changed", "deleted"]
    assert "<del>Bob</del>" in client.get("/audit/auditentry/").content.decode()


def test_apply_writes_in_bulk_and_is_noted(acme: Tenant, apply: Apply) -> None:
    apply(SITE.replace("NAME", "Alice"))
    apply(SITE.replace("NAME", "Bob"))
    for kind in ("phone", "skeleton"):
        assert [(what, values["name"]) for _, what, values in changes(kind)] == [("added", [None, "Alice"]), ("changed", ["Alice", "Bob"])]
    assert changes("skeleton")[0][2]["code"] == [None, MASK]
    assert list(changes("skeleton")[1][2]) == ["name"]  # the secret that stayed is no change
    assert "4711" not in json.dumps(changes("skeleton"))
    apply("tenants: {acme: {}}", prune=True)
    assert [what for _, what, _ in changes("skeleton")] == ["added", "changed", "deleted"]


def test_the_api_and_imports(acme: Tenant) -> None:
    user = staff(acme)
    text = make_token(user, acme, "test")[1]
    program = Client(HTTP_HOST=HOST, HTTP_AUTHORIZATION=f"Bearer {text}")
    assert program.post("/api/phones", json.dumps({"number": "101"}), content_type="application/json").status_code == 201
    client = browser(HOST, user)
    page = client.post("/dialplan/phone/import/", {"file": SimpleUploadedFile("t.csv", b"number,name\n101,Alice\n102,Bob\n")})
    assert len(changes("phone")) == 1  # a look is no change
    client.post("/dialplan/phone/import/", {"carried": page.context["carried"]})
    assert sorted((who, what) for who, what, _ in changes("phone")) == [("alice", "added"), ("alice", "added"), ("alice", "changed")]
    assert program.delete("/api/phones/101").status_code == 200
    assert changes("phone")[-1][1] == "deleted"


def test_staffs_lines_are_noted_and_generated_ones_are_not(acme: Tenant) -> None:
    with open_tenant("acme"), changing(actor="bob") as change:
        Extension.objects.create(context="internal", exten="600", application="Answer")
        AstDBEntry.objects.create(family="cid", key="1", value="x")
        Phone.objects.create(number="101")
        change.touch("phone")
    assert [(who, values["exten"]) for who, _, values in changes("extension")] == [("bob", [None, "600"])]
    assert len(changes("astdb")) == 1


def test_what_is_undone_leaves_no_history(acme: Tenant) -> None:
    with open_tenant("acme"), pytest.raises(Refused), changing():
        Phone.objects.create(number="101")
        raise Refused("no")
    assert changes("phone") == []


def test_a_tenant_sees_its_own_changes_alone(acme: Tenant, globex: Tenant) -> None:
    with open_tenant("acme"), changing(actor="bob") as change:
        record = Record.objects.create(addon="paging", key="*70", data={"number": "*70", "name": "Secret plan"})
        change.touch("paging")
    assert changes("paging", "globex") == []
    client = browser("globex.localhost", staff(globex, name="gus"))
    assert "Secret plan" not in client.get("/audit/auditentry/").content.decode()
    assert "Secret plan" not in client.get(f"/paging/record/{record.pk}/history/", follow=True).content.decode()
    own = browser(HOST, staff(acme))
    assert "Secret plan" in own.get(f"/paging/record/{record.pk}/history/").content.decode()
    for page in ("add/", "1/change/", "1/delete/"):
        assert own.post(f"/audit/auditentry/{page}").status_code in (302, 403)


@pytest.mark.django_db
def test_what_belongs_to_no_tenant() -> None:
    client = browser("localhost", operator())
    text = make_token(operator("otto"), None, "test")[1]
    program = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=f"Bearer {text}")
    node = {"name": "pbx1", "dir": "/tmp/x", "ami": "127.0.0.1:5038", "ami_user": "console", "ami_secret": "s3cret"}
    for path, body in (
        ("nodes", node),
        ("trunks", {"name": "carrier", "host": "sip.example.net"}),
        ("addons/multipage", {"number": "*80"}),
    ):
        answer = program.post(f"/api/{path}", json.dumps(body), content_type="application/json")
        assert answer.status_code == 201, answer.content
    assert set(AuditEntry.objects.filter(tenant=None, kind__in=("node", "trunk", "multipage")).values_list("kind", "actor")) == {
        ("node", "otto"),
        ("trunk", "otto"),
        ("multipage", "otto"),
    }
    page = client.get("/audit/auditentry/").content.decode()
    assert "pbx1" in page
    assert "s3cret" not in page


def test_markup_in_values_is_shown_as_text(acme: Tenant) -> None:
    with open_tenant("acme"), changing() as change:
        Phone.objects.create(number="101", extra={"skeleton": {"floor": "<script>alert(1)</script>"}})
        change.touch("phone")
    assert "<script>alert" not in browser(HOST, staff(acme)).get("/audit/auditentry/").content.decode()
    connection.set_schema_to_public()
