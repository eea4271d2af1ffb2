"""Two people who save at the same moment: the second one is told what one would be told who comes later."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from addons.discovery.registry import registry
from addons.stored.generated import record_model
from dialplan.models import Context, IncomingLine, Phone
from dialplan.trunks.models import ClaimedNumber, Trunk
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.people import browser, staff
from tests.proof.forms import fill

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(acme: Tenant) -> Client:
    return browser("acme.localhost", staff(acme))


def at_once(*saves: Callable[[], HttpResponse]) -> list[HttpResponse]:
    """What each gets, all of them begun at the same moment."""
    together = threading.Barrier(len(saves))

    def run(save: Callable[[], HttpResponse]) -> HttpResponse:
        try:
            together.wait(30)
            return save()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(saves)) as threads:
        return list(threads.map(run, saves))


def saving(client: Client, page: str, **values: object) -> Callable[[], HttpResponse]:
    """Sends a form that is open already."""
    form = fill(client, page, **values)
    return lambda: client.post(page, form)  # type: ignore[return-value]


def test_a_number_goes_to_one_of_two_sections(alice: Client) -> None:
    phone = saving(alice, "/dialplan/phone/add/", number="200")
    room = saving(alice, "/conference/record/add/", number="200")
    answers = at_once(phone, room)
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert "200 is in use already" in next(answer for answer in answers if answer.status_code == 200).content.decode()
    with open_tenant("acme"):
        assert Phone.objects.count() + record_model(registry.get("conference")).objects.count() == 1


def test_a_form_that_is_sent_twice_is_one_record_and_a_message(alice: Client) -> None:
    save = saving(alice, "/dialplan/phone/add/", number="210")
    answers = at_once(save, save)
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert "already exists" in next(answer for answer in answers if answer.status_code == 200).content.decode()


def test_what_is_deleted_while_it_is_saved_stays_deleted(alice: Client) -> None:
    with open_tenant("acme"):
        pks = [Phone.objects.create(number=str(number)).pk for number in range(220, 226)]
    for pk in pks:
        save = saving(alice, f"/dialplan/phone/{pk}/change/", name="Kept")
        at_once(save, lambda pk=pk: alice.post(f"/dialplan/phone/{pk}/delete/", {"post": "yes"}))
    with open_tenant("acme"):
        assert not Phone.objects.exists()


def test_no_phone_is_left_in_a_context_that_is_deleted(alice: Client) -> None:
    with open_tenant("acme"):
        lobby = Context.objects.create(name="lobby")
    save = saving(alice, "/dialplan/phone/add/", number="230", context="lobby")
    at_once(save, lambda: alice.post(f"/dialplan/context/{lobby.pk}/delete/", {"post": "yes"}))
    with open_tenant("acme"):
        assert Phone.objects.count() == Context.objects.filter(name="lobby").count()


def test_an_incoming_number_goes_to_one_tenant_of_a_carrier(alice: Client, globex: Tenant) -> None:
    gina = browser("globex.localhost", staff(globex, name="gina"))
    for name in ("one", "two"):
        Trunk.objects.create(name=name, host="192.0.2.1", user=name, all_tenants=True)
    with open_tenant("acme"):
        Phone.objects.create(number="101")
    with open_tenant("globex"):
        Phone.objects.create(number="101")
    page = "/dialplan/incomingline/add/"
    saves = [saving(client, page, number="5145550100", trunk=trunk, destination="101") for client, trunk in ((alice, "one"), (gina, "two"))]
    answers = at_once(*saves)
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert "in use already on trunk" in next(answer for answer in answers if answer.status_code == 200).content.decode()
    assert ClaimedNumber.objects.count() == 1
    with open_tenant("acme"):
        mine = IncomingLine.objects.count()
    with open_tenant("globex"):
        assert mine + IncomingLine.objects.count() == 1
