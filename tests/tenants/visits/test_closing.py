"""A suspended tenant's console is closed to its people, and open to operators."""

import pytest
from django.test import Client
from django.utils import timezone

from tenants.models import Membership, Tenant
from tenants.tokens import make_token
from tests.people import browser, operator, staff
from tests.tenants.visits.arriving import door_of, open_door

CLOSED = "This console is closed for now. Ask your provider."


@pytest.fixture
def suspended(acme: Tenant) -> Tenant:
    Tenant.objects.filter(pk=acme.pk).update(suspended=timezone.now())
    return acme


@pytest.mark.parametrize("path", ["/", "/login/", "/dialplan/phone/", "/account/", "/enter/?token=x"])
def test_strangers_learn_nothing(suspended: Tenant, path: str) -> None:
    answer = Client(HTTP_HOST="acme.localhost").get(path)
    assert answer.status_code == 403
    assert CLOSED in answer.content.decode()
    assert "Acme" not in answer.content.decode()


def test_nobody_logs_in_and_sessions_stop(acme: Tenant) -> None:
    client = browser("acme.localhost", staff(acme))
    Tenant.objects.filter(pk=acme.pk).update(suspended=timezone.now())
    assert CLOSED in client.get("/").content.decode()
    answer = Client(HTTP_HOST="acme.localhost").post("/login/", {"username": "alice", "password": "pass-for-tests"})
    assert (answer.status_code, "sessionid" in answer.cookies) == (403, False)


def test_programs_are_told(suspended: Tenant) -> None:
    token = make_token(staff(suspended), suspended, "test")[1]
    answer = Client(HTTP_HOST="acme.localhost").get("/api/phones", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, answer.json()["detail"]) == (403, CLOSED)


def test_no_way_in_from_another_console(suspended: Tenant, globex: Tenant) -> None:
    alice = staff(suspended)
    Membership.objects.create(user=alice, tenant=globex)
    client = browser("globex.localhost", alice)
    assert "acme" not in client.get("/visit/").content.decode()
    assert client.post("/visit/", {"to": "acme"}).status_code == 404


def test_a_door_that_was_opened_before(acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    Membership.objects.create(user=alice, tenant=globex)
    door = door_of(browser("globex.localhost", alice).post("/visit/", {"to": "acme"}))
    Tenant.objects.filter(pk=acme.pk).update(suspended=timezone.now())
    client, answer = open_door(door)
    assert CLOSED in answer.content.decode()
    assert "sessionid" not in client.cookies


def test_operators_enter_and_look(suspended: Tenant) -> None:
    olga = browser("localhost", operator())
    there, _ = open_door(door_of(olga.post("/visit/", {"to": "acme"})))
    assert there.get("/dialplan/phone/add/").status_code == 200
    looking, _ = open_door(door_of(olga.post("/look/", {"tenant": "acme", "who": "role:viewer"})))
    assert looking.get("/dialplan/phone/").status_code == 200
