"""The blacklist, by calls from outside."""

from collections.abc import Mapping

import pytest

from tests.addons.calls.conftest import Server
from tests.sip import Carrier, Phone

pytestmark = pytest.mark.asterisk

Phones = Mapping[str, Phone]
REJECTED = 403


@pytest.mark.parametrize("caller", ["15145556666", "+15145556666"])
def test_a_blacklisted_caller_is_refused(phones: Phones, carrier: Carrier, caller: str) -> None:
    assert carrier.call("5145550101", caller=caller).wait_status() == REJECTED
    assert phones["101"].received == []


@pytest.mark.parametrize(
    ("line", "caller"),
    [("5145550101", "15145556667"), ("5145550199", "15145556666"), ("5145550101", "anonymous")],
    ids=["somebody else", "a line that takes all", "a line that takes hidden numbers"],
)
def test_others_get_through(phones: Phones, carrier: Carrier, line: str, caller: str) -> None:
    carrier.call(line, caller=caller)
    phones["101"].wait_call()


def test_who_hides_his_number_is_refused_where_that_is_wanted(phones: Phones, carrier: Carrier) -> None:
    assert carrier.call("5145550198", caller="anonymous").wait_status() == REJECTED


def test_a_callers_number_runs_nothing(server: Server, phones: Phones, carrier: Carrier) -> None:
    proof = server.folder / "proof"
    carrier.call("5145550101", caller=f"$%7BSHELL(touch%20{proof})%7D")
    phones["101"].wait_call()
    assert not proof.exists()
