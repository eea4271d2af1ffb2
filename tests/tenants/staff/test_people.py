"""The pages on which administrators say who may do what at their tenant."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.models import ApiToken, CustomRole, Membership, Tenant, User
from tenants.tokens import make_token
from tests.people import browser, operator, staff

HOST = "acme.localhost"
PAGES = ["/staff/person/", "/staff/person/add/", "/staff/role/", "/staff/role/add/"]


def page_of(user: User, tenant: Tenant) -> str:
    return f"/staff/person/{Membership.objects.get(user=user, tenant=tenant).pk}"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Membership.Role.EDITOR, Membership.Role.VIEWER])
def test_people_and_roles_are_for_administrators(acme: Tenant, page: str, role: str) -> None:
    assert browser(HOST, staff(acme)).get(page).status_code == 200
    other = browser(HOST, staff(acme, role, name="eve"))
    assert other.get(page).status_code == 403
    assert "/staff/" not in other.get("/").content.decode()


def test_an_administrator_gives_a_role(acme: Tenant) -> None:
    bob = staff(acme, Membership.Role.VIEWER, name="bob")
    role = CustomRole.objects.create(tenant=acme, name="Reception", permissions=["dialplan.change_phone"])
    client = browser(HOST, staff(acme))
    client.post(f"{page_of(bob, acme)}/change/", {"given": f"own-{role.pk}"})
    assert "Reception" in client.get("/staff/person/").content.decode()
    assert browser(HOST, bob).get("/dialplan/phone/add/").status_code == 403
    client.post(f"{page_of(bob, acme)}/change/", {"given": "editor"})
    assert browser(HOST, bob).get("/dialplan/phone/add/").status_code == 200
    assert Membership.objects.get(user=bob).custom_role is None


def test_another_tenants_people_and_roles_do_not_exist(acme: Tenant, globex: Tenant) -> None:
    greta = staff(globex, name="greta")
    theirs = CustomRole.objects.create(tenant=globex, name="Night shift")
    alice = staff(acme)
    client = browser(HOST, alice)
    for page in ("/staff/person/", "/staff/role/", "/staff/person/add/"):
        text = client.get(page).content.decode()
        assert "greta" not in text
        assert "Night shift" not in text
    for address in (f"{page_of(greta, globex)}/change/", f"{page_of(greta, globex)}/delete/", f"/staff/role/{theirs.pk}/change/"):
        assert client.get(address).status_code == 302
        assert client.post(address, {"post": "yes", "given": "viewer", "name": "x"}).status_code == 302
    bob = staff(acme, name="bob")
    client.post(f"{page_of(bob, acme)}/change/", {"given": f"own-{theirs.pk}"})
    assert Membership.objects.get(user=bob).custom_role is None
    assert Membership.objects.get(user=greta).role == Membership.Role.ADMINISTRATOR


def test_nothing_but_the_role_can_be_changed_and_nothing_of_other_tenants_is_shown(acme: Tenant, globex: Tenant) -> None:
    bob = staff(acme, Membership.Role.EDITOR, name="bob")
    Membership.objects.create(user=bob, tenant=globex)
    client = browser(HOST, staff(acme))
    page = client.get(f"{page_of(bob, acme)}/change/").content.decode()
    assert "belong to the person" in page
    assert "Globex" not in page
    client.post(
        f"{page_of(bob, acme)}/change/", {"given": "viewer", "username": "x", "email": "x@example.net", "password": "x", "user": "1"}
    )
    changed = User.objects.get(pk=bob.pk)
    assert (changed.username, changed.email, changed.password) == (bob.username, bob.email, bob.password)
    assert sorted(Membership.objects.filter(user=bob).values_list("tenant__schema_name", "role")) == [
        ("acme", "viewer"),
        ("globex", "editor"),
    ]


def test_removing_takes_the_role_and_the_tokens_and_leaves_the_login(acme: Tenant, globex: Tenant) -> None:
    bob = staff(acme, Membership.Role.EDITOR, name="bob")
    Membership.objects.create(user=bob, tenant=globex)
    make_token(bob, acme, "here")
    make_token(bob, globex, "there")
    client, his = browser(HOST, staff(acme)), browser(HOST, bob)
    assert "Their login stays" in client.get(f"{page_of(bob, acme)}/delete/").content.decode()
    client.post(f"{page_of(bob, acme)}/delete/", {"post": "yes"})
    assert his.get("/").status_code == 302
    assert Membership.objects.get(user=bob).tenant == globex
    assert ApiToken.objects.get(user=bob).name == "there"
    Membership.objects.get(user=bob).delete()  # as operators' pages and files do it
    assert not ApiToken.objects.filter(user=bob).exists()


def test_the_last_administrator_stays_one_unless_an_operator_says_so(acme: Tenant) -> None:
    alice = staff(acme)
    gone = staff(acme, name="inactive")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    client, page = browser(HOST, alice), page_of(alice, acme)
    assert "is the last administrator" in client.post(f"{page}/change/", {"given": "editor"}).content.decode()
    assert "is the last administrator" in client.get(f"{page}/delete/").content.decode()
    client.post(f"{page}/delete/", {"post": "yes"})
    assert Membership.objects.get(user=alice).role == Membership.Role.ADMINISTRATOR
    olga = browser(HOST, operator())
    olga.post(f"{page}/delete/", {"post": "yes"})
    assert not Membership.objects.filter(user=alice).exists()


def test_of_two_administrators_one_can_go(acme: Tenant) -> None:
    alice, bob = staff(acme), staff(acme, name="bob")
    browser(HOST, alice).post(f"{page_of(alice, acme)}/delete/", {"post": "yes"})
    assert [each.user for each in Membership.objects.filter(tenant=acme)] == [bob]


def test_a_role_is_made_of_ticks_and_kept_while_it_is_used(acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    client.post("/staff/role/add/", {"name": "Reception", "permissions": ["dialplan.change_phone", "paging.view_record"]})
    role = CustomRole.objects.get()
    assert (role.tenant, role.permissions) == (acme, ["dialplan.change_phone", "dialplan.view_phone", "paging.view_record"])
    Membership.objects.create(
        user=User.objects.create_user("bob", first_name="Bob", last_name="Lee"), tenant=acme, role="custom", custom_role=role
    )
    assert "Bob Lee" in client.get(f"/staff/role/{role.pk}/change/").content.decode()
    assert "Bob Lee has the role Reception" in client.get(f"/staff/role/{role.pk}/delete/").content.decode()
    client.post(f"/staff/role/{role.pk}/delete/", {"post": "yes"})
    assert CustomRole.objects.exists()
    Membership.objects.filter(custom_role=role).delete()
    client.post(f"/staff/role/{role.pk}/delete/", {"post": "yes"})
    assert not CustomRole.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "Reception"}, "There is a role &#x27;Reception&#x27; already"),
        ({"name": "reception "}, "already"),
        ({"name": "Administrator"}, "every company has"),
        ({"name": "Bell\x07"}, "invisible"),
        ({"name": ""}, "required"),
        ({"name": "x", "permissions": ["tenants.change_membership"]}, "is not one of the available choices"),
        ({"name": "x", "permissions": ["dialplan.delete_revision"]}, "is not one of the available choices"),
        ({"name": "x", "permissions": ["nothing"]}, "is not one of the available choices"),
    ],
)
def test_what_makes_no_role(acme: Tenant, given: dict[str, Any], words: str) -> None:
    CustomRole.objects.create(tenant=acme, name="Reception")
    page = browser(HOST, staff(acme)).post("/staff/role/add/", given).content.decode()
    assert words in page
    assert CustomRole.objects.count() == 1


def test_a_role_keeps_what_it_grants_of_an_addon_that_is_gone(acme: Tenant) -> None:
    role = CustomRole.objects.create(tenant=acme, name="Door", permissions=["door.change_record", "door.view_record"])
    client = browser(HOST, staff(acme))
    page = client.get(f"/staff/role/{role.pk}/change/").content.decode()
    assert "No longer installed" in page
    assert 'value="door.change_record"' in page
    client.post(f"/staff/role/{role.pk}/change/", {"name": "Doors", "permissions": ["door.change_record", "door.view_record"]})
    role.refresh_from_db()
    assert (role.name, role.permissions) == ("Doors", ["door.change_record", "door.view_record"])


def test_the_list_of_people_asks_as_much_for_many_as_for_one(acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    client.get("/staff/person/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/staff/person/").status_code == 200
        return len(queries)

    before = asked()
    role = CustomRole.objects.create(tenant=acme, name="Reception")
    for index in range(5):
        bob = User.objects.create_user(f"bob{index}")
        Membership.objects.create(user=bob, tenant=acme, role="custom", custom_role=role)
    assert asked() == before


def test_operators_pages_of_a_tenant_and_of_a_person_ask_the_same_for_one_or_for_many(acme: Tenant) -> None:
    client, bob = browser("localhost", operator()), User.objects.create_user("bob")
    pages = (f"/tenants/tenant/{acme.pk}/change/", f"/tenants/user/{bob.pk}/change/")

    def asked() -> list[int]:
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            counts.append(len(queries))
        return counts

    def join(user: User, tenant: Tenant) -> None:
        role = CustomRole.objects.create(tenant=tenant, name=f"Role of {user}")
        Membership.objects.create(user=user, tenant=tenant, role="custom", custom_role=role)

    join(bob, acme)
    before = asked()
    for index in range(6):
        join(User.objects.create_user(f"bob{index}"), acme)
        tenant = Tenant.objects.create(schema_name=f"more{index}", name=f"More {index}")
        join(bob, tenant)
    assert asked() == before
    assert f'<option value="{bob.pk}" selected>bob</option>' in client.get(pages[0]).content.decode()
    assert f'<option value="{acme.pk}" selected>{acme.name}</option>' in client.get(pages[1]).content.decode()


def test_an_operator_gives_roles_from_the_tenants_page(acme: Tenant) -> None:
    role = CustomRole.objects.create(tenant=acme, name="Reception")
    bob = User.objects.create_user("bob")
    client = browser("localhost", operator())
    page = f"/tenants/tenant/{acme.pk}/change/"
    assert "Reception" in client.get(page).content.decode()
    domain = acme.domains.get()
    form = {
        "name": acme.name,
        "domains-TOTAL_FORMS": 1, "domains-INITIAL_FORMS": 1, "domains-0-id": domain.pk, "domains-0-tenant": acme.pk,
        "domains-0-domain": domain.domain, "domains-0-is_primary": "on",
        "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0, "memberships-0-tenant": acme.pk,
        "memberships-0-user": bob.pk, "memberships-0-given": f"own-{role.pk}",
    }  # fmt: skip
    answer = client.post(page, form)
    assert answer.status_code == 302, answer.content.decode()
    assert Membership.objects.get(user=bob).custom_role == role
