"""Lines and AstDB keys on a running Asterisk: what is sent loads exactly, and reading back tells when it did not."""

from collections.abc import Iterator

import pytest

from dialplan.build.diff import EntryDelta, LineDelta
from dialplan.build.model import HINT, Entry, Line
from dialplan.build.text import dialplan_text
from dialplan.deploy import live
from dialplan.deploy.ami import AMIClient, AMIRefused, AMIValueError
from dialplan.deploy.asterisk import PrivateAsterisk

pytestmark = pytest.mark.asterisk

C = "live-internal"


@pytest.fixture(autouse=True)
def _tidy(client: AMIClient) -> Iterator[None]:
    yield
    if client.connected:
        live.apply_lines(client, LineDelta(tuple(live.read_contexts(client, [C, "live-other"])), ()))


def put(*lines: Line) -> LineDelta:
    return LineDelta((), lines)


DATA = [
    "",
    "a;b",
    "a;--b",
    r"a\;b",
    "a\\",
    r"\\x\n",
    'a,b"c(d)[e]',
    "${SHELL(id)}",
    "$[1+1]",
    "${EXTEN:1}",
    "^|&'",
    "é \u4f60",
    "trailing  ",
    "=> x",
    "#include x",
    "x" * 1000,
]


def test_data_loads_the_same_over_ami_and_from_a_file(asterisk: PrivateAsterisk, client: AMIClient) -> None:
    """`;` is written as `\\;` in a file and as itself over AMI; both must end as one line."""
    lines = [Line(C, f"1{number}", 1, "NoOp", data) for number, data in enumerate(DATA)]
    live.apply_lines(client, put(*lines))
    assert sorted(live.read_contexts(client, [C])) == sorted(lines)
    assert live.wrong_lines(client, put(*lines)) == []
    extensions = asterisk.folder / "extensions.conf"
    before = extensions.read_text()
    extensions.write_text(dialplan_text(lines))
    try:
        live.reload(client, live.DIALPLAN)
        assert sorted(live.read_contexts(client, [C])) == sorted(lines)
    finally:
        extensions.write_text(before)
        live.reload(client, live.DIALPLAN)
    assert live.read_contexts(client, [C]) == []


def test_add_replace_remove(client: AMIClient) -> None:
    first, second = Line(C, "101", 1, "NoOp", "a"), Line(C, "101", 2, "Hangup")
    live.apply_lines(client, put(first, second))
    changed = Line(C, "101", 1, "Dial", "PJSIP/live_101,20")
    live.apply_lines(client, LineDelta((second,), (changed,)))
    assert live.read_contexts(client, [C]) == [changed]
    assert live.wrong_lines(client, LineDelta((second,), (changed,))) == []
    live.apply_lines(client, LineDelta((changed,), ()))
    assert live.read_contexts(client, [C]) == []


def test_hints_and_patterns(client: AMIClient) -> None:
    lines = [
        Line(C, "101", HINT, "", "PJSIP/live_101&Custom:lamp"),
        Line(C, "101", 1, "NoOp", "exact"),
        Line(C, "_1XX", HINT, "", "PJSIP/live_${EXTEN}"),
        Line(C, "_1XX", 1, "NoOp", "pattern"),
        Line(C, "_[2-5]NX", 1, "NoOp", "set"),
        Line(C, "_9.", 1, "NoOp", "rest"),
        Line(C, "*70", 1, "NoOp", "star"),
    ]
    live.apply_lines(client, put(*lines))
    assert live.wrong_lines(client, put(*lines)) == []
    assert sorted(live.read_contexts(client, [C])) == sorted(lines)
    moved = Line(C, "_1XX", HINT, "", "PJSIP/other_${EXTEN}")
    delta = LineDelta((lines[0],), (moved,))
    live.apply_lines(client, delta)
    assert live.wrong_lines(client, delta) == []
    assert sorted(live.read_contexts(client, [C])) == sorted([*lines[1:2], moved, *lines[3:]])


def test_a_pattern_does_not_stand_in_for_a_line_that_did_not_load(client: AMIClient) -> None:
    live.apply_lines(client, put(Line(C, "_1XX", 1, "NoOp", "pattern")))
    (wrong,) = live.wrong_lines(client, put(Line(C, "103", 1, "NoOp", "pattern")))
    assert wrong == "103,1 in live-internal: NoOp(pattern) did not load: Asterisk has nothing there"


def test_reading_back_sees_what_differs_and_what_stayed(client: AMIClient) -> None:
    live.apply_lines(client, put(Line(C, "1", 1, "NoOp", "old"), Line(C, "2", 1, "NoOp")))
    wrong = live.wrong_lines(client, LineDelta((Line(C, "2", 1, "NoOp"),), (Line(C, "1", 1, "NoOp", "new"),)))
    assert wrong == [
        "1,1 in live-internal: NoOp(new) did not load: Asterisk has 1,1 in live-internal: NoOp(old)",
        "2,1 in live-internal: NoOp() is still there",
    ]


def test_many_extensions_of_a_context_are_read_back_at_once(client: AMIClient) -> None:
    lines = [Line(C, str(1000 + number), 1, "NoOp", "x") for number in range(200)]
    live.apply_lines(client, put(*lines[1:], Line("live-other", "1", 1, "NoOp")))
    wrong = live.wrong_lines(client, put(*lines, Line("live-other", "1", 1, "NoOp")))
    assert wrong == ["1000,1 in live-internal: NoOp(x) did not load: Asterisk has nothing there"]


@pytest.mark.parametrize(("data", "how"), [("x" * 1100, False), (" leading", False), ("x" * 1005, True), ("é" * 510, False)])
def test_what_ami_cannot_carry_is_known_before(data: str, how: bool) -> None:
    assert live.fits(Line(C, "1", 1, "NoOp", data)) is how


def test_an_injected_line_end_reaches_nothing(client: AMIClient) -> None:
    line = Line(C, "1", 1, "NoOp", "x\r\n\r\nAction: DBPut\r\nFamily: live\r\nKey: hacked\r\nVal: 1")
    with pytest.raises(AMIValueError, match="ApplicationData holds a carriage return"):
        live.apply_lines(client, put(Line(C, "2", 1, "NoOp"), line))
    assert live.read_contexts(client, [C]) == []
    assert live.read_entries(client, [("live", "hacked")]) == []


def test_entries(client: AMIClient) -> None:
    entries = (Entry("live/cid", "5145551234", 'Bob "x"; y, ${Z}'), Entry("live/cid", "2", ""), Entry("live/e", "é b", "é" * 400))
    live.apply_entries(client, EntryDelta((), entries))
    assert live.wrong_entries(client, EntryDelta((), entries)) == []
    assert live.read_entries(client, [(entry.family, entry.key) for entry in entries]) == list(entries)
    changed = Entry("live/cid", "2", "now set")
    delta = EntryDelta((entries[0],), (changed,))
    live.apply_entries(client, delta)
    assert live.wrong_entries(client, delta) == []
    assert live.wrong_entries(client, EntryDelta((changed,), (entries[0],))) == [
        "AstDB live/cid/5145551234 was not stored",
        "AstDB live/cid/2 is still there",
    ]
    live.apply_entries(client, EntryDelta((*entries, changed), ()))
    assert live.read_entries(client, [(entry.family, entry.key) for entry in entries]) == []


def test_deleting_a_key_spares_families_and_keys_that_look_like_it(client: AMIClient) -> None:
    """DBDelTree of live_1 would also take liveX1 and LIVE_1 (SQL LIKE): each key is deleted by its exact name."""
    alike = [Entry(family, "k", "x") for family in ("live_1", "liveX1", "LIVE_1", "live%1", "live_1/deeper", "live_12")]
    alike += [Entry("live_1", key, "x") for key in ("K", "k2", "_", "%")]
    live.apply_entries(client, EntryDelta((), tuple(alike)))
    live.apply_entries(client, EntryDelta((alike[0],), ()))
    assert live.read_entries(client, [(entry.family, entry.key) for entry in alike]) == alike[1:]
    live.apply_entries(client, EntryDelta(tuple(alike), ()))


def test_facts(client: AMIClient) -> None:
    facts = live.read_facts(client)
    assert facts.version[0].isdigit()
    assert facts.started.startswith("20")
    assert {"Page", "Dial", "NoOp", "ConfBridge", "Hangup"} <= set(facts.applications)
    assert len(facts.applications) > 100


def test_a_file_that_does_not_parse_fails_the_reload_and_keeps_what_was_there(asterisk: PrivateAsterisk, client: AMIClient) -> None:
    extensions = asterisk.folder / "extensions.conf"
    before = extensions.read_text()
    extensions.write_text("[broken\n")
    try:
        with pytest.raises(AMIRefused, match=r"reload of pbx_config.so failed \(.*\): look at the warnings in Asterisk's log"):
            live.reload(client, live.DIALPLAN)
    finally:
        extensions.write_text(before)
        live.reload(client, live.DIALPLAN)


def test_a_user_who_may_not_write_is_told_what_it_lacks(asterisk: PrivateAsterisk, client: AMIClient) -> None:
    manager = asterisk.folder / "manager.conf"
    before = manager.read_text()
    manager.write_text(before + "[reader]\nsecret = r\nread = all\nwrite = command\n")
    client.do("Reload", Module="manager")
    try:
        with AMIClient("127.0.0.1", asterisk.ami_port, "reader", "r") as reader, pytest.raises(AMIRefused, match="write = system,"):
            live.apply_lines(reader, put(Line(C, "1", 1, "NoOp")))
    finally:
        manager.write_text(before)
        client.do("Reload", Module="manager")
