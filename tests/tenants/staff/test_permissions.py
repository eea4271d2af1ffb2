"""What a role opens: each permission of the matrix its own page and its own part of the API, and nothing else."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from addons.discovery.registry import registry
from addons.stored.generated import record_model
from dialplan.changes import changing
from dialplan.models import STAFF, AstDBEntry, Context, Extension, IncomingLine, OutgoingLine, Phone
from dialplan.sounds.models import Sound
from dialplan.trunks.models import Trunk
from scopserv_site.api.consoles import tenant_resources
from scopserv_site.records.resource import Resource
from scopserv_site.sites import tenant_console
from tenants.models import CustomRole, Membership, Tenant, User
from tenants.schema import open_tenant
from tenants.staff.permissions import ACTIONS, PEOPLE, Standing, permission
from tenants.tokens import make_token
from tests.people import browser, staff

HOST = "acme.localhost"
MODELS = [model for model in tenant_console._registry if model._meta.app_label not in PEOPLE]
NAMES = [model._meta.label_lower for model in MODELS]
IMPLIED = {"view": {"view"}, "add": {"add"}, "change": {"change", "view"}, "delete": {"delete", "view"}}


@pytest.fixture
def furnished(acme: Tenant) -> None:
    """One record of each kind."""
    Trunk.objects.create(name="carrier", host="127.0.0.9", all_tenants=True)
    with open_tenant("acme"), changing(actor="alice") as change:
        Phone.objects.create(number="101")
        IncomingLine.objects.create(number="5145550100", trunk="carrier", destination="phone:101")
        OutgoingLine.objects.create(name="local", pattern="9NXXXXXXXXX", trunk="carrier")
        Context.objects.create(name="lobby")
        Extension.objects.create(context="internal", exten="600", application="Answer")
        AstDBEntry.objects.create(family="cid", key="5145551234", value="Bob")
        Sound.objects.create(name="hello", ending="wav", seconds=1, size=1, data=b"x")
        for addon in registry.addons:
            if addon.info.scope == "tenant" and addon.params:
                given = {addon.key.name: "77"} if addon.key else {}
                record_model(addon).objects.create(key="77" if addon.key else "", data=given)
        change.touch("phone", "furnished")


def with_role(tenant: Tenant, *granted: str, name: str = "carla") -> User:
    role = CustomRole.objects.create(tenant=tenant, name=f"Role of {name}", permissions=list(granted))
    user = User.objects.create_user(name, f"{name}@example.net", "pass-for-tests")
    Membership.objects.create(user=user, tenant=tenant, role=Membership.Role.CUSTOM, custom_role=role)
    return user


def opens(client: Client, base: str, pk: int) -> set[str]:
    """What pages let somebody do."""
    pages = {"view": (base, f"{base}{pk}/change/"), "add": (f"{base}add/",), "delete": (f"{base}{pk}/delete/",)}
    found = {action for action, paths in pages.items() if all(client.get(path).status_code in (200, 302) for path in paths)}
    changes = client.post(f"{base}{pk}/change/", {}).status_code  # an empty form is shown again, with what is wrong
    return found | ({"change"} if changes in (200, 302) else set())


def answers(call: Any, resource: Resource) -> set[str]:
    """What the API lets a program do; the record named is none, so that nothing changes."""
    path, one = resource.path, "/".join([resource.path, *("78" for _ in resource.names)])
    asked = {"view": ("get", path), "add": ("post", path), "change": ("patch", one), "delete": ("delete", one)}
    if not resource.names:
        asked = {"view": ("get", path), "change": ("put", path)}
    return {action for action, (method, where) in asked.items() if call(method, where).status_code != 403}


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_each_permission_opens_its_own_page_and_nothing_else(acme: Tenant, furnished: None, model: Any, rf: Any) -> None:
    app, name = model._meta.app_label, model._meta.model_name
    admin = tenant_console.get_model_admin(model)
    user = with_role(acme, permission(app, "view", name))
    client, role = browser(HOST, user), CustomRole.objects.get()
    api = Client(HTTP_HOST=HOST, HTTP_AUTHORIZATION=f"Bearer {make_token(user, acme, 'test')[1]}")
    resource = next((each for each in _resources() if each.model is model), None)

    def call(method: str, where: str) -> Any:
        body = {} if method in ("get", "delete") else {"data": json.dumps({}), "content_type": "application/json"}
        return getattr(api, method)(f"/api/{where}", **body)

    with open_tenant("acme"):
        rows = model.objects.filter(origin=STAFF) if hasattr(model, "is_staff") else model.objects.all()
        pk = rows.order_by("-pk").values_list("pk", flat=True)[0]
        request = rf.get("/")
        request.user = staff(acme)
        offered = {action for action, has in admin.get_model_perms(request).items() if has}
    assert "view" in offered
    for action in ACTIONS:
        role.permissions = [permission(app, action, name)]
        role.save()
        expected = IMPLIED[action] & offered
        assert opens(client, f"/{app}/{name}/", pk) == expected, action
        if resource is not None:
            done = answers(call, resource)
            assert done == (expected if resource.names else expected - {"delete"}), action
    standing = Standing("custom", frozenset(permission(app, action, name) for action in ACTIONS))
    others = [other._meta for other in tenant_console._registry if other is not model]
    assert not any(standing.allows(permission(meta.app_label, action, str(meta.model_name))) for meta in others for action in ACTIONS)


def _resources() -> list[Any]:
    with open_tenant("acme"):
        return list(tenant_resources())


def test_lists_go_out_and_come_in_only_with_their_permissions(acme: Tenant) -> None:
    client = browser(HOST, with_role(acme))
    role = CustomRole.objects.get()

    def opened(*granted: str) -> list[bool]:
        role.permissions = [f"dialplan.{each}_phone" for each in granted]
        role.save()
        return [client.get(f"/dialplan/phone/{page}/").status_code == 200 for page in ("export/csv", "import")]

    assert opened("view") == [True, False]
    assert opened("add") == [False, False]
    assert opened("change") == [True, False]
    assert opened("add", "change") == [True, True]


def test_a_role_shows_only_what_it_grants(acme: Tenant, furnished: None) -> None:
    client = browser(HOST, with_role(acme, "paging.change_record"))
    page = client.get("/").content.decode()
    assert 'href="/paging/record/"' in page
    for hidden in ("/dialplan/phone/", "/dialplan/revision/", "/dialplan/extension/", "/ringgroup/record/", "/tenants/membership/"):
        assert f'href="{hidden}' not in page, hidden
    others = [other._meta for other in tenant_console._registry if other._meta.app_label != "paging"]
    assert {client.get(f"/{meta.app_label}/{meta.model_name}/").status_code for meta in others} == {403}
    addons = client.get("/addons/").content.decode()
    assert "Paging" in addons
    assert "Ring group" not in addons
    assert client.post("/addons/", {"addon": "paging", "action": "disable", "sure": "yes"}).status_code == 403
    assert client.get("/written-by/?origin=section:phone&source=101").status_code == 403
    assert client.get("/written-by/?origin=addon:paging&source=77").status_code == 302
    # What a form needs to be filled in, it shows: numbers and names, and no more.
    with open_tenant("acme"):
        pk = record_model(registry.get("paging")).objects.get(addon="paging").pk
    form = client.get(f"/paging/record/{pk}/change/")
    assert form.status_code == 200
    assert ">101" in form.content.decode() or '"101"' in form.content.decode()


@pytest.mark.parametrize("granted", ["tenants.change_membership", "tenants.add_customrole", "staff.view_invitation", "nonsense", ""])
def test_no_role_of_a_tenant_gives_people_or_roles(acme: Tenant, granted: str) -> None:
    carla = with_role(acme, granted)
    with open_tenant("acme"):
        assert not carla.has_perm(granted)
        assert not carla.has_module_perms("tenants")


@pytest.mark.parametrize("role", [Membership.Role.EDITOR, Membership.Role.VIEWER])
def test_editors_and_viewers_have_no_say_about_people(acme: Tenant, role: str) -> None:
    alice = staff(acme, role)
    with open_tenant("acme"):
        assert not alice.has_perm("tenants.view_membership")
        assert alice.has_perm("dialplan.view_phone")


def test_a_context_goes_only_with_the_right_to_delete_its_lines(acme: Tenant, furnished: None) -> None:
    client = browser(HOST, with_role(acme, "dialplan.delete_context"))
    with open_tenant("acme"):
        pk = Context.objects.get(name="lobby").pk
        Extension.objects.create(context="lobby", exten="601", application="Answer")
    assert client.post(f"/dialplan/context/{pk}/delete/", {"post": "yes"}).status_code == 403
    CustomRole.objects.update(permissions=["dialplan.delete_context", "dialplan.delete_extension"])
    assert client.post(f"/dialplan/context/{pk}/delete/", {"post": "yes"}).status_code == 302


def test_a_role_is_asked_for_once_in_a_request(acme: Tenant, furnished: None) -> None:
    client = browser(HOST, with_role(acme, "dialplan.view_phone"))
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/").status_code == 200
    asked = [query["sql"] for query in queries if 'FROM "tenants_membership"' in query["sql"]]
    assert len(asked) == 1


def test_taking_a_permission_away_counts_at_once(acme: Tenant) -> None:
    client = browser(HOST, with_role(acme, "dialplan.view_phone"))
    assert client.get("/dialplan/phone/").status_code == 200
    CustomRole.objects.update(permissions=[])
    assert client.get("/dialplan/phone/").status_code == 403


def test_what_is_not_allowed_says_who_may_allow_it(acme: Tenant, globex: Tenant) -> None:
    staff(acme, name="alice")
    staff(globex, name="greta")
    answer = browser(HOST, with_role(acme)).get("/dialplan/phone/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Here you are Role of carla." in page
    assert "alice" in page
    assert "greta" not in page


def test_what_is_missing_and_what_breaks_have_pages_of_their_own(acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_the_page_for_what_broke_needs_no_database(rf: Any) -> None:
    from django.views.defaults import server_error

    assert "Something went wrong" in server_error(rf.get("/")).content.decode()
