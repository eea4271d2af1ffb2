"""The dialplan and the AstDB keys of the blacklist, as text."""

from typing import Any

from addons.discovery.registry import registry
from addons.testing import Written, committed

NUMBERS = [{"number": "+1 514 555-6666", "note": "Sells windows"}, {"number": "5145557777"}]
LISTED = "ExecIf(${DB_EXISTS(acme/blacklist/${FILTER(0-9,${CALLERID(num)})})}?Hangup(21))"
HIDDEN = "ExecIf($[${LEN(${FILTER(0-9,${CALLERID(num)})})}=0]?Hangup(21))"


def screened(*numbers: Any, **extra: bool) -> Written:
    return committed(registry.get("blacklist"), numbers, line_in=[{"number": "5145550100", "extra": {"blacklist": extra}}])


def test_callers_are_looked_up_by_their_digits() -> None:
    written = screened(*NUMBERS)
    assert written.database() == {"acme/blacklist/15145556666": "1", "acme/blacklist/5145557777": "1"}
    assert written.text() == f"[acme-arriving-carrier]\nexten => 5145550100,1,{LISTED}\nexten => 5145550100,2,Return()\n"


def test_a_line_may_take_everybody_or_refuse_hidden_numbers() -> None:
    assert screened(*NUMBERS, screened=False).text() == ""
    assert screened(anonymous=True).text() == f"[acme-arriving-carrier]\nexten => 5145550100,1,{HIDDEN}\nexten => 5145550100,2,Return()\n"
    both = screened(*NUMBERS, anonymous=True).text()
    assert both.index(LISTED) < both.index(HIDDEN)


def test_the_line_runs_it_before_the_call_goes_on() -> None:
    goes = "GosubIf(${DIALPLAN_EXISTS(acme-arriving-carrier,5145550100,1)}?acme-arriving-carrier,5145550100,1)"
    assert f"exten => 5145550100,2,{goes}\nexten => 5145550100,3," in screened(*NUMBERS).whole_text()
