"""The dialplan and the AstDB keys of forwarding, as text."""

from typing import Any

from addons.registry import registry
from addons.testing import Written, committed


def phones(*extras: Any, **settings: Any) -> Written:
    given = [{"number": str(101 + index), "extra": {"callforward": extra}} for index, extra in enumerate(extras)]
    return committed(registry.get("callforward"), [settings] if settings else (), phone=given)


def test_phones_that_may_not_forward_stay_as_they_are() -> None:
    written = phones({}, {"number": "5551234"})
    assert (written.text(), written.database()) == ("", {})


def test_a_phone_that_may_forward_asks_first_and_keeps_what_comes_after() -> None:
    written = phones({"allowed": True}, {"allowed": True, "number": "95145551234", "outside": True}, {})
    text = written.whole_text()
    assert "exten => 101,1,Gosub(acme-callforward,ring,1(101,30,no))\nexten => 101,2,Hangup()\n" in text
    assert "exten => 102,1,Gosub(acme-callforward,ring,1(102,30,yes))\nexten => 102,2,Hangup()\n" in text
    assert "exten => 103,1,Dial(PJSIP/acme_103,30)\n" in text
    assert written.database() == {"acme/cf/101": "none", "acme/cf/102": "95145551234"}


def test_the_codes_are_the_tenants_own() -> None:
    text = phones({"allowed": True}, on="*21", off="*22").text()
    assert "exten => _*21X.,1,Set(FORWARD=${FILTER(0-9,${EXTEN:3})})\n" in text
    assert "exten => *22,1,Set(FORWARD=)\n" in text
    assert "*72" not in text
