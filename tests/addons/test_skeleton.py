"""The skeleton does what it says, so that authors copy something that works."""

import hashlib
from typing import Any

import pytest

from addons.declarations.errors import Path
from addons.declarations.records import clean_record
from addons.discovery.registry import registry
from addons.testing import committed

SKELETON = registry.get("skeleton")


def test_a_number_plays_messages_behind_a_code_within_office_hours_and_then_rings_a_phone() -> None:
    record = {
        "number": "*55",
        "pause": 2,
        "after": "phone",
        "phone": "101",
        "code": "4711",
        "limited": True,
        "days": ["tue", "mon"],
        "messages": ["hello-world", {"sound": "beep", "times": 2}],
    }
    digest = hashlib.sha1(b"acme *55 4711").hexdigest()
    assert committed(SKELETON, [record]).text() == (
        "[acme-internal]\n"
        "exten => *55,1,Answer()\n"
        "exten => *55,2,GotoIfTime(08:00-18:00,mon&tue,*,*?4)\n"
        "exten => *55,3,Hangup()\n"
        "exten => *55,4,Read(PBX_CODE,agent-pass,10)\n"
        f'exten => *55,5,GotoIf($["${{SHA1(acme *55 ${{FILTER(0-9,${{PBX_CODE}})}})}}"="{digest}"]?7)\n'
        "exten => *55,6,Hangup()\n"
        "exten => *55,7,Wait(2)\n"
        "exten => *55,8,Playback(hello-world)\n"
        "exten => *55,9,Playback(beep)\n"
        "exten => *55,10,Playback(beep)\n"
        "exten => *55,11,Dial(PJSIP/acme_101,30)\n"
        "exten => *55,12,Hangup()\n"
    )


def test_outside_its_hours_it_sends_callers_elsewhere_and_it_ends_on_a_day() -> None:
    record = {
        "number": "*55",
        "announce": ["number", "time"],
        "after": "phone",
        "phone": "101",
        "shown": "+1 514-555-0100",
        "limited": True,
        "lunch": "12:00-13:00",
        "closed": "phone:102",
        "until": "2026-12-24",
        "contact": "alice@acme.example",
        "recorder": "192.0.2.0/24",
    }
    written = committed(SKELETON, [record], phone=[{"number": "101"}, {"number": "102"}])
    assert written.text() == (
        "[acme-internal]\n"
        "exten => *55,1,Answer()\n"
        'exten => *55,2,ExecIf($["${STRFTIME(${EPOCH},,%Y-%m-%d)}">"2026-12-24"]?Hangup())\n'
        "exten => *55,3,ExecIfTime(12:00-13:00,*,*,*?Hangup())\n"
        "exten => *55,4,GotoIfTime(08:00-18:00,mon&tue&wed&thu&fri,*,*?6)\n"
        "exten => *55,5,Goto(acme-internal,102,1)\n"
        "exten => *55,6,Wait(1)\n"
        "exten => *55,7,SayUnixTime()\n"
        "exten => *55,8,SayDigits(${CALLERID(num)})\n"
        "exten => *55,9,Set(CALLERID(num)=+15145550100)\n"
        "exten => *55,10,Dial(PJSIP/acme_101,30)\n"
        "exten => *55,11,Hangup()\n"
    )
    assert written.database() == {"acme/skeleton-contact/*55": "alice@acme.example", "acme/skeleton-recorder/*55": "192.0.2.0/24"}


def test_what_a_choice_hides_is_empty_and_never_wrong() -> None:
    record = clean_record(SKELETON.params, {"number": "*55", "opens": "", "closes": "nonsense", "phone": "101", "shown": "x"})
    assert (record["opens"], record["closes"], record["days"], record["phone"], record["shown"]) == ("", "", [], "", "")


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, {}),
        ({"limited": True}, {}),
        ({"limited": True, "opens": "19:00"}, {("closes",): "must be later than the time at which it opens"}),
        ({"limited": True, "days": []}, {("days",): "is needed, or it would never be open"}),
    ],
)
def test_a_whole_record_is_checked(given: dict[str, Any], faults: dict[Path, str]) -> None:
    assert SKELETON.validate is not None
    record = clean_record(SKELETON.params, {"number": "*55", **given})
    found = SKELETON.validate(record)
    assert {(name,): text for each in found for name, text in each.items()} == faults  # type: ignore[attr-defined]


def test_extras_of_the_sections_are_kept_in_the_astdb() -> None:
    written = committed(
        SKELETON,
        phone=[{"number": "101", "extra": {"skeleton": {"floor": "3"}}}, {"number": "102"}],
        line_in=[{"number": "5145550100", "extra": {"skeleton": {"department": "Sales"}}}],
        line_out=[{"name": "local", "extra": {"skeleton": {"cost": 0}}}],
    )
    assert written.database() == {
        "acme/skeleton-cost/local": "0",
        "acme/skeleton-department/5145550100": "Sales",
        "acme/skeleton-floor/101": "3",
    }
