"""The dialplan of ring groups, as text."""

from typing import Any

from addons.discovery.registry import registry
from addons.testing import Written, committed

PHONES = [{"number": number} for number in ("101", "102")]


def group(**values: Any) -> Written:
    return committed(registry.get("ringgroup"), [{"number": "600", **values}], phone=PHONES)


def test_idle_phones_ring_at_once_and_then_the_call_goes_on() -> None:
    assert group(members=["101", "102"], seconds=25, after="101").text() == (
        "[acme-internal]\n"
        "exten => 600,1,Goto(acme-ringgroup,600,1)\n"
        "\n"
        "[acme-ringgroup]\n"
        "exten => 600,1,Set(PBX_ROUNDS=x${PBX_ROUNDS})\n"
        "exten => 600,2,ExecIf($[${LEN(${PBX_ROUNDS})}>50]?Hangup())\n"
        "exten => 600,3,Set(PBX_RING=)\n"
        'exten => 600,4,ExecIf($["${DEVICE_STATE(PJSIP/acme_101)}"="NOT_INUSE"]?Set(PBX_RING=${PBX_RING}&PJSIP/acme_101))\n'
        'exten => 600,5,ExecIf($["${DEVICE_STATE(PJSIP/acme_102)}"="NOT_INUSE"]?Set(PBX_RING=${PBX_RING}&PJSIP/acme_102))\n'
        "exten => 600,6,ExecIf($[${LEN(${PBX_RING})}>0]?Dial(${PBX_RING:1},25))\n"
        "exten => 600,7,Goto(acme-internal,101,1)\n"
    )


def test_busy_phones_ring_too_if_wanted() -> None:
    assert (
        "exten => 600,3,Dial(PJSIP/acme_101&PJSIP/acme_102,20)\nexten => 600,4,Hangup()"
        in group(members=["101", "102"], skip_busy=False).text()
    )


def test_one_after_the_other_in_the_order_of_the_rows() -> None:
    text = group(members=["102", "101"], strategy="turn").text()
    assert 'exten => 600,3,ExecIf($["${DEVICE_STATE(PJSIP/acme_102)}"="NOT_INUSE"]?Dial(PJSIP/acme_102,20))' in text
    assert 'exten => 600,4,ExecIf($["${DEVICE_STATE(PJSIP/acme_101)}"="NOT_INUSE"]?Dial(PJSIP/acme_101,20))' in text
    assert "ExecIf(1?Dial(PJSIP/acme_102,20))" in group(members=["102"], strategy="turn", skip_busy=False).text()


def test_without_members_the_call_goes_on_at_once() -> None:
    assert "exten => 600,3,Hangup()" in group(skip_busy=False).text()
    assert "999" not in group(members=["999"]).text()


def test_as_many_members_as_a_group_may_have_fit_a_variable() -> None:
    numbers = [str(number) for number in range(1_000_000_000, 1_000_000_100)]
    assert sum(len(f"&PJSIP/{'a' * 16}_{number}") for number in numbers) < 4096
