"""From console to console: a way in that is good once, soon, there alone, and for nobody who may not be there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.models import Membership, Tenant, User
from tenants.visits.models import Handoff
from tests.people import browser, operator, staff
from tests.tenants.logins.codes import set_up
from tests.tenants.visits.arriving import door_of, open_door


def asked(client: Client, slug: str) -> str:
    """The door that a person is led to who presses the button for this console."""
    page = client.post("/visit/", {"to": slug})
    assert "no-store" in page["Cache-Control"]
    return door_of(page)


@pytest.fixture
def alice(acme: Tenant, globex: Tenant) -> User:
    """At home in two companies."""
    user = staff(acme)
    Membership.objects.create(user=user, tenant=globex, role=Membership.Role.VIEWER)
    return user


def test_a_person_goes_on_in_another_console(alice: User) -> None:
    door = asked(browser("acme.localhost", alice), "globex")
    assert door.startswith("http://globex.localhost/enter/?token=")
    client, answer = open_door(door)
    assert (answer["Location"], answer["Referrer-Policy"]) == ("/", "no-referrer")
    assert client.get("/").context["user"] == alice
    assert client.get("/dialplan/phone/add/").status_code == 403  # a viewer there
    assert not Handoff.objects.exists()


def test_an_operator_goes_to_a_tenant_and_back(acme: Tenant) -> None:
    olga = operator()
    there, _ = open_door(asked(browser("localhost", olga), "acme"))
    assert there.get("/dialplan/phone/add/").status_code == 200
    back, _ = open_door(asked(there, ""))
    assert back.get("/tenants/tenant/").status_code == 200


def test_by_path(alice: User, settings: Any) -> None:
    settings.TENANT_PATHS = True
    client = Client(HTTP_HOST="localhost:8000")
    client.post("/t/acme/login/", {"username": "alice", "password": "pass-for-tests"})
    page = client.post("/t/acme/visit/", {"to": "globex"}).content.decode()
    found = re.search(r"http://localhost:8000(/t/globex/enter/\?token=[\w-]+)", page)
    assert found
    assert client.get(found[1])["Location"] == "/t/globex/"
    assert all(client.get(f"/t/{slug}/").status_code == 200 for slug in ("acme", "globex"))


def test_a_second_factor_that_was_given_counts_there_too(alice: User, globex: Tenant) -> None:
    Tenant.objects.update(second_factor_required=True)
    client = browser("acme.localhost", alice)
    set_up(client)
    there, _ = open_door(asked(client, "globex"))
    assert there.get("/").status_code == 200


def test_a_second_factor_that_is_asked_for_there_alone(alice: User, globex: Tenant) -> None:
    Tenant.objects.filter(pk=globex.pk).update(second_factor_required=True)
    there, _ = open_door(asked(browser("acme.localhost", alice), "globex"))
    assert there.get("/dialplan/phone/")["Location"] == "/account/second-factor/"


def test_it_is_good_once(alice: User) -> None:
    door = asked(browser("acme.localhost", alice), "globex")
    open_door(door)
    again, answer = open_door(door)
    assert answer.status_code == 403
    assert "This way in is closed" in answer.content.decode()
    assert again.get("/").status_code == 302


def test_it_is_good_for_seconds(alice: User) -> None:
    door = asked(browser("acme.localhost", alice), "globex")
    good_for = Handoff.objects.get().expires - timezone.now()
    assert timedelta(seconds=25) < good_for <= timedelta(seconds=30)
    Handoff.objects.update(expires=timezone.now())
    assert open_door(door)[0].get("/").status_code == 302


def test_it_is_good_at_its_console_alone(alice: User) -> None:
    door = asked(browser("acme.localhost", alice), "globex")
    for host in ("acme.localhost", "localhost"):
        client, answer = open_door(door.replace("globex.localhost", host))
        assert answer.status_code == 403
        assert client.get("/").status_code == 302


def test_the_role_is_asked_at_the_door_again(alice: User, globex: Tenant) -> None:
    door = asked(browser("acme.localhost", alice), "globex")
    Membership.objects.filter(tenant=globex).delete()
    assert open_door(door)[0].get("/").status_code == 302


@pytest.mark.parametrize("slug", ["globex", "", "nobody", "public", "https://evil.example/", "acme.localhost"])
def test_there_is_no_way_to_where_one_may_not_be(acme: Tenant, globex: Tenant, slug: str) -> None:
    assert browser("acme.localhost", staff(acme)).post("/visit/", {"to": slug}).status_code == 404
    assert not Handoff.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "é", "a" * 5000, "\ud800".encode("utf-8", "replace").decode()])
@pytest.mark.django_db
def test_a_token_that_nobody_made(token: str) -> None:
    assert Client(HTTP_HOST="acme.localhost").get("/enter/", {"token": token}).status_code == 403


def test_a_link_never_changes_who_is_logged_in(alice: User, globex: Tenant) -> None:
    gina = staff(globex, name="gina")
    hers = browser("globex.localhost", gina)
    door = asked(browser("acme.localhost", alice), "globex")
    question = open_door(door, hers)[1].content.decode()
    assert "logged in here as <b>gina</b>" in question
    assert "go on as <b>alice</b>" in question
    assert hers.get("/").context["user"] == gina
    assert hers.post("/enter/", {"token": door.partition("token=")[2]}).status_code == 302
    assert hers.get("/").context["user"] == alice


def test_only_a_form_of_this_console_starts_it(alice: User) -> None:
    client = Client(HTTP_HOST="acme.localhost", enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post("/visit/", {"to": "globex"}).status_code == 403
    assert Client(HTTP_HOST="acme.localhost").post("/visit/", {"to": "globex"}).status_code == 302
    assert not Handoff.objects.exists()


def test_the_session_is_a_new_one(alice: User) -> None:
    before = browser("globex.localhost", alice)
    old = before.cookies["sessionid"].value
    open_door(asked(browser("acme.localhost", alice), "globex"), before)
    assert before.cookies["sessionid"].value != old
    stale = Client(HTTP_HOST="globex.localhost")
    stale.cookies["sessionid"] = old
    assert stale.get("/").status_code == 302
