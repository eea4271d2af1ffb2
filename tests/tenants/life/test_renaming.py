"""A tenant gets another slug: one change, after which nothing is left of the old name, and nobody is in by it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from addons.models import AddonState
from addons.server.models import ServerState
from dialplan.deploy.models import Deployment
from dialplan.models import Phone, Revision
from dialplan.trunks.models import ClaimedNumber
from tenants.audit.models import AuditEntry
from tenants.models import Domain, Tenant, User
from tenants.schema import open_tenant
from tests.people import browser, operator, staff
from tests.scopserv_site.conftest import Apply, apply
from tests.tenants.life.test_deleting import SITE, chosen, tenant_file

__all__ = ["apply"]
pytestmark = pytest.mark.django_db


def rename(*arguments: str) -> str:
    out = StringIO()
    call_command("rename_tenant", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def test_all_that_it_has_comes_along(apply: Apply) -> None:
    apply(SITE)
    before = tenant_file("acme")
    assert "Tenant acme is apex now." in rename("acme", "apex")
    assert tenant_file("apex") == before.replace("  acme:", "  apex:").replace("acme.localhost", "apex.localhost")
    assert "acme" not in schemas()
    assert set(Domain.objects.filter(tenant__schema_name="apex").values_list("domain", flat=True)) == {
        "phones.acme.example",
        "apex.localhost",
    }
    assert chosen() == {"*80": (["apex", "globex"], "all"), "*81": ("all", ["apex"])}
    assert set(ClaimedNumber.objects.values_list("slug", flat=True)) == {"apex"}
    assert not AuditEntry.objects.filter(slug="acme").exists()
    tenant = Tenant.objects.get(schema_name="apex")
    assert AuditEntry.objects.filter(slug="apex", kind="phone", key="101 Ann", tenant=tenant).exists()
    assert AuditEntry.objects.filter(slug="apex", action="renamed", actor="manage.py rename_tenant").exists()


def test_its_nodes_have_it_under_the_new_name_and_let_go_of_the_old_one(apply: Apply) -> None:
    apply(SITE)
    rename("acme", "apex")
    old, new = Deployment.objects.get(slug="acme"), Deployment.objects.get(slug="apex")
    assert (old.removing, old.heir, new.removing, new.clear) == (True, new, False, True)
    with open_tenant("apex"):
        newest = Revision.objects.first()
    assert newest is not None and newest.number == new.wanted
    apply("tenants: {globex: {addons: {paging: {'*70': }}}, apex: {addons: {paging: {'*70': {name: Everybody}}}}}")
    with open_tenant("globex"):
        said = str(AddonState.objects.get(addon="multipage").operations)
    assert "@apex-page" in said
    assert "@acme-page" not in said
    assert "acme" not in ServerState.objects.get(addon="multipage").outputs


def test_again_it_is_done_already_and_what_cannot_be_is_said(apply: Apply) -> None:
    apply(SITE)
    rename("acme", "apex")
    assert "Tenant acme is apex already." in rename("acme", "apex")
    for old, new, message in (
        ("acme", "globex", "no tenant 'acme'"),
        ("apex", "globex", "'globex' exists already"),
        ("apex", "Apex", "slug 'Apex'"),
        ("apex", "public", "reserved"),
        ("globex", "apex", "exists already"),
    ):
        with pytest.raises(CommandError, match=message):
            rename(old, new)
    Domain.objects.create(domain="vertex.localhost", tenant=Tenant.objects.get(schema_name="globex"), is_primary=False)
    with pytest.raises(CommandError, match=r"vertex\.localhost"):
        rename("apex", "vertex")
    assert {"apex", "globex"} <= schemas()


def test_who_is_in_its_console_logs_in_again_at_the_new_address(acme: Tenant) -> None:
    alice = staff(acme)
    before = browser("acme.localhost", alice)
    with open_tenant("acme"):
        Phone.objects.create(number="101")
    olga = browser("localhost", operator())
    page = f"/tenants/tenant/{acme.pk}/rename/"
    assert "acme_101 becomes NEW_101" in olga.get(page).content.decode()
    assert "is reserved" in olga.post(page, {"slug": "public"}).content.decode()
    assert "exists already" in olga.post(page, {"slug": "globex"}).content.decode()
    assert "Acme Corp is apex now" in olga.post(page, {"slug": "apex"}, follow=True).content.decode()
    assert before.get("/").status_code == 404
    assert before.get("/", HTTP_HOST="apex.localhost").status_code == 302
    after = browser("apex.localhost", User.objects.get(username="alice"))
    assert after.get("/dialplan/phone/").status_code == 200
    assert "101" in after.get("/dialplan/phone/").content.decode()
