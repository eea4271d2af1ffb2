"""The texts that Asterisk reads: golden, inverse to what reads them back, and closed to whatever would break out."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialplan.build.model import HINT, Entry, Line
from dialplan.build.names import place_line
from dialplan.build.text import UnsafeText, dialplan_text, entries_text, node_dialplan_text, parse_dialplan, parse_entries

from .hostile import EXTENS, KEPT, NAMES, REFUSED
from .strategies import entry_sets, line_sets


def test_dialplan() -> None:
    lines = [
        Line("acme-lobby", "s", 1, "NoOp", r"a;b --; \; ) ("),
        Line("acme-internal", "101", 2, "Hangup"),
        Line("acme-internal", "101", 1, "Dial", "PJSIP/acme_101,20"),
        Line("acme-internal", "_XXX", HINT, "", "PJSIP/acme_${EXTEN}"),
    ]
    assert dialplan_text(lines) == (
        "[acme-internal]\n"
        "exten => 101,1,Dial(PJSIP/acme_101,20)\n"
        "exten => 101,2,Hangup()\n"
        "exten => _XXX,hint,PJSIP/acme_${EXTEN}\n"
        "\n"
        "[acme-lobby]\n"
        r"exten => s,1,NoOp(a\;b --\; \\; ) ()"
        "\n"
    )


def test_nothing_is_nothing() -> None:
    assert dialplan_text([]) == ""
    assert parse_dialplan("") == []
    assert entries_text([]) == ""
    assert parse_entries("") == []


@given(line_sets)
def test_law_reading_back_gives_what_was_written(lines: list[Line]) -> None:
    placed = [place_line("acme", line) for line in lines]
    assert parse_dialplan(dialplan_text(placed)) == sorted(placed)


@given(line_sets, st.randoms())
def test_law_same_lines_same_bytes(lines: list[Line], random: st.DataObject) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert dialplan_text(shuffled) == dialplan_text(lines)


@given(line_sets)
def test_law_a_text_holds_one_line_for_each_and_nothing_that_asterisk_takes_for_anything_else(lines: list[Line]) -> None:
    written = dialplan_text(lines).split("\n")
    assert sum(line.startswith("exten => ") for line in written) == len(lines)
    assert all(not line or line.startswith(("exten => ", "[")) for line in written)
    assert all(len(line.encode()) <= 8000 for line in written)
    assert not any(";" in line.replace(r"\;", "") for line in written)


@given(st.text(max_size=40))
@example("a\\")
@example("\\;")
@example("\r")
def test_law_any_text_is_refused_or_comes_back_exactly(data: str) -> None:
    line = Line("acme-internal", "1", 1, "NoOp", data)
    try:
        text = dialplan_text([line])
    except UnsafeText:
        return
    assert text.count("\n") == 2
    assert parse_dialplan(text) == [line]


@pytest.mark.parametrize("data", KEPT, ids=ascii)
def test_what_asterisk_keeps_comes_back_exactly(data: str) -> None:
    before, line, after = (Line("acme-x", exten, 1, "NoOp", text) for exten, text in (("1", "before"), ("2", data), ("3", "after")))
    assert parse_dialplan(dialplan_text([before, line, after])) == [before, line, after]


@pytest.mark.parametrize("data", REFUSED, ids=ascii)
def test_hostile_data_is_refused(data: str) -> None:
    with pytest.raises(UnsafeText, match=r"^'acme-x' '1' 1: data: "):
        dialplan_text([Line("acme-x", "1", 1, "NoOp", data)])


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_hostile_names_are_refused(name: str) -> None:
    for line in (Line(name, "1", 1, "NoOp"), Line("acme-x", name, 1, "NoOp"), Line("acme-x", "1", 1, name)):
        with pytest.raises(UnsafeText):
            dialplan_text([line])


@pytest.mark.parametrize("exten", [*EXTENS, "_nxx", "_[0-9]"])
def test_hostile_extensions_are_refused(exten: str) -> None:
    with pytest.raises(UnsafeText):
        dialplan_text([Line("acme-x", exten, 1, "NoOp")])


@pytest.mark.parametrize(
    "line",
    [
        Line("acme-x", "1", -1, "NoOp"),
        Line("acme-x", "1", HINT, "NoOp", "PJSIP/x"),
        Line("acme-x", "1", HINT, "", "PJSIP/x\nexten => 1,1,System(id)"),
        Line("acme-x", "1", HINT, "", "PJSIP/x;y"),
        Line("acme-x", "1", HINT, "", ""),
        Line("acme-x", "1", 1, ""),
    ],
    ids=repr,
)
def test_impossible_lines_are_refused(line: Line) -> None:
    with pytest.raises(UnsafeText, match=r"^'acme-x' '1' "):
        dialplan_text([line])


def test_two_lines_on_one_place_are_refused() -> None:
    with pytest.raises(UnsafeText, match="two lines claim this place"):
        dialplan_text([Line("acme-x", "1", 1, "NoOp", "a"), Line("acme-x", "1", 1, "NoOp", "b")])
    with pytest.raises(UnsafeText, match="two values for one key"):
        entries_text([Entry("a", "b", "1"), Entry("a", "b", "2")])


@pytest.mark.parametrize(
    "text",
    [
        "exten => 1,1,NoOp()",
        "[a]\n[b](+)\n",
        "[a]\nsame => n,NoOp()",
        "[a]\n#exec id",
        "[a]\n; note",
        "[a]\nexten = 1,1,NoOp()",
        "[a]\r\n",
        "x",
    ],
)
def test_a_text_from_elsewhere_is_not_taken_for_ours(text: str) -> None:
    with pytest.raises(UnsafeText, match=r"^line \d: "):
        parse_dialplan(text)


def test_node() -> None:
    assert node_dialplan_text(["globex", "acme"], {"carrier": ["globex-in-carrier", "acme-in-carrier"], "backup": []}) == (
        "[general]\n"
        "static = yes\n"
        "writeprotect = yes\n"
        "\n"
        '#tryinclude "tenants/acme.conf"\n'
        '#tryinclude "tenants/globex.conf"\n'
        "\n"
        "[trunk-backup]\n"
        "\n"
        "[trunk-carrier]\n"
        "include => acme-in-carrier\n"
        "include => globex-in-carrier\n"
        "\n"
        '#tryinclude "extensions_local.conf"\n'
    )


@pytest.mark.parametrize("name", [*NAMES, "trunk", "../x", "a-b"], ids=ascii)
def test_hostile_slugs_and_trunks_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^slug: "):
        node_dialplan_text([name], {})
    if name not in ("trunk", "a-b"):
        with pytest.raises(ValueError, match=r"^context: "):
            node_dialplan_text([], {"carrier": [name]})
    if name != "trunk":
        with pytest.raises(ValueError, match=r"^trunk: "):
            node_dialplan_text([], {name: []})


def test_entries() -> None:
    entries = [Entry("acme/cid", "5145551234", 'Bob "é" \\'), Entry("acme/a", "k", "")]
    assert entries_text(entries) == '["acme/a", "k", ""]\n["acme/cid", "5145551234", "Bob \\"é\\" \\\\"]\n'
    assert parse_entries(entries_text(entries)) == sorted(entries)


@given(entry_sets)
def test_law_entries_read_back(entries: list[Entry]) -> None:
    assert parse_entries(entries_text(entries)) == sorted(entries)


@pytest.mark.parametrize(
    "text", ["x", "[]", '["a", "b"]', '["a", "b", 1]', '["%", "b", "c"]', '["a", "b/c", "d"]', '{"a": 1}', "null", "1"]
)
def test_a_manifest_from_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(UnsafeText, match=r"^line 1: "):
        parse_entries(text)


@pytest.mark.parametrize("hostile", REFUSED, ids=ascii)
def test_hostile_entries_are_refused(hostile: str) -> None:
    for entry in (Entry(hostile, "k", "v"), Entry("f", hostile, "v"), Entry("f", "k", hostile)):
        with pytest.raises(UnsafeText, match=r"^AstDB "):
            entries_text([entry])
