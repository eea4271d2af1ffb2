"""Voicemail, by calls that leave messages and calls that hear them."""

import time
from collections.abc import Iterator, Mapping

import pytest

from tests.addons.calls import acme
from tests.addons.calls.conftest import Server
from tests.sip import Phone

pytestmark = pytest.mark.asterisk

Phones = Mapping[str, Phone]


@pytest.fixture
def phones(server: Server, phones: Phones) -> Iterator[Phones]:
    """As phones whose boxes are empty."""
    yield phones
    for family in ("acme/voicemail", "acme/voicemail-last"):
        server.cli(f"database deltree {family}")


def messages(server: Server, box: str) -> dict[str, str]:
    """Who left the messages of a box, by their places."""
    rows = [line.partition(":") for line in server.cli(f"database show acme/voicemail/{box}").splitlines() if line.startswith("/acme")]
    return {name.strip().rpartition("/")[2]: value.strip().rpartition("-")[2] for name, _, value in rows}


def sound(server: Server, box: str, place: int) -> int:
    """How many bytes a recording has."""
    return (server.folder / "spool" / f"voicemail-{acme.SLUG}" / box / f"{place}.wav").stat().st_size


def leave_message(server: Server, phone: Phone, box: str, seconds: float = 2.1) -> None:
    call = phone.call(f"8{box}")
    call.wait_answered()
    server.doing("Record!")
    time.sleep(seconds)
    call.hang_up()
    server.doing_nothing()


def test_a_call_that_nobody_answers_leaves_a_message_and_lights_the_lamp(server: Server, phones: Phones) -> None:
    assert server.lamp("*97103") == "Idle"
    call = phones["101"].call("103")
    phones["103"].wait_call()
    server.doing("Record!")
    time.sleep(2.1)
    call.hang_up()
    server.wait(lambda: messages(server, "103") == {"1": "101"})
    assert server.lamp("*97103") == "InUse"


def test_the_phone_hears_its_messages_and_deletes_one(server: Server, phones: Phones) -> None:
    leave_message(server, phones["101"], "103")
    call = phones["103"].call("*97")
    call.wait_answered()
    server.doing("voicemail-acme/103/1&")
    call.press("7")
    server.doing("vm-deleted")
    assert (messages(server, "103"), sound(server, "103", 1), server.lamp("*97103")) == ({}, 0, "Idle")


def test_a_caller_who_says_nothing_leaves_no_message(server: Server, phones: Phones) -> None:
    leave_message(server, phones["101"], "103", seconds=0)
    assert messages(server, "103") == {}


def test_what_is_said_is_recorded(server: Server, phones: Phones) -> None:
    speaker = {"Channel": "Local/104@acme-voicemail/n", "CallerID": "<555>", "Application": "Playback", "Data": "tt-weasels"}
    with server.client() as client:
        client.do("Originate", Async="true", **speaker)
    server.doing("Record!")
    server.wait(lambda: messages(server, "104") == {"1": "555"})
    assert sound(server, "104", 1) > 20_000


def test_a_full_box_gives_the_place_of_the_oldest_message_to_the_newest(server: Server, phones: Phones) -> None:
    for place in ("1", "2", "3"):
        server.cli(f"database put acme/voicemail/103 {place} 1700000000-{place}")
    server.cli("database put acme/voicemail-last 103 1")
    leave_message(server, phones["101"], "103")
    assert messages(server, "103") == {"1": "1", "2": "101", "3": "3"}
    call = phones["103"].call("*97")
    call.wait_answered()
    server.doing("voicemail-acme/103/3&")
    call.hang_up()


@pytest.mark.parametrize(("pin", "hears"), [(acme.PIN, "vm-youhave"), ("0000", "vm-incorrect")])
def test_the_box_of_another_phone_asks_for_its_pin(server: Server, phones: Phones, pin: str, hears: str) -> None:
    call = phones["101"].call("*97104")
    call.wait_answered()
    server.doing("vm-password")
    call.press(f"{pin}#")
    server.doing(hears)


@pytest.mark.parametrize("code", ["*97", "*97103", "*97101"], ids=["without a box", "of a box without a PIN", "of no box"])
def test_nobody_listens_without_a_box_or_its_pin(server: Server, phones: Phones, code: str) -> None:
    phones["101"].call(code)
    server.doing("vm-nobox")
