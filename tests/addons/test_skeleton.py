"""The skeleton does what it says, so that authors copy something that works."""

from addons.registry import registry
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
    assert committed(SKELETON, [record]).text() == (
        "[acme-internal]\n"
        "exten => *55,1,Answer()\n"
        "exten => *55,2,GotoIfTime(08:00-18:00,mon&tue,*,*?4)\n"
        "exten => *55,3,Hangup()\n"
        "exten => *55,4,Authenticate(4711)\n"
        "exten => *55,5,Wait(2)\n"
        "exten => *55,6,Playback(hello-world)\n"
        "exten => *55,7,Playback(beep)\n"
        "exten => *55,8,Playback(beep)\n"
        "exten => *55,9,Dial(PJSIP/acme_101,30)\n"
        "exten => *55,10,Hangup()\n"
    )


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
