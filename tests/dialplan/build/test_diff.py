"""A delta applied to the old state gives the new one, with nothing to spare."""

from hypothesis import given

from dialplan.build.diff import EntryDelta, LineDelta, diff_entries, diff_lines, plan_text
from dialplan.build.model import HINT, Entry, Line

from .strategies import entry_sets, line_sets


def test_lines() -> None:
    kept, gone, old, new = Line("c", "1", 1, "A"), Line("c", "1", 2, "B"), Line("c", "2", 1, "C", "x"), Line("c", "2", 1, "C", "y")
    assert diff_lines([kept, gone, old], [new, kept]) == LineDelta(removed=(gone,), put=(new,))


def test_entries() -> None:
    kept, gone, old, new = Entry("f", "1", "a"), Entry("f", "2", "b"), Entry("f", "3", "c"), Entry("f", "3", "d")
    assert diff_entries([kept, gone, old], [new, kept]) == EntryDelta(removed=(gone,), put=(new,))


@given(line_sets, line_sets)
def test_law_lines_applied_to_old_give_new(old: list[Line], new: list[Line]) -> None:
    delta = diff_lines(old, new)
    state = {(line.context, line.exten, line.priority): line for line in old}
    for line in delta.removed:
        assert state.pop((line.context, line.exten, line.priority)) == line
    for line in delta.put:
        assert state.get((line.context, line.exten, line.priority)) != line
        state[line.context, line.exten, line.priority] = line
    assert sorted(state.values()) == sorted(new)


@given(entry_sets, entry_sets)
def test_law_entries_applied_to_old_give_new(old: list[Entry], new: list[Entry]) -> None:
    delta = diff_entries(old, new)
    state = {(entry.family, entry.key): entry for entry in old}
    for entry in delta.removed:
        del state[entry.family, entry.key]
    state |= {(entry.family, entry.key): entry for entry in delta.put}
    assert sorted(state.values()) == sorted(new)


@given(line_sets)
def test_law_nothing_to_do_for_the_same_state(lines: list[Line]) -> None:
    assert diff_lines(lines, reversed(lines)) == LineDelta((), ())
    assert plan_text(lines, reversed(lines), [], []) == ""


def test_plan_for_people() -> None:
    text = plan_text(
        [Line("acme-internal", "101", 1, "Dial", "PJSIP/acme_101,20"), Line("acme-internal", "102", 1, "Hangup")],
        [Line("acme-internal", "101", 1, "Dial", "PJSIP/acme_101,30"), Line("acme-internal", "_XXX", HINT, "", "PJSIP/acme_${EXTEN}")],
        [Entry("acme/cid", "5145551234", "Bob"), Entry("acme/cid", "1", "same")],
        [Entry("acme/cid", "1", "same"), Entry("acme/cid", "2", "Al")],
    )
    assert text == (
        "~ acme-internal 101,1 Dial(PJSIP/acme_101,20) -> Dial(PJSIP/acme_101,30)\n"
        "- acme-internal 102,1 Hangup()\n"
        "+ acme-internal _XXX,hint PJSIP/acme_${EXTEN}\n"
        "+ AstDB acme/cid/2 = Al\n"
        "- AstDB acme/cid/5145551234 = Bob\n"
    )
