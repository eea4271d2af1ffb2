"""A tenant is deleted whole, by somebody who means it, and comes back whole from its final export."""

from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from addons.discovery.problems import Problem
from addons.discovery.registry import Loaded, registry
from addons.models import Record
from addons.server.models import ServerRecord
from dialplan.models import Phone
from scopserv_site.life.deleting import tenant_file
from tenants.audit.models import AuditEntry
from tenants.life.archives import forget_expired
from tenants.life.models import Archive
from tenants.models import Tenant, User
from tenants.schema import open_tenant
from tests.people import browser, operator
from tests.scopserv_site.conftest import Apply, apply, exported

__all__ = ["apply"]
pytestmark = pytest.mark.django_db

SITE = """
nodes:
  pbx1: {dir: /srv/pbx1, ami: "127.0.0.1:5038", ami_user: console, ami_secret: secret}
  pbx2: {dir: /srv/pbx2, ami: "127.0.0.1:5039", ami_user: console, ami_secret: secret}
trunks:
  carrier: {host: sip.example.net, tenants: [acme]}
tenants:
  acme:
    node: pbx1
    domains: [phones.acme.example, acme.localhost]
    suspended: true
    second_factor_required: true
    phone_limit: 20
    call_limit: 4
    addons_allowed: [paging, voicemail]
    addons_off: [blacklist]
    roles: {Night: [dialplan.view_phone]}
    staff:
      alice: {role: Night, name: Alice Lee, email: alice@acme.example}
      bob: {role: viewer, name: Bob, email: bob@acme.example}
    phones:
      "101": {name: Ann, secret: acme-101, extra: {voicemail: {enabled: true, pin: "4711"}}}
      "102": {name: Ben, secret: acme-102, ring_seconds: 12}
    lines_in:
      "5145550100": {trunk: carrier, destination: "101"}
    lines_out:
      local: {pattern: 9NXXXXXXXXX, trunk: carrier, strip: 1}
    contexts:
      lobby: {description: The door, s: [[Goto, "{tenant}-internal,101,1"]]}
      internal: {"600": [[Answer], [Playback, hello-world]]}
    astdb: {cid: {"1": Bob}}
    addons: {paging: {"*70": {name: All, members: ["101", "102"]}}}
addons:
  multipage: {"*80": {callers: [acme, globex], tenants: all}, "*81": {callers: all, tenants: [acme]}}
"""


def manage(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def chosen() -> dict[str, tuple[Any, Any]]:
    return {row.key: (row.data["callers"], row.data["tenants"]) for row in ServerRecord.objects.filter(addon="multipage")}


def test_what_comes_back_is_to_the_letter_what_went(apply: Apply) -> None:
    apply(SITE)
    before = tenant_file("acme")
    assert all(word in before for word in ("acme-101", "4711", "phone_limit: 20", "suspended: true", "addons_off: [blacklist]", "Night"))
    assert "Until" in manage("delete_tenant", "acme", "--yes")
    assert not Tenant.objects.filter(schema_name="acme").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM life_archive")
        assert all("acme-101" not in kept for kept in cursor.fetchone())
    manage("restore_tenant", "acme")
    assert tenant_file("acme") == before
    assert not Archive.objects.exists()


def test_a_file_brings_a_tenant_to_a_console_that_has_other_nodes_and_none_of_its_people(apply: Apply) -> None:
    apply(SITE)
    before = tenant_file("acme")
    manage("delete_tenant", "acme", "--yes", "--no-archive")
    User.objects.all().delete()
    elsewhere = before.replace("node: pbx1", "node: pbx77")
    with pytest.raises(CommandError, match="node 'pbx77' is unknown"):
        apply(elsewhere)
    assert "alice has no password yet" in apply(elsewhere, node="pbx2")
    assert tenant_file("acme") == before.replace("node: pbx1", "node: pbx2")


def test_who_has_a_login_keeps_its_name_and_address_when_a_tenant_comes_back(apply: Apply) -> None:
    apply(SITE)
    manage("delete_tenant", "acme", "--yes")
    User.objects.filter(username="alice").update(first_name="Alicia", email="alicia@example.net")
    manage("restore_tenant", "acme")
    alice = User.objects.get(username="alice")
    assert (alice.first_name, alice.email, alice.memberships.get().custom_role.name) == ("Alicia", "alicia@example.net", "Night")


def test_nobody_who_named_it_names_a_later_tenant_of_that_slug(apply: Apply) -> None:
    apply(SITE)
    assert chosen() == {"*80": (["acme", "globex"], "all"), "*81": ("all", ["acme"])}
    manage("delete_tenant", "acme", "--yes")
    assert chosen() == {"*80": (["globex"], "all"), "*81": ("all", [])}


def test_the_page_asks_for_the_slug_and_says_what_is_lost(apply: Apply) -> None:
    apply(SITE)
    olga = browser("localhost", operator())
    page = f"/tenants/tenant/{Tenant.objects.get(schema_name='acme').pk}/delete/"
    asked = olga.get(page).content.decode()
    assert "With it go 2 phones, 1 incoming line, 1 outgoing line, 3 lines of dialplan, 1 record of addons." in asked
    assert "2 people lose access: alice, bob." in asked
    assert "It is taken out of Paging across tenants *80, Paging across tenants *81." in asked
    for typed in ("", "ACME", "globex"):
        olga.post(page, {"typed": typed})
        assert Tenant.objects.filter(schema_name="acme").exists()
    answer = olga.post(page, {"typed": "acme"}, follow=True).content.decode()
    assert "Tenant Acme Corp is deleted" in answer
    assert not Tenant.objects.filter(schema_name="acme").exists()
    entry = AuditEntry.objects.get(kind="tenant", action="deleted", key="acme")
    assert (entry.actor, entry.values["export kept"]) == ("olga", True)


def test_deleted_tenants_are_listed_downloaded_and_restored(apply: Apply) -> None:
    apply(SITE)
    before = tenant_file("acme")
    manage("delete_tenant", "acme", "--yes")
    olga = browser("localhost", operator())
    archive = Archive.objects.get()
    assert "Acme Corp" in olga.get("/life/archive/").content.decode()
    file = olga.get(f"/life/archive/{archive.pk}/download/")
    assert (file.content.decode(), file["Content-Disposition"]) == (before, 'attachment; filename="acme.yaml"')
    assert AuditEntry.objects.filter(action="exported", kind="deleted tenant", actor="olga", key="acme").exists()
    asked = olga.get(f"/life/archive/{archive.pk}/restore/").content.decode()
    assert "+ tenants.acme.phones.&quot;101&quot;" in asked
    assert "acme-101" not in asked
    assert not Tenant.objects.filter(schema_name="acme").exists()
    olga.post(f"/life/archive/{archive.pk}/restore/", {"node": ""})
    assert tenant_file("acme") == before


def test_one_that_had_more_than_it_may_comes_back_with_all_of_it(apply: Apply) -> None:
    apply(SITE)
    apply("tenants: {acme: {phone_limit: 1}}")
    before = tenant_file("acme")
    manage("delete_tenant", "acme", "--yes")
    manage("restore_tenant", "acme")
    assert tenant_file("acme") == before


def test_one_that_cannot_come_back_says_why_and_is_kept(apply: Apply) -> None:
    apply(SITE)
    manage("delete_tenant", "acme", "--yes")
    apply("trunks: {carrier: {tenants: all}}")
    apply('tenants: {globex: {phones: {"101": }, lines_in: {"5145550100": {trunk: carrier, destination: "101"}}}}')
    with pytest.raises(CommandError, match="5145550100 is in use already on trunk carrier"):
        manage("restore_tenant", "acme")
    manage("create_tenant", "acme", "--name", "Another Acme")
    with pytest.raises(CommandError, match="There is a tenant 'acme' now"):
        manage("restore_tenant", "acme")
    assert Archive.objects.count() == 1
    with pytest.raises(CommandError, match=r"'initech' is kept; those that are: acme"):
        manage("restore_tenant", "initech")


@pytest.fixture
def unreadable(apply: Apply, monkeypatch: pytest.MonkeyPatch) -> None:
    """acme has what only two addons could read: one that was taken away, and one that is broken."""
    apply(SITE)
    with open_tenant("acme"):
        Record.objects.create(addon="door", key="front", data={"name": "front"})
        Phone.objects.filter(number="101").update(extra={"door": {"floor": "1"}, "voicemail": {"enabled": True}})
    working = {name: addon for name, addon in registry._all.addons.items() if name != "paging"}
    broken = (Problem("paging", "params.py", 3, "is no Python"),)
    monkeypatch.setattr(registry, "_loaded", Loaded(working, broken, registry.order))


MISSING = (
    "1 record and additions to 1 phone or line of addon 'door', which is not installed",
    "1 record of addon 'paging', which is broken",
)


def test_what_no_export_could_hold_is_not_thrown_away_in_silence(unreadable: None) -> None:
    with pytest.raises(CommandError, match=r"(?s)final export would lack.*Nothing was deleted") as refused:
        manage("delete_tenant", "acme", "--yes")
    assert all(words in str(refused.value) for words in MISSING)
    assert Tenant.objects.filter(schema_name="acme").exists()
    manage("delete_tenant", "acme", "--yes", "--no-archive")
    assert not Tenant.objects.filter(schema_name="acme").exists()
    assert not Archive.objects.exists()


def test_pages_say_what_no_export_holds_and_delete_it_only_on_request(unreadable: None) -> None:
    olga = browser("localhost", operator())
    page = f"/tenants/tenant/{Tenant.objects.get(schema_name='acme').pk}"
    for asked in (olga.get(f"{page}/export/"), olga.get(f"{page}/delete/"), olga.post(f"{page}/delete/", {"typed": "acme"})):
        assert all(words in unescape(asked.content.decode()) for words in MISSING)
    assert Tenant.objects.filter(schema_name="acme").exists()
    olga.post(f"{page}/delete/", {"typed": "acme", "no_archive": "on"})
    assert not Tenant.objects.filter(schema_name="acme").exists()


def test_exports_and_copies_name_what_they_leave_out(unreadable: None) -> None:
    copied = manage("create_tenant", "initech", "--name", "Initech", "--like", "acme")
    for said in (manage("export", "--tenant", "acme"), manage("export"), copied):
        assert all(words in said for words in MISSING)


def test_exports_are_forgotten_in_time_and_not_kept_where_none_are_wanted(apply: Apply, settings: Any) -> None:
    settings.ARCHIVE_DAYS = 0
    manage("delete_tenant", "globex", "--yes")
    assert not Archive.objects.exists()
    settings.ARCHIVE_DAYS = 7
    manage("delete_tenant", "acme", "--yes")
    assert timedelta(days=6, hours=23) < Archive.objects.get().expires - timezone.now() <= timedelta(days=7)
    forget_expired()
    assert Archive.objects.exists()
    Archive.objects.update(expires=timezone.now())
    olga = browser("localhost", operator())
    assert "Acme Corp" not in olga.get("/life/archive/").content.decode()
    forget_expired()
    assert not Archive.objects.exists()


def test_an_export_holds_secrets_only_where_they_are_asked_for_and_is_noted(acme: Tenant) -> None:
    olga = browser("localhost", operator())
    page = f"/tenants/tenant/{acme.pk}/export/"
    with open_tenant("acme"):
        Phone.objects.create(number="101", secret="acme-101")
    plain, whole = olga.post(page, {"sure": "x"}), olga.post(page, {"sure": "x", "secrets": "on"})
    assert "acme-101" not in plain.content.decode()
    assert "acme-101" in whole.content.decode()
    assert list(AuditEntry.objects.filter(action="exported").order_by("id").values_list("values", flat=True)) == [
        {"with secrets": False},
        {"with secrets": True},
    ]


def test_a_file_is_looked_at_before_it_is_applied(apply: Apply) -> None:
    apply(SITE)
    before = exported(tenant="acme", secrets=True)
    manage("delete_tenant", "acme", "--yes")
    olga, file = browser("localhost", operator()), StringIO(before)
    file.name = "acme.yaml"
    looked = olga.post("/tenants/tenant/restore/", {"file": file, "node": ""})
    assert not Tenant.objects.filter(schema_name="acme").exists()
    assert "+ tenants.acme: Acme Corp" in looked.context["plan"]
    carried = looked.context["carried"]
    assert "acme-101" not in looked.content.decode()
    oscar = browser("localhost", operator("oscar"))
    assert "not yours" in oscar.post("/tenants/tenant/restore/", {"carried": carried}).content.decode()
    olga.post("/tenants/tenant/restore/", {"carried": carried})
    connection.set_schema_to_public()
    assert exported(tenant="acme", secrets=True) == before
    broken = StringIO("tenants: {acme: {phones: [}}")
    broken.name = "acme.yaml"
    assert "is not YAML" in olga.post("/tenants/tenant/restore/", {"file": broken, "node": ""}).content.decode()
