"""Names that would break out of their place are refused with a message that names the field."""

from collections.abc import Callable

import pytest
from hypothesis import given

from dialplan.build import names
from dialplan.build.model import HINT, Entry, Line

from .hostile import EXTENS, KEPT, NAMES, REFUSED
from .strategies import extens

CHECKS: dict[str, Callable[[str], str]] = {
    "slug": names.check_slug,
    "context": names.check_context,
    "exten": names.check_exten,
    "application": names.check_application,
    "family": names.check_family,
    "trunk": names.check_trunk,
    "number": names.check_number,
    "pattern": names.check_pattern,
}


@pytest.mark.parametrize("field", CHECKS)
@pytest.mark.parametrize("text", NAMES, ids=ascii)
def test_hostile_names_are_refused(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: .") as refused:
        CHECKS[field](text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("field", CHECKS)
@pytest.mark.parametrize("value", [None, 5, b"a", ["a"]], ids=repr)
def test_what_is_no_text_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        CHECKS[field](value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_hostile_texts_are_refused(text: str) -> None:
    for field, check in {"data": names.check_data, "key": names.check_key, "value": names.check_value}.items():
        with pytest.raises(ValueError, match=f"^{field}: ."):
            check(text)


@pytest.mark.parametrize("text", KEPT, ids=ascii)
def test_free_text_stays_as_it_is(text: str) -> None:
    assert names.check_data(text) == text


@pytest.mark.parametrize("text", EXTENS)
def test_hostile_extensions_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^exten: "):
        names.check_exten(text)


@pytest.mark.parametrize(
    "text", ["101", "*70", "#1", "+15145550100", "s", "i", "t", "h", "o", "a", "e", "T", "0" * 79, "door", "_9.", "_1!"]
)
def test_extensions(text: str) -> None:
    assert names.check_exten(text) == text


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("_9nxxxxxx", "_9NXXXXXX"),
        ("_[0-9]X", "_XX"),
        ("_[1-9][2-9]", "_ZN"),
        ("_[321]5", "_[1-3]5"),
        ("_[5]", "_5"),
        ("_[12]", "_[12]"),
        ("_[7-913]", "_[137-9]"),
        ("_[X]", "_[X]"),
        ("_[1-24-5]", "_[1245]"),
        ("_*[abc]!", "_*[a-c]!"),
    ],
)
def test_a_pattern_has_one_spelling(written: str, stored: str) -> None:
    """Asterisk takes both spellings for one place and would drop the second line."""
    assert names.check_exten(written) == stored


@given(extens)
def test_law_a_clean_extension_stays(exten: str) -> None:
    assert names.check_exten(exten) == exten


@pytest.mark.parametrize(("priority", "stored"), [(1, 1), (2, 2), (1_000_000, 1_000_000), ("hint", HINT)])
def test_priorities(priority: int | str, stored: int) -> None:
    assert names.check_priority(priority) == stored


@pytest.mark.parametrize("priority", [0, -1, True, False, "1", "n", "s", "", None, 1.0, 1_000_001, "hint "])
def test_bad_priorities(priority: int | str) -> None:
    with pytest.raises(ValueError, match=r"^priority: "):
        names.check_priority(priority)


@pytest.mark.parametrize("number", ["s", "h", "1", "12345678901", "1a", "+11", "*70", "1-0", "\u0661\u0662", "_XX"])
def test_phone_numbers(number: str) -> None:
    assert names.check_number("101") == "101"
    with pytest.raises(ValueError, match=r"^number: "):
        names.check_number(number)


@pytest.mark.parametrize("number", ["s", "1", "1" * 21, "++11", "1+1", "_X."])
def test_incoming_numbers(number: str) -> None:
    assert names.check_did("+15145550100") == "+15145550100"
    with pytest.raises(ValueError, match=r"^number: "):
        names.check_did(number)


@pytest.mark.parametrize(
    ("written", "stored"),
    [("9NXXXXXXXXX", "_9NXXXXXXXXX"), ("_9x.", "_9X."), ("911", "_911"), ("[2-5]XX", "_[2-5]XX"), ("*9!", "_*9!"), ("NXXXXXX", "_NXXXXXX")],
)
def test_outgoing_patterns(written: str, stored: str) -> None:
    assert names.check_pattern(written) == stored


@pytest.mark.parametrize("pattern", ["X.", "_X!", "NXX.", "[2-5].", "_.", "!", "", "_", "s", "9a", "_9[a-c]", "9-X", "h"])
def test_outgoing_patterns_that_match_too_much(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"^pattern: "):
        names.check_pattern(pattern)


@pytest.mark.parametrize("context", ["in-carrier", "in-x", "auto-answer"])
def test_reserved_contexts(context: str) -> None:
    assert names.is_reserved_context(names.check_context(context))
    assert not names.is_reserved_context("internal")


@pytest.mark.parametrize("slug", ["trunk", "t1-x", "1a", "A", "a_b", "a" * 17])
def test_slugs_that_would_collide_in_asterisk(slug: str) -> None:
    with pytest.raises(ValueError, match=r"^slug: "):
        names.context_name(slug, "internal")


@pytest.mark.parametrize("trunk", ["acme_101", "my-carrier", "global", "Carrier", "9x", "a" * 32])
def test_trunk_names_that_would_collide_in_asterisk(trunk: str) -> None:
    with pytest.raises(ValueError, match=r"^trunk: "):
        names.check_trunk(trunk)


def test_longest_names_fit_asterisk() -> None:
    slug, context = "a" * 16, "c" * 40
    assert len(names.context_name(slug, context)) <= 79
    assert len(names.context_name(slug, f"in-{'t' * 31}")) <= 79
    family = names.check_whole_family(names.family_name(slug, "f" * names.MAX_OWN_FAMILY_BYTES))
    assert len(family) + names.MAX_KEY_BYTES + 2 <= 255


def test_names_in_asterisk() -> None:
    assert names.context_name("acme", "internal") == "acme-internal"
    assert names.device_name("acme", "101") == "acme_101"
    assert names.family_name("acme", "cid") == "acme/cid"
    assert names.place_entry("acme", Entry("cid", "1", "{tenant}")) == Entry("acme/cid", "1", "{tenant}")
    assert names.place_line("acme", Line("internal", "1", 1, "Goto", "{tenant}-x,s,1")) == Line(
        "acme-internal", "1", 1, "Goto", "acme-x,s,1"
    )


@pytest.mark.parametrize(
    ("data", "filled"),
    [
        ("PJSIP/{tenant}_101&PJSIP/{tenant}_102", "PJSIP/acme_101&PJSIP/acme_102"),
        ("${tenant}", "${tenant}"),
        ("${DB({tenant}/x/y)}", "${DB(acme/x/y)}"),
        ("{ tenant}{Tenant}tenant", "{ tenant}{Tenant}tenant"),
        ("{{tenant}}", "{acme}"),
    ],
)
def test_the_token(data: str, filled: str) -> None:
    assert names.fill("acme", data) == filled


def test_data_is_measured_as_it_will_be_written() -> None:
    assert names.check_data("{tenant}" * 480)
    with pytest.raises(ValueError, match=r"^data: .* bytes; shorten it"):
        names.check_data("{tenant}" * 490)


@pytest.mark.parametrize("family", ["acme_1", "ACME", "cid", "a.b-c:d"])
def test_families(family: str) -> None:
    assert names.check_family(family) == family


@pytest.mark.parametrize("family", ["", "/a", "a/", "a//b", "a/%", "_", "a/b\n", None])
def test_whole_families(family: str) -> None:
    assert names.check_whole_family("acme/cid") == "acme/cid"
    with pytest.raises(ValueError, match=r"^family: "):
        names.check_whole_family(family)


@pytest.mark.parametrize("key", ["", "a/b", "/", " a", "a ", "k" * 151])
def test_keys(key: str) -> None:
    assert names.check_key("é *70 %") == "é *70 %"
    with pytest.raises(ValueError, match=r"^key: "):
        names.check_key(key)


@pytest.mark.parametrize("value", [" a", "a ", "v" * 1001, "a\nb"])
def test_values(value: str) -> None:
    assert names.check_value("") == ""
    with pytest.raises(ValueError, match=r"^value: "):
        names.check_value(value)


@pytest.mark.parametrize("device", ["", "PJSIP/a\n", "PJSIP/a;b", "PJSIP/a(b)", "PJSIP/${X}", "PJSIP/a b", "PJSIP/é"])
def test_devices(device: str) -> None:
    assert names.check_device("PJSIP/{tenant}_${EXTEN}&Custom:lamp") == "PJSIP/{tenant}_${EXTEN}&Custom:lamp"
    with pytest.raises(ValueError, match=r"^data: "):
        names.check_device(device)


def test_lines_are_checked_field_by_field() -> None:
    assert names.check_line(Line("internal", "_nxx", 1, "NoOp", "x")) == Line("internal", "_NXX", 1, "NoOp", "x")
    assert names.check_line(Line("internal", "1", HINT, "", "PJSIP/{tenant}_1")).data == "PJSIP/{tenant}_1"
    with pytest.raises(ValueError, match=r"^application: a hint has none"):
        names.check_line(Line("internal", "1", HINT, "NoOp", ""))
    with pytest.raises(ValueError, match=r"^priority: "):
        names.check_line(Line("internal", "1", False, "NoOp", ""))
