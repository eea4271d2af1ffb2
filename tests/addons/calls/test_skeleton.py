"""The skeleton's number, by calls."""

from collections.abc import Mapping

import pytest

from tests.addons.calls import acme
from tests.addons.calls.conftest import Server
from tests.sip import Call, Phone

pytestmark = pytest.mark.asterisk

Phones = Mapping[str, Phone]


def enter(server: Server, phone: Phone, code: str) -> Call:
    call = phone.call("*55")
    call.wait_answered()
    server.doing("agent-pass")
    call.press(f"{code}#")
    return call


def test_who_knows_the_code_reaches_the_phone(server: Server, phones: Phones) -> None:
    enter(server, phones["104"], acme.PIN)
    assert phones["101"].wait_call().caller == "104"


def test_who_does_not_is_hung_up_on(server: Server, phones: Phones) -> None:
    enter(server, phones["104"], "4712").wait_ended()
    assert not phones["101"].received
