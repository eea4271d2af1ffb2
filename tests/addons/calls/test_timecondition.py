"""Opening hours, by calls at times that the tests choose."""

from collections.abc import Mapping

import pytest

from tests.addons.calls.conftest import Server
from tests.sip import Phone

pytestmark = pytest.mark.asterisk

Phones = Mapping[str, Phone]


@pytest.mark.parametrize(
    ("dialled", "rings"),
    [("8000", "101"), ("8001", "102"), ("8002", "102"), ("8003", "101"), ("8004", "101"), ("8005", "102")],
    ids=["Monday at noon", "Monday at five", "not yet Friday night", "Friday night", "still Friday night", "Saturday morning"],
)
def test_calls_go_by_the_clock(phones: Phones, dialled: str, rings: str) -> None:
    phones["104"].call(dialled)
    phones[rings].wait_call()


@pytest.mark.parametrize(("dialled", "rings"), [("802", "102"), ("803", "102"), ("804", "101")], ids=["today", "every year", "years ago"])
def test_holidays_are_closed(phones: Phones, dialled: str, rings: str) -> None:
    phones["104"].call(dialled)
    phones[rings].wait_call()


def test_a_code_turns_it_round_and_back(server: Server, phones: Phones) -> None:
    for state, lamp, rings in (("closed", "InUse", "102"), (None, "Idle", "101")):
        code = phones["104"].call("8009")
        server.wait(lambda state=state: server.value("acme/timecondition/800") == state)  # type: ignore[misc]
        server.wait(lambda lamp=lamp: server.lamp("*800") == lamp)  # type: ignore[misc]
        code.hang_up()
        call = phones["104"].call("8000")
        phones[rings].wait_call()
        call.hang_up()


def test_what_was_switched_ends_with_the_code(server: Server, phones: Phones) -> None:
    server.cli("database put acme/timecondition 804 closed")
    phones["104"].call("804")
    phones["101"].wait_call()


def test_hours_that_send_calls_round_in_a_circle_end_them(phones: Phones) -> None:
    assert phones["104"].call("805").wait_status() >= 400
