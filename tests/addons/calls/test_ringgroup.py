"""Ring groups, by calls."""

from collections.abc import Mapping

import pytest

from tests.addons.calls.conftest import Server
from tests.sip import Carrier, Phone

pytestmark = pytest.mark.asterisk

Phones = Mapping[str, Phone]


def test_all_members_ring_and_one_takes_the_call(phones: Phones) -> None:
    call = phones["104"].call("600")
    first, second = phones["101"].wait_call(), phones["102"].wait_call()
    second.pick_up()
    call.wait_answered()
    first.wait_ended()


def test_a_call_that_nobody_takes_goes_on(phones: Phones) -> None:
    call = phones["104"].call("600")
    phones["101"].wait_call()
    phones["103"].wait_call().pick_up()
    call.wait_answered()


def test_a_busy_phone_is_left_out(phones: Phones) -> None:
    busy = phones["101"].call("103")
    phones["103"].wait_call().pick_up()
    busy.wait_answered()
    phones["104"].call("600")
    phones["102"].wait_call().pick_up()
    assert phones["101"].received == []


def test_one_after_the_other_and_then_the_voicemail_of_somebody(server: Server, phones: Phones) -> None:
    call = phones["103"].call("601")
    first = phones["101"].wait_call()
    assert phones["102"].received == []
    first.wait_ended()
    second = phones["102"].wait_call()
    second.wait_ended()
    call.wait_answered()
    assert "voicemail" in server.cli("core show channels verbose")


def test_an_incoming_line_leads_to_a_group(phones: Phones, carrier: Carrier) -> None:
    call = carrier.call("5145550600", caller="5145551234")
    arrived = phones["101"].wait_call()
    arrived.pick_up()
    call.wait_answered()
    assert arrived.caller == "5145551234"
