"""Forwarding, by calls, and by what phones dial."""

from collections.abc import Iterator, Mapping

import pytest

from addons.discovery.registry import registry
from addons.testing import Raw, committed
from dialplan.build.layers import merge
from tests.addons.calls import acme
from tests.addons.calls.conftest import Server
from tests.sip import Carrier, Phone

pytestmark = pytest.mark.asterisk

Phones = Mapping[str, Phone]
OWN = "acme/cf-own/105"


@pytest.fixture
def phones(server: Server, phones: Phones) -> Iterator[Phones]:
    """As phones that nobody has forwarded."""
    yield phones
    for number in acme.PHONES:
        server.cli(f"database del acme/cf-own {number}")
    acme.fill(server)


def staff_change(server: Server, *extras: Raw) -> None:
    """Staff change what the page of 105 says, time after time, from what there is at first; the keys as a deployment puts them."""
    written = None
    for extra in (acme.FORWARDS["callforward"], *extras):
        phone = {"number": "105", "id": acme.IDS["105"], "extra": {"callforward": extra}}
        written = committed(registry.get("callforward"), after=written, phone=[phone])
    assert written is not None
    acme.put(server, merge([written.layer()]).live_entries)


def dial(server: Server, phone: Phone, number: str, key: str = OWN) -> str:
    """Dial a code; the number that the phone's own key holds then."""
    before = server.value(key)
    call = phone.call(number)
    call.wait_answered()
    server.wait(lambda: server.value(key) != before)
    call.hang_up()
    return (server.value(key) or "").partition(".")[0]


def test_a_phone_forwards_its_calls_and_takes_them_back(server: Server, phones: Phones) -> None:
    assert dial(server, phones["105"], "*72102") == "102"
    call = phones["101"].call("105")
    phones["102"].wait_call().pick_up()
    call.wait_answered()
    call.hang_up()
    assert dial(server, phones["105"], "*73") == ""
    phones["101"].call("105")
    phones["105"].wait_call()
    assert len(phones["102"].received) == 1


def test_what_a_phone_sets_outlives_what_the_console_deploys(server: Server, phones: Phones) -> None:
    dial(server, phones["105"], "*72102")
    acme.fill(server)
    phones["101"].call("105")
    phones["102"].wait_call()


@pytest.mark.parametrize(
    "extras",
    [
        [{"allowed": True, "number": "101"}, {"allowed": True}],
        [{"allowed": False}, {"allowed": True}],
    ],
    ids=["another number and none again", "not allowed and allowed again"],
)
def test_what_a_phone_set_ends_with_what_staff_change(server: Server, phones: Phones, extras: list[Raw]) -> None:
    dial(server, phones["105"], "*72102")
    staff_change(server, *extras)
    phones["101"].call("105")
    phones["105"].wait_call()
    assert phones["102"].received == []


def test_what_staff_do_not_change_stays_as_the_phone_set_it(server: Server, phones: Phones) -> None:
    dial(server, phones["105"], "*72102")
    staff_change(server, acme.FORWARDS["callforward"], {"allowed": True, "outside": True})
    phones["101"].call("105")
    phones["102"].wait_call()


def test_a_new_phone_with_an_old_number_is_not_forwarded(server: Server, phones: Phones) -> None:
    dial(server, phones["105"], "*72102")
    acme.fill(server, {**acme.IDS, "105": 99})
    phones["101"].call("105")
    phones["105"].wait_call()
    assert phones["102"].received == []


def test_the_number_may_be_typed_when_a_voice_asks(server: Server, phones: Phones) -> None:
    call = phones["105"].call("*72")
    call.wait_answered()
    server.doing("vm-enter-num-to-call")
    call.press("102#")
    server.wait(lambda: (server.value(OWN) or "").startswith("102."))


@pytest.mark.parametrize("number", ["*72999", "*72105"], ids=["nobody", "itself"])
def test_a_phone_cannot_forward_to(server: Server, phones: Phones, number: str) -> None:
    phones["105"].call(number)
    server.doing("pbx-invalid")
    assert server.value(OWN) is None


def test_a_phone_cannot_forward_to_a_code(phones: Phones) -> None:
    assert phones["105"].call("*72*97").wait_status() == 404


def test_a_phone_that_may_not_forward(server: Server, phones: Phones) -> None:
    phones["101"].call("*72102")
    server.doing("pbx-invalid")
    assert server.value("acme/cf-own/101") is None


def test_phones_that_forward_to_each_other_end_the_call(server: Server, phones: Phones) -> None:
    dial(server, phones["105"], "*72106")
    dial(server, phones["106"], "*72105", "acme/cf-own/106")
    assert phones["101"].call("105").wait_status() >= 400


def test_what_staff_set_counts_until_the_phone_says_otherwise_and_again_when_staff_change_it(
    server: Server, phones: Phones, carrier: Carrier
) -> None:
    call = phones["101"].call("106")
    assert carrier.wait_call().number == "5145550006"
    call.hang_up()
    assert dial(server, phones["106"], "*73", "acme/cf-own/106") == ""
    phones["101"].call("106").wait_ringing()
    phones["106"].wait_call()
    server.cli("database put acme/cf 106 95145550008.6-2")
    phones["101"].call("106")
    assert carrier.wait_call().number == "5145550008"


def test_a_strangers_call_goes_outside_only_where_staff_allowed_it(server: Server, phones: Phones, carrier: Carrier) -> None:
    carrier.call("5145550106").wait_answered()
    assert carrier.wait_call().number == "5145550006"
    dial(server, phones["105"], "*7295145550009")
    assert carrier.call("5145550105").wait_status() == 403
