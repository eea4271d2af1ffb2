"""Voicemail, by calls that leave messages and calls that hear them."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

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
    server.cli("database deltree acme/voicemail")


def kept(box: str) -> str:
    """What its messages are kept under."""
    return f"{box}-{acme.IDS[box]}"


def messages(server: Server, box: str) -> dict[str, str]:
    """Who left the messages of a box, by their places."""
    shown = server.cli(f"database show acme/voicemail/{kept(box)}")
    rows = [line.partition(":") for line in shown.splitlines() if line.startswith("/acme")]
    return {name.strip().rpartition("/")[2]: value.strip().rpartition("-")[2] for name, _, value in rows}


def sound(server: Server, box: str, place: int) -> int:
    """How many bytes a recording has."""
    return (folder(server, box) / f"{place}.wav").stat().st_size


def folder(server: Server, box: str) -> Path:
    return server.folder / "spool" / f"voicemail-{acme.SLUG}" / kept(box)


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
    server.doing("voicemail-acme/103-3/1&")
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


def put_messages(server: Server, *times: int) -> None:
    """Messages in the box of 103, in places 1, 2, ...; each is from a caller whose number is its time."""
    folder(server, "103").mkdir(parents=True, exist_ok=True)
    for place, seconds in enumerate(times, start=1):
        server.cli(f"database put acme/voicemail/{kept('103')} {place} {int(time.time()) - 1_000_000 + seconds}-{seconds}")


def test_in_a_full_box_the_newest_message_takes_the_place_of_the_oldest(server: Server, phones: Phones) -> None:
    put_messages(server, 3, 1, 2)
    leave_message(server, phones["101"], "103")
    assert messages(server, "103") == {"1": "3", "3": "2", "4": "101"}
    call = phones["103"].call("*97")
    for place in (3, 1, 4):
        server.doing(f"voicemail-acme/103-3/{place}&")
        call.press("6")
    server.doing("vm-nomore")


def test_callers_who_say_nothing_take_no_message_away(server: Server, phones: Phones) -> None:
    put_messages(server, 1, 2, 3)
    for _ in range(3):
        leave_message(server, phones["101"], "103", seconds=0)
    assert messages(server, "103") == {"1": "1", "2": "2", "3": "3"}


def test_two_callers_at_once_leave_two_messages(server: Server, phones: Phones) -> None:
    first, second = phones["101"].call("8103"), phones["102"].call("8103")
    server.wait(lambda: server.cli("core show channels concise").count("Record!") == 2)
    time.sleep(2.1)
    first.hang_up()
    second.hang_up()
    server.doing_nothing()
    assert sorted(messages(server, "103").values()) == ["101", "102"]


def test_messages_beyond_a_lower_maximum_can_be_heard_and_deleted(server: Server, phones: Phones) -> None:
    put_messages(server, 1, 2, 3, 4, 5, 6)
    call = phones["103"].call("*97")
    for place in range(1, 7):
        server.doing(f"voicemail-acme/103-3/{place}&")
        call.press("7")
        server.doing("vm-deleted")
    server.doing("vm-nomore")
    assert (messages(server, "103"), server.lamp("*97103")) == ({}, "Idle")


def test_a_new_message_brings_the_box_down_to_a_lower_maximum(server: Server, phones: Phones) -> None:
    put_messages(server, *range(1, 100))
    leave_message(server, phones["101"], "103")
    assert messages(server, "103") == {"98": "98", "99": "99", "100": "101"}


def test_a_message_that_came_meanwhile_is_not_deleted_for_the_one_that_was_heard(server: Server, phones: Phones) -> None:
    put_messages(server, 1)
    call = phones["103"].call("*97")
    server.doing("voicemail-acme/103-3/1&")
    put_messages(server, 2)
    call.press("7")
    server.doing("vm-deleted")
    assert messages(server, "103") == {"1": "2"}


def test_a_new_phone_with_an_old_number_begins_with_an_empty_box(server: Server, phones: Phones) -> None:
    leave_message(server, phones["101"], "103")
    acme.fill(server, {**acme.IDS, "103": 99})
    phones["103"].call("*97")
    server.doing("vm-nomore")
    acme.fill(server)
    assert (server.value("acme/voicemail/103-99/1"), server.lamp("*97103")) == (None, "Idle")


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
