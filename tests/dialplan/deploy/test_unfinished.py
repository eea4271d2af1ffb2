"""What files said before, as it is noted beside them."""

from hypothesis import given
from hypothesis import strategies as st

from dialplan.deploy.unfinished import Item, items_of, items_text, parse_items

DIALPLAN = "[acme-internal]\nexten => 101,1,NoOp([x])\n\n[acme-lobby]\nexten => s,1,Hangup()\n\n[globex-internal]\nexten => 1,1,NoOp()\n"
PJSIP = "[acme_101]\ntype = auth\npassword = [x]\n\n[acme_101]\ntype = aor\nmax_contacts = 1\n\n[globex_101]\ntype = aor\n"
OWN = "[general]\nstatic = yes\n\n[trunk-a]\ninclude => acme-in-a\n\n[trunk-b]\n"


def names(items: frozenset[Item]) -> set[tuple[str, str]]:
    return {(item.kind, item.name) for item in items}


def test_a_tenants_own_contexts_and_objects() -> None:
    assert names(items_of("acme", DIALPLAN, PJSIP)) == {
        ("context", "acme-internal"), ("context", "acme-lobby"), ("auth", "acme_101"), ("aor", "acme_101"),
    }  # fmt: skip


def test_the_nodes_own() -> None:
    assert names(items_of("", OWN + DIALPLAN, PJSIP + "[a]\ntype = endpoint\n")) == {
        ("context", "trunk-a"), ("context", "trunk-b"), ("endpoint", "a"),
    }  # fmt: skip
    assert items_of("", OWN, "") != items_of("", OWN.replace("acme-in-a", "globex-in-a"), "")


def test_a_changed_password_is_another_item_and_is_not_written_out() -> None:
    before, after = items_of("acme", "", PJSIP), items_of("acme", "", PJSIP.replace("[x]", "[y]"))
    assert names(before - after) == {("auth", "acme_101")}
    assert "[x]" not in items_text(before)


@given(st.frozensets(st.builds(Item, *[st.text(st.characters(exclude_categories=["Cs"]))] * 3)))
def test_law_a_note_is_read_back(items: frozenset[Item]) -> None:
    assert parse_items(items_text(items)) == items


def test_of_a_damaged_note_what_can_be_read() -> None:
    good = Item("context", "acme-internal", "")
    assert parse_items(f'{items_text([good])}["a", "b"]\nnonsense\n[1') == {good}
