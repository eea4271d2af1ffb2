"""Calls within a tenant, beside another one that has the same numbers, and from and to the outside."""

import pytest

from dialplan.deploy.models import Deployment
from tests.proof.conftest import Phones, reached
from tests.proof.site import Site
from tests.sip import Carrier, Phone, SipError

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]


def test_the_file_is_on_asterisk_and_once_more_changes_nothing(site: Site, applied: str) -> None:
    assert '+ tenants.north.phones."101"' in applied
    checked = site.manage("check_node", "pbx1")
    assert (checked.returncode, checked.stdout) == (0, "pbx1 is as it should be (3 parts).\n"), checked.stderr
    before = list(Deployment.objects.order_by("pk").values())
    assert site.apply((site.folder / "site.yaml").read_text()) == "nothing to change\n"
    assert list(Deployment.objects.order_by("pk").values()) == before


def test_101_calls_102_of_its_own_tenant(phones: Phones) -> None:
    call = phones["north_101"].call("102")
    call.wait_answered()
    arrived = phones["north_102"].wait_call()
    assert (arrived.caller, arrived.header("Call-Info"), arrived.header("Alert-Info")) == ("101", None, None)
    assert reached(phones) == {"north_102"}
    call.hang_up()
    arrived.wait_ended()


def test_101_of_another_tenant_is_another_phone(phones: Phones) -> None:
    phones["north_102"].call("101").wait_answered()
    assert reached(phones) == {"north_101"}
    phones["south_102"].call("101").wait_answered()
    assert reached(phones) == {"north_101", "south_101"}


def test_a_number_of_another_tenant_alone_is_unknown(phones: Phones) -> None:
    assert phones["south_101"].call("104").wait_status() == 404
    assert reached(phones) == set()


def test_a_call_from_outside_reaches_the_phone_of_its_number(phones: Phones, carrier: Carrier) -> None:
    call = carrier.call("5145550100", caller="5551234")
    call.wait_answered()
    arrived = phones["north_102"].wait_call()
    assert (arrived.caller, arrived.header("Call-Info"), arrived.header("Alert-Info")) == ("5551234", None, None)
    assert reached(phones) == {"north_102"}
    arrived.hang_up()
    call.wait_ended()
    carrier.call("5145550200").wait_answered()
    assert reached(phones) == {"north_102", "south_101"}


@pytest.mark.parametrize("number", ["5145550999", "102", "*70", "*80", "95145559999", "s"])
def test_a_call_from_outside_reaches_nothing_but_incoming_numbers(number: str, phones: Phones, carrier: Carrier) -> None:
    assert carrier.call(number).wait_status() == 404
    assert (reached(phones), carrier.received) == (set(), [])


def test_a_call_goes_out_with_its_number_rewritten(phones: Phones, carrier: Carrier) -> None:
    call = phones["north_101"].call("95145559999")
    call.wait_answered()
    arrived = carrier.wait_call()
    assert (arrived.number, arrived.caller) == ("15145559999", "5145550100")
    arrived.hang_up()
    call.wait_ended()


def test_a_tenant_without_the_outgoing_line_has_no_way_out(phones: Phones, carrier: Carrier) -> None:
    assert phones["south_101"].call("95145559999").wait_status() == 404
    assert carrier.received == []


def test_what_came_from_a_trunk_does_not_go_out_again(phones: Phones, carrier: Carrier) -> None:
    phones["north_101"].call("600").wait_answered()
    assert carrier.wait_call().number == "15145559999"
    # The same lines of the same context, entered from outside.
    assert carrier.call("5145550101").wait_status() >= 400
    assert len(carrier.received) == 1


def test_a_wrong_secret_is_refused(site: Site, phones: Phones) -> None:
    for user, secret in (("north_101", "wrong"), ("north_101", "south-101"), ("north_199", "north-101"), ("carrier", "")):
        with Phone(site.pbx1.sip, user, secret) as mallory:
            with pytest.raises(SipError, match="was not registered"):
                mallory.register()
            assert mallory.call("102").wait_status() == 401
    assert reached(phones) == set()
    phones["north_102"].call("101").wait_answered()


def test_a_stranger_is_no_carrier(site: Site, phones: Phones) -> None:
    with Carrier(site.pbx1.sip, host="127.0.0.3") as stranger:
        assert stranger.call("5145550100").wait_status() == 401
    assert reached(phones) == set()
