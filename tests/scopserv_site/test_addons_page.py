"""The Addons page: what is installed, and switching it after a look at what that changes."""

import pytest

from addons.commits.switch import switch
from addons.models import AddonState, Record
from dialplan.changes import changing
from dialplan.models import Extension, Phone
from tenants.models import Membership, Tenant
from tenants.schema import open_tenant
from tests.people import browser, operator, staff

HOST = "acme.localhost"


@pytest.fixture
def paging(acme: Tenant) -> None:
    with open_tenant("acme"), changing() as change:
        Phone.objects.create(number="101", extra={"skeleton": {"kept": "yes"}})
        Record.objects.create(addon="paging", key="*70", data={"number": "*70", "members": [{"phone": "101"}]})
        change.touch("phone")
        change.touch("paging")


def lines() -> int:
    with open_tenant("acme"):
        return Extension.objects.filter(origin="addon:paging").count()


def test_disabling_first_shows_what_goes_and_then_takes_it_away(acme: Tenant, paging: None) -> None:
    client = browser(HOST, staff(acme))
    page = client.post("/addons/", {"addon": "paging", "action": "disable"})
    assert "- acme-internal *70,1 Set(__PBX_PAGER=" in page.content.decode()
    assert lines() > 0
    client.post("/addons/", {"addon": "paging", "action": "disable", "sure": "yes"})
    assert lines() == 0
    assert 'href="/paging/record/"' not in client.get("/").content.decode().split("Dashboard", 1)[1].split("Dialplan")[0]
    client.post("/addons/", {"addon": "paging", "action": "enable", "sure": "yes"})
    assert lines() > 0


@pytest.mark.parametrize("role", [Membership.Role.VIEWER, Membership.Role.EDITOR])
def test_only_administrators_switch(acme: Tenant, paging: None, role: str) -> None:
    client = browser(HOST, staff(acme, role))
    assert client.get("/addons/").status_code == 200
    assert client.post("/addons/", {"addon": "paging", "action": "disable", "sure": "yes"}).status_code == 403
    assert lines() > 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"addon": "nothing", "action": "disable"}, "There is no addon &#x27;nothing&#x27;"),
        ({"addon": "multipage", "action": "disable"}, "belongs to your operator"),
        ({"addon": "paging", "action": "explode"}, "nothing that can be done"),
        ({}, "There is no addon"),
    ],
)
def test_what_cannot_be_done_is_said(acme: Tenant, data: dict[str, str], message: str) -> None:
    assert message in browser(HOST, staff(acme)).post("/addons/", data, follow=True).content.decode()


def test_a_failing_addon_is_shown_with_its_message_and_retried(acme: Tenant, paging: None) -> None:
    with open_tenant("acme"):
        AddonState.objects.filter(addon="paging").update(error="Addon 'paging' failed in commit.py, line 7: <boom>", failures=9)
    client = browser(HOST, staff(acme))
    page = client.get("/addons/").content.decode()
    assert "line 7: &lt;boom&gt;" in page
    assert "failed 9 times" in page
    client.post("/addons/", {"addon": "paging", "action": "retry"})
    assert "boom" not in client.get("/addons/").content.decode()


def test_extras_of_a_disabled_addon_are_hidden_and_kept(acme: Tenant, paging: None) -> None:
    client = browser(HOST, staff(acme))
    with open_tenant("acme"):
        phone = Phone.objects.get()
    url = f"/dialplan/phone/{phone.pk}/change/"
    assert "skeleton__" in client.get(url).content.decode()
    switch("skeleton", enabled=False, slugs=["acme"])
    assert "skeleton__" not in client.get(url).content.decode()
    data = {"number": "101", "name": "New", "secret": "abcd1234", "context": "internal", "ring_seconds": "30", "auto_answer": "none"}
    assert client.post(url, data).status_code == 302
    with open_tenant("acme"):
        phone = Phone.objects.get()
    assert (phone.name, phone.extra["skeleton"]) == ("New", {"kept": "yes"})


@pytest.mark.django_db
def test_operators_switch_server_wide_addons() -> None:
    client = browser("localhost", operator())
    assert "Paging across tenants" in client.get("/addons/").content.decode()
    client.post("/addons/", {"addon": "multipage", "action": "disable"})
    assert "off" in client.get("/addons/").content.decode()
