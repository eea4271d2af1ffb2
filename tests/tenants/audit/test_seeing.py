"""Who sees what of the audit trail."""

import pytest

from dialplan.changes import changing
from dialplan.models import Phone
from tenants.audit.models import AuditEntry
from tenants.audit.trail import note
from tenants.lifecycle import create_tenant, delete_tenant
from tenants.models import CustomRole, Membership, Tenant
from tenants.schema import open_tenant
from tests.people import browser, operator, staff

PAGE = "/audit/auditentry/"
FILE = "/audit/auditentry/export/csv/"


def texts(client) -> str:
    """What the page, its filters and its file say."""
    return client.get(PAGE).content.decode() + b"".join(client.get(FILE).streaming_content).decode()


def phone(slug: str, number: str) -> None:
    with open_tenant(slug), changing(actor="bob") as change:
        Phone.objects.create(number=number, name=f"Phone of {slug}")
        change.touch("phone")


def test_a_tenant_that_is_gone_leaves_its_trail_to_operators(acme: Tenant) -> None:
    create_tenant("umbrella", name="Umbrella")
    phone("umbrella", "777")
    note("failed", kind="login", slug="umbrella", key="old-hand", actor="")
    delete_tenant("umbrella")
    fresh = create_tenant("umbrella", name="Umbrella the second")
    seen = texts(browser("umbrella.localhost", staff(fresh, name="uma")))
    assert "Umbrella the second" in seen
    assert "777" not in seen
    assert "old-hand" not in seen
    seen = texts(browser("localhost", operator()))
    assert "777 Phone of umbrella" in seen
    assert "old-hand" in seen


def test_tenants_see_nothing_of_each_other_or_of_the_site(acme: Tenant, globex: Tenant) -> None:
    phone("acme", "101")
    phone("globex", "909")
    note("exported", kind="site file", slug="", key="whole-site")
    seen = texts(browser("acme.localhost", staff(acme)))
    assert "101 Phone of acme" in seen
    assert not [word for word in ("909", "whole-site", "globex") if word in seen]
    other = AuditEntry.objects.get(key__startswith="909")
    client = browser("acme.localhost", staff(acme, name="ann"))
    assert "909" not in client.get(f"{PAGE}?id__exact={other.pk}").content.decode()
    assert "909" not in client.get(f"{PAGE}{other.pk}/change/", follow=True).content.decode()
    assert "909" not in client.get(f"{PAGE}?slug=globex&tenant__schema_name=globex").content.decode()


def test_records_are_for_all_of_its_people_and_the_rest_for_administrators(acme: Tenant) -> None:
    phone("acme", "101")
    note("failed", kind="login", slug="acme", key="mallory", actor="")
    admin, viewer = staff(acme), staff(acme, Membership.Role.VIEWER, "vera")
    seen = texts(browser("acme.localhost", admin))
    assert all(word in seen for word in ("101 Phone", "mallory", "vera: Viewer"))
    seen = texts(browser("acme.localhost", viewer))
    assert "101 Phone" in seen
    assert not [word for word in ("mallory", "vera: Viewer", "membership", 'value="login"') if word in seen]


@pytest.mark.parametrize(("granted", "sees"), [("dialplan.view_phone", True), ("dialplan.view_context", False)])
def test_a_role_of_their_own_shows_the_changes_of_what_it_shows(acme: Tenant, granted: str, sees: bool) -> None:
    phone("acme", "101")
    role = CustomRole.objects.create(tenant=acme, name="Reception", permissions=["audit.view_auditentry", granted])
    user = staff(acme)
    Membership.objects.filter(user=user).update(role="custom", custom_role=role)
    assert ("101 Phone" in texts(browser("acme.localhost", user))) is sees
    Membership.objects.filter(user=user).update(role="custom", custom_role=CustomRole.objects.create(tenant=acme, name="None"))
    client = browser("acme.localhost", user)
    assert (client.get(PAGE).status_code, client.get(FILE).status_code) == (403, 403)
