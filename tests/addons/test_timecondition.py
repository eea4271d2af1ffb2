"""The dialplan of opening hours, as text."""

from typing import Any

from addons.discovery.registry import registry
from addons.modules.timecondition.commit import parts
from addons.testing import Written, committed


def hours(**values: Any) -> Written:
    return committed(registry.get("timecondition"), [{"number": "800", **values}], phone=[{"number": "101"}])


def test_within_the_hours_calls_go_one_way_and_else_the_other() -> None:
    written = hours(
        open="101",
        closed="external:5145551234",
        zone="America/Toronto",
        hours=[{"days": ["sat"], "time": "10:00-12:30"}, {}],
        holidays=[{"date": "2026-04-03", "label": "Good Friday"}, {"date": "2026-12-25", "yearly": True}],
    )
    assert written.text() == (
        "[acme-hours]\n"
        'exten => 800,1,GotoIf($["${STRFTIME(${EPOCH},America/Toronto,%Y-%m-%d)}"="2026-04-03"]?5)\n'
        'exten => 800,2,GotoIf($["${STRFTIME(${EPOCH},America/Toronto,%m-%d)}"="12-25"]?5)\n'
        "exten => 800,3,GotoIfTime(10:00-12:29,sat,*,*,America/Toronto?6)\n"
        "exten => 800,4,GotoIfTime(08:00-16:59,mon&tue&wed&thu&fri,*,*,America/Toronto?6)\n"
        "exten => 800,5,Return(closed)\n"
        "exten => 800,6,Return(open)\n"
        "\n"
        "[acme-internal]\n"
        "exten => 800,1,Goto(acme-timecondition,800,1)\n"
        "\n"
        "[acme-timecondition]\n"
        "exten => 800,1,Set(PBX_ROUNDS=x${PBX_ROUNDS})\n"
        "exten => 800,2,ExecIf($[${LEN(${PBX_ROUNDS})}>50]?Hangup())\n"
        "exten => 800,3,Gosub(acme-hours,800,1)\n"
        "exten => 800,4,Set(PBX_HOURS=${GOSUB_RETVAL})\n"
        'exten => 800,5,GotoIf($["${PBX_HOURS}"="open"]?6:7)\n'
        "exten => 800,6,Goto(acme-internal,101,1)\n"
        "exten => 800,7,Goto(acme-outside,5145551234,1)\n"
    )


def test_a_code_switches_by_hand_and_has_a_lamp() -> None:
    written = hours(code="*800")
    assert "exten => *800,hint,Custom:acme_hours800\n" in written.text()
    assert (
        "exten => 800,4,Set(PBX_HOURS="
        "${IF(${DB_EXISTS(acme/timecondition/800)}?${FILTER(a-z,${DB(acme/timecondition/800)})}:${GOSUB_RETVAL})})\n"
    ) in written.text()
    assert 'Set(DB(acme/timecondition/800)=${IF($["${GOSUB_RETVAL}"="open"]?closed:open)})' in written.text()
    assert written.database() == {}
    assert "*800" not in hours().text()


def test_asterisk_counts_the_last_minute_too() -> None:
    assert parts(["mon"], "08:00-17:00") == [(["mon"], "08:00-16:59")]
    assert parts(["mon"], "00:00-23:59") == [(["mon"], "00:00-23:59")]


def test_a_range_over_midnight_ends_on_the_next_day() -> None:
    assert parts(["fri", "sun"], "22:00-06:00") == [(["fri", "sun"], "22:00-23:59"), (["sat", "mon"], "00:00-05:59")]
    assert parts(["fri"], "18:00-00:00") == [(["fri"], "18:00-23:59")]
