"""Looking at a console as its staff do: with their permissions exactly, no hand on anything, visibly, noted, for an hour."""

from typing import Any

import pytest
from django.test import Client

from dialplan.models import Phone
from tenants.audit.models import AuditEntry
from tenants.models import ApiToken, CustomRole, Membership, Tenant, User
from tenants.schema import open_tenant
from tenants.visits.looking import KEY
from tenants.visits.models import Handoff
from tests.people import browser, operator, staff
from tests.tenants.logins.codes import set_up
from tests.tenants.visits.arriving import door_of, open_door

READABLE = "/dialplan/phone/"


@pytest.fixture
def olga(db: None) -> Client:
    return browser("localhost", operator())


def look(olga: Client, who: str, slug: str = "acme") -> Client:
    client, answer = open_door(door_of(olga.post("/look/", {"tenant": slug, "who": who})))
    assert answer["Location"] == "/"
    return client


def notes() -> list[tuple[str, str, str, str]]:
    return list(AuditEntry.objects.filter(kind="looking").order_by("id").values_list("action", "actor", "slug", "key"))


def test_as_a_person(olga: Client, acme: Tenant) -> None:
    alice = staff(acme, Membership.Role.VIEWER)
    assert b"alice (Viewer)" in olga.get("/look/?tenant=acme").content
    client = look(olga, f"person:{alice.pk}")
    page = client.get(READABLE).content.decode()
    assert "You, <b>olga</b>, look at Acme Corp as <b>alice (Viewer)</b>. Nothing can be changed." in page
    assert "Add phone" not in page
    assert client.get("/dialplan/phone/add/").status_code == 403
    Membership.objects.filter(user=alice).update(role=Membership.Role.EDITOR)
    assert client.get("/dialplan/phone/add/").status_code == 200


def test_as_a_role_of_the_tenants_own(olga: Client, acme: Tenant) -> None:
    role = CustomRole.objects.create(tenant=acme, name="Switchboard", permissions=["dialplan.view_phone"])
    client = look(olga, f"custom:{role.pk}")
    assert client.get(READABLE).status_code == 200
    assert client.get("/dialplan/incomingline/").status_code == 403
    assert client.get("/dialplan/phone/add/").status_code == 403


@pytest.mark.parametrize(("role", "adds"), [("viewer", 403), ("editor", 200), ("administrator", 200)])
def test_as_a_role(olga: Client, acme: Tenant, role: str, adds: int) -> None:
    client = look(olga, f"role:{role}")
    assert client.get("/dialplan/phone/add/").status_code == adds
    assert olga.get("/tenants/tenant/").status_code == 200  # she herself is what she was
    assert User.objects.get(username="olga").is_superuser


def test_nothing_is_changed(olga: Client, acme: Tenant) -> None:
    client = look(olga, "role:administrator")
    with open_tenant("acme"):
        phone = Phone.objects.create(number="101")
    posts: list[tuple[str, dict[str, Any]]] = [
        ("/dialplan/phone/add/", {"number": "102"}),
        (f"/dialplan/phone/{phone.pk}/delete/", {"post": "yes"}),
        ("/dialplan/phone/", {"action": "delete_selected", "_selected_action": phone.pk}),
        ("/dialplan/phone/import/", {}),
        ("/tokens/", {"name": "x", "days": "30"}),
        ("/addons/", {"addon": "paging", "action": "disable", "sure": "yes"}),
        ("/visit/", {"to": ""}),
        ("/account/", {"end_all": "1"}),
        ("/api/phones", {}),
    ]
    for path, data in posts:
        answer = client.post(path, data)
        assert answer.status_code == 403, path
        assert "Nothing was changed" in answer.content.decode()
        assert "Stop looking" in answer.content.decode()
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)("/dialplan/phone/").status_code == 403
    with open_tenant("acme"):
        assert list(Phone.objects.values_list("number", flat=True)) == ["101"]
    assert not ApiToken.objects.exists()
    assert not Handoff.objects.exists()
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", READABLE, "/dialplan/phone/add/?_popup=1", "/tokens/", "/account/", "/no-such-page/", "/deploy/node/", "/api/docs"]
)
def test_no_page_is_without_the_banner(olga: Client, acme: Tenant, path: str) -> None:
    assert "Stop looking" in look(olga, "role:administrator").get(path).content.decode()


def test_it_is_noted_at_the_tenant_when_it_begins_and_ends(olga: Client, acme: Tenant) -> None:
    client = look(olga, "role:editor")
    assert notes() == [("began", "olga", "acme", "as Editor")]
    assert "http://localhost/" in client.post("/stop-looking/").content.decode()
    assert notes()[1:] == [("ended", "olga", "acme", "as Editor")]
    assert client.get("/").status_code == 302
    assert olga.get("/").status_code == 200


def test_it_stands_among_the_operators_sessions(olga: Client, acme: Tenant) -> None:
    look(olga, "role:editor")
    assert "Acme Corp, looking as Editor" in olga.get("/account/").content.decode()


def test_entering_as_oneself_ends_it(olga: Client, acme: Tenant) -> None:
    client = look(olga, "role:viewer")
    open_door(door_of(olga.post("/visit/", {"to": "acme"})), client)
    assert [action for action, *_ in notes()] == ["began", "ended"]
    page = client.get("/dialplan/phone/add/")
    assert page.status_code == 200
    assert "Stop looking" not in page.content.decode()


def test_it_ends_after_an_hour(olga: Client, acme: Tenant) -> None:
    client = look(olga, "role:viewer")
    session = client.session
    session[KEY] = session[KEY] | {"until": session[KEY]["until"] - 3600}
    session.save()
    assert client.get("/")["Location"] == "http://localhost/"
    assert client.get("/")["Location"].startswith("/login/")
    assert [action for action, *_ in notes()] == ["began", "ended"]


def test_it_ends_with_the_person_and_with_the_operator(olga: Client, acme: Tenant) -> None:
    alice = staff(acme)
    client = look(olga, f"person:{alice.pk}")
    Membership.objects.all().delete()
    assert client.get("/").status_code == 302
    client = look(olga, "role:viewer")
    User.objects.filter(username="olga").update(is_superuser=False)
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("who", ["", "person:", "person:x", "role:operator", "custom:1", "person:99999999999999999999", "\0"])
def test_as_nobody(olga: Client, acme: Tenant, who: str) -> None:
    assert olga.post("/look/", {"tenant": "acme", "who": who})["Location"] == "/look/?tenant=acme"
    assert not Handoff.objects.exists()


def test_as_nobody_of_another_tenant_and_no_operator(olga: Client, acme: Tenant, globex: Tenant) -> None:
    gina = staff(globex, name="gina")
    theirs = CustomRole.objects.create(tenant=globex, name="Theirs", permissions=[])
    other = operator("otto")
    Membership.objects.create(user=other, tenant=acme)
    for who in (f"person:{gina.pk}", f"custom:{theirs.pk}", f"person:{other.pk}"):
        assert olga.post("/look/", {"tenant": "acme", "who": who}).status_code == 302
    assert not Handoff.objects.exists()


def test_a_second_factor_that_a_tenant_asks_for_comes_first(olga: Client, acme: Tenant) -> None:
    Tenant.objects.filter(pk=acme.pk).update(second_factor_required=True)
    assert olga.post("/look/", {"tenant": "acme", "who": "role:viewer"})["Location"] == "/account/"
    assert not Handoff.objects.exists()
    set_up(olga)
    assert look(olga, "role:viewer").get(READABLE).status_code == 200


def test_it_is_operators_alone(acme: Tenant) -> None:
    alice = staff(acme)
    assert browser("acme.localhost", alice).post("/look/", {"tenant": "acme", "who": "role:viewer"}).status_code == 404
    assert Client(HTTP_HOST="localhost").post("/look/", {"tenant": "acme", "who": "role:viewer"}).status_code == 302
    assert not Handoff.objects.exists()


def test_the_ways_to_it(olga: Client, acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    Membership.objects.create(user=alice, tenant=globex, role=Membership.Role.VIEWER)
    assert olga.get(f"/tenants/tenant/{acme.pk}/look/")["Location"] == "/look/?tenant=acme"
    page = olga.get(f"/tenants/user/{alice.pk}/look/", follow=True).content.decode()
    assert "At Acme Corp" in page
    assert "alice (Viewer)" in page
    for query in ("", "?tenant=nobody", "?person=x", "?person=999999"):
        assert olga.get(f"/look/{query}").status_code == 404
