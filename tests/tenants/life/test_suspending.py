"""A suspended tenant: nothing of it on its nodes, nobody of it at its console, and all of it comes back as it was."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from dialplan.changes import changing
from dialplan.models import Phone, Revision
from dialplan.state import Desired, desired
from dialplan.suspending import resume, suspend
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.tokens import make_token
from tests.people import browser, operator, staff

ACME, MAIN = "acme.localhost", "localhost"


@pytest.fixture
def with_phones(acme: Tenant) -> Tenant:
    with open_tenant("acme"), changing(actor="alice") as change:
        Phone.objects.create(number="101", name="Ann")
        change.touch("phone", "phone 101 added")
    return acme


def state() -> Desired:
    return desired("acme")


def stored() -> Tenant:
    return Tenant.objects.get(schema_name="acme")


def newest() -> Any:
    with open_tenant("acme"):
        return Revision.objects.first()


def test_its_nodes_drop_everything_and_get_it_back_byte_for_byte(with_phones: Tenant) -> None:
    before = state()
    assert before.lines and before.pjsip
    assert suspend("acme", actor="olga")
    assert (state().lines, state().entries, state().pjsip) == ((), (), ())
    assert (newest().summary, newest().actor) == ("Suspended", "olga")
    assert resume("acme", actor="olga")
    assert (state().lines, state().entries, state().pjsip) == (before.lines, before.entries, before.pjsip)
    assert (newest().summary, newest().actor) == ("Resumed", "olga")


def test_doing_it_again_changes_nothing(with_phones: Tenant) -> None:
    assert not resume("acme", actor="olga")
    assert suspend("acme", actor="olga")
    since, revision = stored().suspended, newest().number
    assert not suspend("acme", actor="olga")
    assert (stored().suspended, newest().number) == (since, revision)


def test_what_operators_change_meanwhile_comes_with_it(with_phones: Tenant) -> None:
    suspend("acme", actor="olga")
    with open_tenant("acme"), changing(actor="olga") as change:
        Phone.objects.create(number="102")
        change.touch("phone", "phone 102 added")
    assert state().pjsip == ()
    resume("acme", actor="olga")
    assert {"acme_101", "acme_102"} <= {section.name for section in state().pjsip}


def test_its_people_are_out_and_can_come_back(with_phones: Tenant) -> None:
    alice = staff(with_phones)
    client = browser(ACME, alice)
    _, token = make_token(alice, with_phones, "sync")
    program = Client(HTTP_HOST=ACME, headers={"Authorization": f"Bearer {token}"})
    assert (client.get("/").status_code, program.get("/api/phones").status_code) == (200, 200)
    suspend("acme", actor="olga")
    assert (client.get("/").status_code, program.get("/api/phones").status_code) == (403, 403)
    assert Client(HTTP_HOST=ACME).post("/login/", {"username": "alice", "password": "pass-for-tests"}).status_code == 403
    resume("acme", actor="olga")
    assert browser(ACME, alice).get("/").status_code == 200
    assert program.get("/api/phones").status_code == 200


def test_an_operator_is_asked_first(with_phones: Tenant) -> None:
    client = browser(MAIN, operator())
    page = f"/tenants/tenant/{with_phones.pk}/suspension/"
    assert page in client.get(f"/tenants/tenant/{with_phones.pk}/change/").content.decode()
    assert "Suspend Acme Corp?" in client.get(page).content.decode()
    assert stored().suspended is None
    assert "Acme Corp is suspended." in client.post(page, {"do": "suspend"}, follow=True).content.decode()
    assert stored().suspended is not None
    assert "Resume Acme Corp?" in client.get(page).content.decode()
    assert "Acme Corp is back." in client.post(page, {"do": "resume"}, follow=True).content.decode()
    assert stored().suspended is None
    assert client.get("/tenants/tenant/0/suspension/").status_code == 404


def test_programs_of_operators_do_it_too(with_phones: Tenant) -> None:
    _, token = make_token(operator(), None, "billing")
    program = Client(HTTP_HOST=MAIN, headers={"Authorization": f"Bearer {token}"})
    for suspended in (True, True, False, False):
        answer = program.patch("/api/tenants/acme", {"suspended": suspended}, content_type="application/json")
        assert answer.status_code == 200, answer.content
        assert answer.json()["record"]["suspended"] is suspended
        assert (state().pjsip == ()) is suspended


def test_the_commands(with_phones: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("suspend_tenant", "suspend_tenant", "resume_tenant", "resume_tenant"):
        call_command(command, "acme")
    said = "Tenant acme is suspended.\nTenant acme was suspended already.\nTenant acme is back.\nTenant acme is not suspended.\n"
    assert capsys.readouterr().out == said
    with pytest.raises(CommandError, match="There is no tenant 'nobody'"):
        call_command("suspend_tenant", "nobody")
