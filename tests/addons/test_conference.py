"""The dialplan of conferences, as text."""

import hashlib
from typing import Any

from addons.discovery.registry import registry
from addons.testing import committed


def room(**values: Any) -> str:
    return committed(registry.get("conference"), [{"number": "900", **values}]).text()


def test_an_open_room() -> None:
    assert room(maximum=5) == (
        "[acme-conference]\n"
        "exten => 900,1,Answer()\n"
        "exten => 900,2,Goto(acme-conference-join,900,1)\n"
        "\n"
        "[acme-conference-join]\n"
        "exten => 900,1,Set(CONFBRIDGE(bridge,max_members)=5)\n"
        "exten => 900,2,Set(CONFBRIDGE(user,music_on_hold_when_empty)=yes)\n"
        "exten => 900,3,ConfBridge(acme-900)\n"
        "exten => 900,4,Hangup()\n"
        "\n"
        "[acme-internal]\n"
        "exten => 900,1,Goto(acme-conference,900,1)\n"
    )


def test_a_pin_is_asked_for_and_stands_nowhere() -> None:
    text = room(pin="4711", moderator_pin="1234", wait=True, close=True)
    assert "4711" not in text
    assert "1234" not in text
    digest = hashlib.sha1(b"acme 900 4711", usedforsecurity=False).hexdigest()
    assert f'GotoIf($["${{SHA1(acme 900 ${{PBX_PIN}})}}"="{digest}"]?acme-conference-join,900,1)' in text
    assert text.index("conference-lead,900,1)") < text.index("conference-join,900,1)")
    assert "exten => 900,3,Set(CONFBRIDGE(user,wait_marked)=yes)\nexten => 900,4,Set(CONFBRIDGE(user,end_marked)=yes)" in text
    assert "exten => 900,3,Set(CONFBRIDGE(user,admin)=yes)\nexten => 900,4,Set(CONFBRIDGE(user,marked)=yes)" in text


def test_where_moderators_alone_have_a_pin_others_enter_nothing() -> None:
    text = room(moderator_pin="1234")
    assert "exten => 900,5,GotoIf($[${LEN(${PBX_PIN})}=0]?acme-conference-join,900,1)" in text
