"""What is noted of tenants, people, tokens and trunks, and at what price."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dialplan.changes import changing
from dialplan.models import Phone
from dialplan.trunks.models import Trunk
from tenants.audit.models import AuditEntry
from tenants.models import CustomRole, Membership, Tenant, User
from tenants.schema import open_tenant
from tenants.tokens import make_token
from tests.people import browser, operator, staff
from tests.proof.forms import fill


def noted(kind: str, **where: object) -> list[tuple[str, str, dict[str, list[object]]]]:
    found = AuditEntry.objects.filter(kind=kind, **where).order_by("id")
    return [(entry.actor, entry.action, entry.values) for entry in found]


def test_people_and_what_they_may(acme: Tenant) -> None:
    client = browser("localhost", operator())
    url = f"/tenants/tenant/{acme.pk}/change/"
    alice = staff(acme)
    AuditEntry.objects.all().delete()
    membership = Membership.objects.get(user=alice)
    role = CustomRole.objects.create(tenant=acme, name="Reception", permissions=["dialplan.view_phone"])
    membership.role, membership.custom_role = "custom", role
    membership.save()
    alice.delete()
    at_acme = {"tenant": acme, "slug": "acme"}
    assert noted("role", **at_acme) == [("", "added", {"name": [None, "Reception"], "permissions": [None, ["dialplan.view_phone"]]})]
    what = {"role": ["administrator", "custom"], "custom_role": ["", "Reception"]}
    assert noted("membership", **at_acme)[0] == ("", "changed", what)
    assert [action for _, action, _ in noted("membership", **at_acme)] == ["changed", "deleted"]  # it goes with the person
    assert [action for _, action, _ in noted("user", tenant=None)] == ["deleted"]
    inlines = {f"{name}-{total}_FORMS": "0" for name in ("domains", "memberships") for total in ("TOTAL", "INITIAL")}
    assert client.post(url, fill(client, url, name="Acme Inc") | inlines).status_code == 302
    assert noted("tenant", **at_acme) == [("olga", "changed", {"name": ["Acme Corp", "Acme Inc"]})]
    assert "<ins>Acme Inc</ins>" in client.get(f"/tenants/tenant/{acme.pk}/history/").content.decode()


def test_a_password_is_noted_and_never_told(acme: Tenant) -> None:
    alice = staff(acme)
    client = browser("acme.localhost", alice)
    alice.set_password("another-pass-for-tests")
    alice.save()
    assert [(entry.action, entry.key) for entry in AuditEntry.objects.filter(action="password changed")] == [("password changed", "alice")]
    told = json.dumps(list(AuditEntry.objects.values_list("values", "key")))
    assert "pass-for-tests" not in told
    assert alice.password not in told
    assert "last_login" not in told
    assert client.get("/").status_code == 302


def test_tokens(acme: Tenant) -> None:
    client = browser("acme.localhost", staff(acme))
    client.post("/tokens/", {"name": "billing", "days": "30"})
    client.post("/tokens/", {"revoke": client.get("/tokens/").context["tokens"][0].pk})
    found = AuditEntry.objects.filter(kind="token", tenant=acme).order_by("id")
    assert [(entry.actor, entry.action, entry.key) for entry in found] == [
        ("alice", "added", "billing of alice"),
        ("alice", "deleted", "billing of alice"),
    ]
    make_token(operator(), None, "watch")
    assert [action for _, action, _ in noted("token", tenant=None, slug="")] == ["added"]


def test_whom_a_trunk_is_lent_to(acme: Tenant, globex: Tenant) -> None:
    with changing(actor="olga"):
        trunk = Trunk.objects.create(name="carrier", host="sip.example.net", secret="s3cret")
        trunk.tenants.set([acme])
    with changing(actor="olga"):
        trunk.tenants.set([globex])
    added, changed = noted("trunk")
    assert added[:2] == ("olga", "added")
    assert added[2]["tenants"] == [[], ["acme"]]
    assert changed == ("olga", "changed", {"tenants": [["acme"], ["globex"]]})  # one change, though two steps


def test_one_insert_for_all_tenants(acme: Tenant, globex: Tenant) -> None:
    def lines(count: int) -> int:
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            changing(actor="bob") as change,
        ):
            for slug in ("acme", "globex"):
                with open_tenant(slug):
                    Phone.objects.bulk_create(Phone(number=f"{count}{number:02}") for number in range(count))
                change.touch("phone", slug=slug)
        assert AuditEntry.objects.filter(kind="phone", key__startswith=str(count)).count() == 2 * count
        return sum("audit_auditentry" in query["sql"] for query in queries)

    assert lines(3) == lines(40) == 1


def test_commands_come_from_the_console(acme: Tenant) -> None:
    staff(acme)
    AuditEntry.objects.all().delete()
    user = User.objects.get(username="alice")
    user.must_change_password = True
    user.save(update_fields=["last_login"])
    assert noted("user") == []  # that field was not saved
    call_command("export", tenant="acme", secrets=True, stdout=StringIO())
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.actor, entry.address, entry.slug, entry.values) == ("manage.py export", None, "acme", {"with secrets": True})


@pytest.mark.parametrize("page", ["add/", "1/change/", "1/delete/"])
def test_no_page_changes_it(acme: Tenant, page: str) -> None:
    for client in (browser("acme.localhost", staff(acme)), browser("localhost", operator())):
        entry = AuditEntry.objects.order_by("id").last()
        assert entry is not None
        before = AuditEntry.objects.values().get(pk=entry.pk)
        answer = client.post(f"/audit/auditentry/{page.replace('1', str(entry.pk))}", {"actor": "nobody", "key": "x", "post": "yes"})
        assert answer.status_code in (302, 403)
        assert AuditEntry.objects.values().get(pk=entry.pk) == before
        chosen = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
        client.post("/audit/auditentry/", chosen)
        assert AuditEntry.objects.filter(pk=entry.pk).exists()
