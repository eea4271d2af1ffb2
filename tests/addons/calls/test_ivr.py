"""Menus, by calls in which keys are pressed."""

from collections.abc import Mapping

import pytest

from tests.addons.calls.conftest import Server
from tests.sip import Call, Carrier, Phone

pytestmark = pytest.mark.asterisk

Phones = Mapping[str, Phone]


def test_a_key_leads_to_its_place(phones: Phones) -> None:
    call = phones["104"].call("700")
    call.wait_answered()
    call.press("1")
    phones["101"].wait_call()
    phones["102"].wait_call().pick_up()


def test_a_key_may_lead_outside_as_staff_chose_that(phones: Phones, carrier: Carrier) -> None:
    call = phones["104"].call("700")
    call.wait_answered()
    call.press("*")
    assert carrier.wait_call().number == "5145550007"


def test_a_phones_number_may_be_dialled(server: Server, phones: Phones) -> None:
    dial(server, phones["104"].call("700"), "105")
    phones["105"].wait_call()


def test_nothing_but_phones_can_be_dialled(server: Server, phones: Phones) -> None:
    dial(server, phones["104"].call("700"), "600")
    server.doing("pbx-invalid")
    assert phones["101"].received == []


def dial(server: Server, call: Call, number: str) -> None:
    """Press several keys, once the greeting is over: without sound from the phone, Asterisk cannot tell where a key ends while it plays."""
    server.doing("WaitExten")
    call.press(number)


def test_who_presses_nothing_hears_it_again_and_then_goes_elsewhere(phones: Phones) -> None:
    call = phones["104"].call("700")
    phones["103"].wait_call(timeout=15).pick_up()
    assert not call.ended
