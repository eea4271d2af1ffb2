"""Conferences, by calls."""

import re
from collections.abc import Mapping

import pytest

from tests.addons.calls import acme
from tests.addons.calls.conftest import Server
from tests.sip import Call, Phone

pytestmark = pytest.mark.asterisk

Phones = Mapping[str, Phone]


def people(server: Server, room: str) -> int:
    """How many are in a room."""
    found = re.search(rf"^acme-{room} +(\d+)", server.cli("confbridge list"), re.MULTILINE)
    return int(found[1]) if found else 0


def enter(server: Server, phone: Phone, pin: str) -> Call:
    call = phone.call("901")
    call.wait_answered()
    server.doing("conf-getpin")
    call.press(f"{pin}#")
    return call


def test_whoever_calls_is_in_the_room_until_hanging_up(server: Server, phones: Phones) -> None:
    calls = [phones[number].call("900") for number in ("101", "102", "103")]
    server.wait(lambda: people(server, "900") == 3)
    calls[0].hang_up()
    server.wait(lambda: people(server, "900") == 2)


def test_a_room_with_a_pin_takes_who_knows_it_and_begins_with_a_moderator(server: Server, phones: Phones) -> None:
    enter(server, phones["101"], acme.PIN)
    server.wait(lambda: people(server, "901") == 1)
    listed = server.cli("confbridge list acme-901")
    assert re.search(r"acme_101\S+ +\S*w", listed), listed
    enter(server, phones["102"], "1234")
    server.wait(lambda: people(server, "901") == 2)
    assert re.search(r"acme_102\S+ +\S*A", server.cli("confbridge list acme-901"))


def test_who_does_not_know_the_pin_is_asked_again(server: Server, phones: Phones) -> None:
    call = enter(server, phones["101"], "9999")
    server.doing("conf-invalidpin")
    assert people(server, "901") == 0
    server.doing("conf-getpin")
    call.press("1234#")
    server.wait(lambda: people(server, "901") == 1)
