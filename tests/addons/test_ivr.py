"""The dialplan of menus, as text."""

from typing import Any

from addons.discovery.registry import registry
from addons.testing import committed

PHONES = [{"number": number} for number in ("101", "102", "2001")]


def menu(**values: Any) -> str:
    return committed(registry.get("ivr"), [{"number": "700", **values}], phone=PHONES).text()


def test_keys_lead_to_places_and_whoever_chooses_nothing_goes_somewhere_too() -> None:
    keys = [{"key": "1", "destination": "101"}, {"key": "#", "destination": "ivr:700"}, {"key": "2", "destination": "ringgroup:999"}]
    assert menu(greeting="custom/hello", seconds=4, tries=2, otherwise="102", keys=keys) == (
        "[acme-internal]\n"
        "exten => 700,1,Goto(acme-ivr,700,1)\n"
        "\n"
        "[acme-ivr]\n"
        "exten => 700,1,Goto(acme-ivr-700,s,1)\n"
        "\n"
        "[acme-ivr-700]\n"
        "exten => #,1,Goto(acme-ivr,700,1)\n"
        "exten => 1,1,Goto(acme-internal,101,1)\n"
        "exten => 2,1,Hangup()\n"
        "exten => i,1,Playback(pbx-invalid)\n"
        "exten => i,2,Set(PBX_TRIED=x${PBX_TRIED})\n"
        "exten => i,3,GotoIf($[${LEN(${PBX_TRIED})}<2]?s,4)\n"
        "exten => i,4,Goto(acme-internal,102,1)\n"
        "exten => s,1,Answer()\n"
        "exten => s,2,Set(TIMEOUT(digit)=2)\n"
        "exten => s,3,Set(PBX_TRIED=)\n"
        "exten => s,4,Background(custom/hello)\n"
        "exten => s,5,WaitExten(4)\n"
        "exten => t,1,Set(PBX_TRIED=x${PBX_TRIED})\n"
        "exten => t,2,GotoIf($[${LEN(${PBX_TRIED})}<2]?s,4)\n"
        "exten => t,3,Goto(acme-internal,102,1)\n"
    )


def test_callers_may_dial_phones_and_nothing_else() -> None:
    text = menu(dial=True)
    dials = [line for line in text.splitlines() if line.startswith("exten => _")]
    number = "${FILTER(0-9,${EXTEN})}"
    condition = f'GotoIf($["${{DEVICE_STATE(PJSIP/acme_{number})}}"!="INVALID"]?acme-internal,{number},1:i,1)'
    assert dials == [f"exten => _XXX,1,{condition}", f"exten => _XXXX,1,{condition}"]
    assert "exten => _" not in menu()
