"""The later layer wins, what it covered is remembered, and taking it away restores just that."""

from dataclasses import replace

import pytest
from hypothesis import given

from dialplan.build.layers import Merged, Placed, PlacedEntry, merge
from dialplan.build.model import HINT, AddLine, Entry, Layer, Line, Operation, PutEntry, RemoveEntries, RemoveLines

from .strategies import layer_lists


def line(exten: str = "101", priority: int = 1, application: str = "NoOp", data: str = "", context: str = "internal") -> Line:
    return Line(context, exten, priority, application, data)


def layer(origin: str, *operations: Operation) -> Layer:
    return Layer(origin, operations)


def live(merged: Merged) -> list[str]:
    return [f"{line.exten},{line.priority},{line.application}({line.data})" for line in merged.live_lines]


def test_later_layer_replaces_and_says_so() -> None:
    merged = merge([layer("staff", AddLine(line(data="old"))), layer("addon:paging", AddLine(line(data="new")))])
    assert merged.lines == (
        Placed(line(data="old"), "staff", "addon:paging"),
        Placed(line(data="new"), "addon:paging"),
    )
    assert live(merged) == ["101,1,NoOp(new)"]


def test_three_layers_on_one_place_each_name_who_came_next() -> None:
    merged = merge([layer(origin, AddLine(line(data=origin))) for origin in ("a", "b", "c")])
    assert [(placed.origin, placed.replaced_by) for placed in merged.lines] == [("a", "b"), ("b", "c"), ("c", "")]


def test_other_priorities_of_an_extension_stay() -> None:
    below = layer("section:phone", AddLine(line(priority=1)), AddLine(line(priority=2)), AddLine(line(priority=HINT, application="")))
    merged = merge([below, layer("staff", AddLine(line(priority=1, application="Answer")))])
    assert live(merged) == ["101,0,()", "101,1,Answer()", "101,2,NoOp()"]


def test_within_a_layer_the_last_word_counts_and_leaves_no_trace() -> None:
    merged = merge([layer("a", AddLine(line(data="1")), AddLine(line(data="2")), AddLine(line("102")), RemoveLines("internal", "102"))])
    assert merged.lines == (Placed(line(data="2"), "a"),)


def test_a_line_that_its_own_layer_drops_restores_nothing() -> None:
    above = layer("b", AddLine(line(data="new")), RemoveLines("internal", "101", 1, "NoOp", "new"))
    merged = merge([layer("a", AddLine(line(data="old"))), above])
    assert merged.lines == (Placed(line(data="old"), "a", "b"),)


@pytest.mark.parametrize(
    ("removal", "left"),
    [
        (RemoveLines("internal"), []),
        (RemoveLines("internal", "101"), ["102,1,NoOp()"]),
        (RemoveLines("internal", "101", 2), ["101,1,NoOp()", "102,1,NoOp()"]),
        (RemoveLines("internal", "101", 2, "Dial"), ["101,1,NoOp()", "102,1,NoOp()"]),
        (RemoveLines("internal", "101", 2, "Dial", "x"), ["101,1,NoOp()", "102,1,NoOp()"]),
        (RemoveLines("internal", "101", 2, "Dial", "y"), ["101,1,NoOp()", "101,2,Dial(x)", "102,1,NoOp()"]),
        (RemoveLines("internal", "101", 2, "Hangup"), ["101,1,NoOp()", "101,2,Dial(x)", "102,1,NoOp()"]),
        (RemoveLines("internal", "10"), ["101,1,NoOp()", "101,2,Dial(x)", "102,1,NoOp()"]),
        (RemoveLines("lobby"), ["101,1,NoOp()", "101,2,Dial(x)", "102,1,NoOp()"]),
    ],
)
def test_removing_narrows_from_context_to_command(removal: RemoveLines, left: list[str]) -> None:
    below = layer("a", AddLine(line()), AddLine(line(priority=2, application="Dial", data="x")), AddLine(line("102")))
    merged = merge([below, layer("b", removal)])
    assert live(merged) == left
    assert {placed.replaced_by for placed in merged.lines if placed.line not in merged.live_lines} <= {"b"}


ENTRIES = [Entry("a", "b", "1"), Entry("a/b", "c", "2"), Entry("a/b/c", "d", "3"), Entry("ab", "c", "4"), Entry("a", "c", "5")]


@pytest.mark.parametrize(
    ("removal", "left"),
    [
        (RemoveEntries("a"), "4"),
        (RemoveEntries("a/b"), "145"),
        (RemoveEntries("a", "b"), "45"),
        (RemoveEntries("a", "c"), "1234"),
        (RemoveEntries("ab"), "1235"),
        (RemoveEntries("A"), "12345"),
        (RemoveEntries("_"), "12345"),
    ],
)
def test_removing_a_family_or_key_takes_what_is_below(removal: RemoveEntries, left: str) -> None:
    merged = merge([layer("a", *map(PutEntry, ENTRIES)), layer("b", removal)])
    assert sorted(entry.value for entry in merged.live_entries) == list(left)
    assert all(placed.replaced_by in ("", "b") for placed in merged.entries)


def test_put_updates() -> None:
    merged = merge([layer("a", PutEntry(Entry("cid", "1", "Bob"))), layer("b", PutEntry(Entry("cid", "1", "Al")))])
    assert merged.entries == (PlacedEntry(Entry("cid", "1", "Bob"), "a", "b"), PlacedEntry(Entry("cid", "1", "Al"), "b"))


@pytest.mark.parametrize("origins", [("a", "a"), ("",)])
def test_origins_are_told_apart(origins: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="origin: "):
        merge([layer(origin) for origin in origins])


@given(layer_lists)
def test_law_same_layers_same_result(layers: list[Layer]) -> None:
    assert merge(layers) == merge(list(layers))


@given(layer_lists)
def test_law_committing_twice_changes_nothing(layers: list[Layer]) -> None:
    twice = [Layer(one.origin, one.operations * 2) for one in layers]
    assert merge(twice).live_lines == merge(layers).live_lines
    assert merge(twice).live_entries == merge(layers).live_entries


@given(layer_lists)
def test_law_removing_the_top_layer_restores_exactly_what_it_replaced(layers: list[Layer]) -> None:
    top = layers[-1].origin
    merged, without = merge(layers), merge(layers[:-1])
    restored = [replace(one, replaced_by="" if one.replaced_by == top else one.replaced_by) for one in merged.lines if one.origin != top]
    assert tuple(restored) == without.lines
    back = [replace(one, replaced_by="" if one.replaced_by == top else one.replaced_by) for one in merged.entries if one.origin != top]
    assert tuple(back) == without.entries


@given(layer_lists)
def test_law_removing_any_layer_leaves_no_trace_of_it(layers: list[Layer]) -> None:
    for gone in layers:
        merged = merge([one for one in layers if one is not gone])
        assert gone.origin not in {name for one in (*merged.lines, *merged.entries) for name in (one.origin, one.replaced_by)}


@given(layer_lists)
def test_law_one_live_line_a_place_and_one_row_a_place_and_origin(layers: list[Layer]) -> None:
    merged = merge(layers)
    places = [(one.context, one.exten, one.priority) for one in merged.live_lines]
    rows = [(one.line.context, one.line.exten, one.line.priority, one.origin) for one in merged.lines]
    assert len(places) == len(set(places))
    assert len(rows) == len(set(rows))
    assert all(one.replaced_by != one.origin for one in (*merged.lines, *merged.entries))


@given(layer_lists)
def test_law_every_line_of_the_top_layer_is_live(layers: list[Layer]) -> None:
    assert not [one for one in merge(layers).lines if one.origin == layers[-1].origin and one.replaced_by]


def test_removing_one_by_one_from_a_big_tenant_takes_no_time() -> None:
    adds = tuple(AddLine(line(str(number))) for number in range(10_000, 30_000))
    removes = tuple(RemoveLines("internal", str(number)) for number in range(10_000, 30_000))
    assert merge([layer("a", *adds), layer("b", *removes)]).live_lines == ()
