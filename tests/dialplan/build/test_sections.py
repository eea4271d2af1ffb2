"""What phones, incoming and outgoing lines write, as whole texts."""

from dataclasses import replace

import pytest

from dialplan.build.layers import merge
from dialplan.build.model import HINT, AddLine, Layer
from dialplan.build.names import check_line, place_line
from dialplan.build.sections import LineInSpec, LineOutSpec, PhoneSpec, TrunkSpec, line_in_layer, line_out_layer, phone_layer
from dialplan.build.text import dialplan_text

from .hostile import REFUSED

ALICE = PhoneSpec("101", "Alice", "s101", auto_answer="call-info")
BOB = PhoneSpec("1020", "Bob", "s102", ring_seconds=45)


def text(*layers: Layer) -> str:
    return dialplan_text(place_line("acme", line) for line in merge(layers).live_lines)


AUTO_ANSWER = """\
[acme-auto-answer]
exten => alertinfo,1,Set(PJSIP_HEADER(add,Alert-Info)=info=alert-autoanswer)
exten => alertinfo,2,Return()
exten => callinfo,1,Set(PJSIP_HEADER(add,Call-Info)=<sip:page>\\;answer-after=0)
exten => callinfo,2,Return()
exten => ringanswer,1,Set(PJSIP_HEADER(add,Alert-Info)=Ring Answer)
exten => ringanswer,2,Return()
exten => s,1,ExecIf($["${FROM_TRUNK}"!=""]?Return())
exten => s,2,GotoIf($["${AUTO_ANSWER}"="call-info"]?callinfo,1)
exten => s,3,GotoIf($["${AUTO_ANSWER}"="alert-info"]?alertinfo,1)
exten => s,4,GotoIf($["${AUTO_ANSWER}"="ring-answer"]?ringanswer,1)
exten => s,5,Return()
"""

PHONES = """
[acme-internal]
exten => 101,1,Dial(PJSIP/acme_101,30)
exten => 101,2,Hangup()
exten => 1020,1,Dial(PJSIP/acme_1020,45)
exten => 1020,2,Hangup()
exten => _XXX,hint,PJSIP/acme_${EXTEN}
exten => _XXXX,hint,PJSIP/acme_${EXTEN}
"""


def test_phones() -> None:
    assert text(phone_layer([BOB, ALICE])) == AUTO_ANSWER + PHONES


def test_no_phones_still_have_the_auto_answer_context() -> None:
    assert text(phone_layer([])) == AUTO_ANSWER


def test_incoming_lines() -> None:
    lines = [LineInSpec("5145550100", "carrier", "101"), LineInSpec("+15145550101", "carrier", "ivr"), LineInSpec("200", "backup", "101")]
    assert text(line_in_layer(lines, [ALICE])) == (
        "[acme-in-backup]\n"
        "exten => 200,1,Set(__FROM_TRUNK=backup)\n"
        "exten => 200,2,GosubIf(${DIALPLAN_EXISTS(acme-arriving-backup,200,1)}?acme-arriving-backup,200,1)\n"
        "exten => 200,3,Goto(acme-internal,101,1)\n"
        "\n"
        "[acme-in-carrier]\n"
        "exten => +15145550101,1,Set(__FROM_TRUNK=carrier)\n"
        "exten => +15145550101,2,GosubIf(${DIALPLAN_EXISTS(acme-arriving-carrier,+15145550101,1)}?acme-arriving-carrier,+15145550101,1)\n"
        "exten => +15145550101,3,GotoIf($[${DIALPLAN_EXISTS(acme-ivr,${EXTEN},1)}]?acme-ivr,${EXTEN},1:acme-ivr,s,1)\n"
        "exten => 5145550100,1,Set(__FROM_TRUNK=carrier)\n"
        "exten => 5145550100,2,GosubIf(${DIALPLAN_EXISTS(acme-arriving-carrier,5145550100,1)}?acme-arriving-carrier,5145550100,1)\n"
        "exten => 5145550100,3,Goto(acme-internal,101,1)\n"
    )


def test_an_incoming_line_may_go_to_an_extension_of_a_context() -> None:
    assert "3,Goto(acme-ivr,500,1)" in text(line_in_layer([LineInSpec("5145550100", "carrier", "ivr", "500")], []))


def test_outgoing_lines() -> None:
    lines = [
        LineOutSpec("local", "9NXXXXXXXXX", "carrier", strip=1, prepend="+1", caller_id="5145550100"),
        LineOutSpec("emergency", "911", "carrier"),
    ]
    assert text(line_out_layer(lines)) == (
        "[acme-internal]\n"
        'exten => _911,1,ExecIf($["${FROM_TRUNK}"=""]?Dial(PJSIP/${FILTER(0-9*#+,${EXTEN})}@carrier,120):Hangup(21))\n'
        "exten => _911,2,Hangup()\n"
        "exten => _9NXXXXXXXXX,1,Set(CALLERID(num)=5145550100)\n"
        'exten => _9NXXXXXXXXX,2,ExecIf($["${FROM_TRUNK}"=""]?Dial(PJSIP/${FILTER(0-9*#+,+1${EXTEN:1})}@carrier,120):Hangup(21))\n'
        "exten => _9NXXXXXXXXX,3,Hangup()\n"
        "\n"
        "[acme-outside]\n"
        "exten => _911,1,Dial(PJSIP/${FILTER(0-9*#+,${EXTEN})}@carrier,120)\n"
        "exten => _911,2,Hangup()\n"
        "exten => _9NXXXXXXXXX,1,Set(CALLERID(num)=5145550100)\n"
        "exten => _9NXXXXXXXXX,2,Dial(PJSIP/${FILTER(0-9*#+,+1${EXTEN:1})}@carrier,120)\n"
        "exten => _9NXXXXXXXXX,3,Hangup()\n"
    )


def test_with_a_limit_calls_in_and_out_are_counted_in_one_group() -> None:
    assert text(line_in_layer([LineInSpec("200", "backup", "101")], [ALICE], 2)) == (
        "[acme-in-backup]\n"
        "exten => 200,1,Set(__FROM_TRUNK=backup)\n"
        "exten => 200,2,Set(GROUP(trunks)=acme)\n"
        "exten => 200,3,ExecIf($[${GROUP_COUNT(acme@trunks)}>2]?Hangup(17))\n"
        "exten => 200,4,GosubIf(${DIALPLAN_EXISTS(acme-arriving-backup,200,1)}?acme-arriving-backup,200,1)\n"
        "exten => 200,5,Goto(acme-internal,101,1)\n"
    )
    dial = "Dial(PJSIP/${FILTER(0-9*#+,${EXTEN})}@carrier,120,b(acme-outside^counted^1))"
    staffs = '"${FROM_TRUNK}"=""'
    assert text(line_out_layer([LineOutSpec("emergency", "911", "carrier")], 2)) == (
        "[acme-internal]\n"
        f"exten => _911,1,ExecIf($[{staffs} & ${{GROUP_COUNT(acme@trunks)}}<2]?{dial}:Hangup(${{IF($[{staffs}]?34:21)}}))\n"
        "exten => _911,2,Hangup()\n"
        "\n"
        "[acme-outside]\n"
        f"exten => _911,1,ExecIf($[${{GROUP_COUNT(acme@trunks)}}<2]?{dial}:Hangup(34))\n"
        "exten => _911,2,Hangup()\n"
        "exten => counted,1,Set(GROUP(trunks)=acme)\n"
        "exten => counted,2,Return()\n"
    )
    assert text(line_out_layer([], 2)) == ""


def test_every_line_that_dials_a_trunk_refuses_what_came_from_a_trunk() -> None:
    layer = line_out_layer([LineOutSpec("a", "9X.", "carrier", caller_id="100"), LineOutSpec("b", "8XX", "carrier")])
    lines = [operation.line for operation in layer.operations if isinstance(operation, AddLine) and "@carrier" in operation.line.data]
    dials = [line.data for line in lines if line.context == "internal"]
    assert len(dials) == 2
    assert {line.context for line in lines} == {"internal", "outside"}
    assert all(data.startswith('$["${FROM_TRUNK}"=""]?Dial(') and data.endswith(":Hangup(21)") for data in dials)


def test_hints_are_patterns_however_many_phones() -> None:
    phones = [replace(ALICE, number=str(number)) for number in range(1000, 3000)]
    hints = [one.line for one in phone_layer(phones).operations if isinstance(one, AddLine) and one.line.priority == HINT]
    assert [hint.exten for hint in hints] == ["_XXXX"]


def test_sections_write_lines_that_pass_every_check() -> None:
    layers = [phone_layer([ALICE]), line_in_layer([LineInSpec("100", "t", "101")], [ALICE]), line_out_layer([LineOutSpec("a", "9X", "t")])]
    for line in merge(layers).live_lines:
        assert check_line(line) == line


def test_order_of_records_does_not_matter() -> None:
    assert phone_layer([ALICE, BOB]) == phone_layer([BOB, ALICE])


def test_one_place_is_not_claimed_twice() -> None:
    with pytest.raises(ValueError, match=r"^number: 101 is there twice"):
        phone_layer([ALICE, ALICE])
    with pytest.raises(ValueError, match=r"^number: 100 on t is there twice"):
        line_in_layer([LineInSpec("100", "t", "101"), LineInSpec("100", "t", "ivr")], [ALICE])
    with pytest.raises(ValueError, match=r"^pattern: _9X is there twice"):
        line_out_layer([LineOutSpec("a", "9X", "t"), LineOutSpec("b", "_9[0-9]", "t")])


@pytest.mark.parametrize("hostile", [*REFUSED, "1&PJSIP/x", "a;b", "a)b", "a,b"], ids=ascii)
def test_hostile_records_are_refused(hostile: str) -> None:
    for field in ("number", "context", "auto_answer"):
        with pytest.raises(ValueError, match=f"^{field}: "):
            replace(ALICE, **{field: hostile})
    for field in ("number", "trunk"):
        with pytest.raises(ValueError, match=f"^{field}: "):
            replace(LineInSpec("100", "t", "101"), **{field: hostile})
    with pytest.raises(ValueError, match=r"^context: "):
        LineInSpec("100", "t", hostile)
    for field in ("pattern", "trunk", "prepend"):
        with pytest.raises(ValueError, match=f"^{field}: "):
            replace(LineOutSpec("a", "9X", "t"), **{field: hostile})
    with pytest.raises(ValueError, match=r"^caller ID: "):
        replace(LineOutSpec("a", "9X", "t"), caller_id=hostile)
    for field in ("host", "user"):
        with pytest.raises(ValueError, match=f"^{field}: "):
            replace(TrunkSpec("t", "sip.example.net"), **{field: hostile})


@pytest.mark.parametrize("hostile", REFUSED, ids=ascii)
def test_hostile_secrets_are_refused_and_not_shown(hostile: str) -> None:
    with pytest.raises(ValueError, match=r"^secret: use 1 to 120 letters"):
        replace(ALICE, secret=hostile)


def test_secrets_are_not_in_what_a_traceback_shows() -> None:
    assert "s101" not in repr(ALICE)
    assert "hidden" not in repr(TrunkSpec("t", "sip.example.net", user="u", secret="hidden"))


@pytest.mark.parametrize("context", ["in-carrier", "auto-answer"])
def test_reserved_contexts(context: str) -> None:
    with pytest.raises(ValueError, match=r"^context: "):
        replace(ALICE, context=context)
    with pytest.raises(ValueError, match=r"^destination: "):
        LineInSpec("100", "t", context)


def test_numbers_out_of_range() -> None:
    for seconds in (0, 601, True, "30"):
        with pytest.raises(ValueError, match=r"^ring_seconds: "):
            replace(ALICE, ring_seconds=seconds)
    with pytest.raises(ValueError, match=r"^strip: "):
        LineOutSpec("a", "9X", "t", strip=-1)
    with pytest.raises(ValueError, match=r"^port: "):
        TrunkSpec("t", "sip.example.net", 0)
    with pytest.raises(ValueError, match=r"^register: trunk t cannot register"):
        TrunkSpec("t", "sip.example.net", register=True)
    with pytest.raises(ValueError, match=r"^host: .* has a port in it"):
        TrunkSpec("t", "sip.example.net:5070")
