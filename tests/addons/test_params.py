"""What each kind of param takes, what it refuses, and what it says of a wrong declaration."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.api import Boolean, Choice, DeclarationError, Integer, MultiChoice, MultiList, Number, Reference, Secret, Text, Time
from addons.params import Param, ParamError

TEXT = Text("name", "Name", maximum=10)
NUMBER = Number("number", "Number")
SECRET = Secret("secret", "Secret")
PIN = Secret("pin", "PIN", pattern=r"\d{4}")
INTEGER = Integer("seconds", "Seconds", minimum=1, maximum=60)
BOOLEAN = Boolean("quiet", "Quiet")
CHOICE = Choice("mode", "Mode", choices=["ring", ("hangup", "Hang up")])
CHOICES = MultiChoice("days", "Days", choices=["mon", "tue", "wed"])
TIME = Time("opens", "Opens")
PHONE = Reference("phone", "Phone", to="phone")
PHONES = Reference("phones", "Phones", to="phone", many=True)
TENANTS = Reference("tenants", "Tenants", to="tenant", many=True, everything=True)
TABLE = MultiList("members", "Members", params=[PHONE, Text("code", "Code", default="0000", pattern=r"\d{4}")], maximum=2)
ALL = (TEXT, NUMBER, SECRET, PIN, INTEGER, BOOLEAN, CHOICE, CHOICES, TIME, PHONE, PHONES, TENANTS, TABLE)


@pytest.mark.parametrize(
    ("param", "value", "stored"),
    [
        (TEXT, " Bob ", "Bob"),
        (TEXT, "", ""),
        (TEXT, "Zoë 你好", "Zoë 你好"),
        (Text("name", "Name", expressions=True), "${EXTEN}", "${EXTEN}"),
        (NUMBER, "*70", "*70"),
        (NUMBER, "", ""),
        (SECRET, "s3cret!", "s3cret!"),
        (PIN, "0815", "0815"),
        (INTEGER, 5, 5),
        (INTEGER, "60", 60),
        (INTEGER, None, None),
        (INTEGER, "", None),
        (BOOLEAN, True, True),
        (CHOICE, "hangup", "hangup"),
        (CHOICE, "", ""),
        (CHOICES, ["wed", "mon", "wed"], ["mon", "wed"]),
        (TIME, "08:30", "08:30"),
        (PHONE, "101", "101"),
        (PHONES, ["102", "101"], ["102", "101"]),
        (TENANTS, "all", "all"),
        (TENANTS, ["acme"], ["acme"]),
        (TABLE, ["101", {"phone": "102", "code": "1111"}], [{"phone": "101", "code": "0000"}, {"phone": "102", "code": "1111"}]),
    ],
)
def test_what_is_taken_and_how_it_is_stored(param: Param, value: Any, stored: Any) -> None:
    assert param.clean(value) == stored


@pytest.mark.parametrize(
    ("param", "value", "message"),
    [
        (TEXT, 101, "must be text, not the number 101; write it in quotes"),
        (TEXT, True, "must be text, not True; write it in quotes"),
        (TEXT, ["Bob"], "must be text, not the list ['Bob']"),
        (TEXT, "x" * 11, "has 11 characters; at most 10 are allowed"),
        (TEXT, "${SHELL}", "holds ${ or $[, which Asterisk would evaluate; take it out"),
        (TEXT, "$[1+1]", "holds ${ or $[, which Asterisk would evaluate; take it out"),
        (NUMBER, 70, "must be text, not the number 70; write it in quotes"),
        (NUMBER, "_X.", "'_X.' cannot be dialled; use up to 20 of 0-9, * and #"),
        (NUMBER, "\u0667\u0660", "'\u0667\u0660' cannot be dialled; use up to 20 of 0-9, * and #"),
        (NUMBER, "1", "'1' does not have the form 70 or *70: 2 to 10 digits, with a * before them if you like"),
        (SECRET, 4711, "must be text in quotes, without any invisible character"),
        (PIN, "12", r"what is given does not have the form \d{4}"),
        (INTEGER, 61, "is 61; it must be 1 to 60"),
        (INTEGER, 5.0, "must be a whole number, not the number 5.0"),
        (INTEGER, True, "must be a whole number, not True"),
        (INTEGER, "five", "must be a whole number, not the str 'five'"),
        (BOOLEAN, "yes", "must be true or false, not the str 'yes'"),
        (BOOLEAN, 1, "must be true or false, not the number 1"),
        (CHOICE, "sing", "'sing' is not one of ring, hangup"),
        (CHOICES, "mon", "must be a list, not the str 'mon'"),
        (CHOICES, ["sun"], "'sun' is not one of mon, tue, wed"),
        (TIME, "24:00", "'24:00' is not a time; write it as 08:30"),
        (TIME, 510, "must be text, not the number 510; write it in quotes"),
        (PHONE, 101, "must be text, not the number 101; write it in quotes"),
        (PHONE, "1" * 256, "has 256 characters, too many for the key of a record"),
        (PHONES, "101", "must be a list, not the str '101'"),
        (PHONES, ["101", "101"], "names '101' twice"),
        (PHONES, ["101", ""], "has an empty entry; take it out"),
        (PHONES, "all", "must be a list, not the str 'all'"),
        (TENANTS, "some", "must be the word \"all\", or a list, not the str 'some'"),
        (TABLE, "101", "must be a list of rows, not the str '101'"),
        (TABLE, ["101", "102", "103"], "has 3 rows; it must have 0 to 2"),
        (
            TABLE,
            ["101", {"phone": "102", "code": "x", "kode": "1"}],
            "[1].code: 'x' does not have the form \\d{4}\n[1].kode: is unknown; did you mean code?",
        ),
    ],
)
def test_what_is_refused_and_why(param: Param, value: Any, message: str) -> None:
    with pytest.raises(ParamError) as caught:
        param.clean(value)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b", "a\tb", "a\u2028b", "a\u0085b", "a\u000bb", "\ufeffa", "a\u202eb", "a\ud800b"])
@pytest.mark.parametrize("param", [TEXT, NUMBER, SECRET, CHOICE, TIME, PHONE], ids=lambda param: type(param).__name__)
def test_text_that_breaks_out_of_a_line_is_refused(param: Param, text: str) -> None:
    with pytest.raises(ParamError, match="invisible character"):
        param.clean(text)


@pytest.mark.parametrize("value", ["a b", "pässword", 4711, "a\nb", "x" * 500])
def test_a_refused_secret_is_not_shown(value: Any) -> None:
    for param in (SECRET, PIN):
        with pytest.raises(ParamError) as caught:
            param.clean(value)
        assert str(value) not in str(caught.value)


@pytest.mark.parametrize("param", [each for each in ALL if each is not INTEGER], ids=lambda param: param.name)
def test_null_is_refused(param: Param) -> None:
    with pytest.raises(ParamError, match=re.escape("has nothing in it (null); give a value or leave it out")):
        param.clean(None)


@pytest.mark.parametrize("make", [Text, Number, Secret, Integer, Time], ids=lambda kind: kind.__name__)
def test_what_is_required_must_be_given(make: Callable[..., Param]) -> None:
    with pytest.raises(ParamError, match=r"^is required$"):
        make("name", "Name", required=True).clean("")


def test_a_list_that_is_required_must_have_an_entry() -> None:
    for param in (
        Reference("phones", "Phones", to="phone", many=True, required=True),
        MultiChoice("days", "Days", choices=["mon"], required=True),
        MultiList("rows", "Rows", params=[PHONE], required=True),
    ):
        with pytest.raises(ParamError, match=r"^is required$"):
            param.clean([])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["101", "*70", "mon", "08:30", "all"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["phone", "code", "other"]) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("param", ALL, ids=lambda param: param.name)
@given(value=JSON)
def test_any_value_is_stored_as_it_will_be_stored_again_or_refused(param: Param, value: Any) -> None:
    try:
        stored = param.clean(value)
    except ParamError:
        return
    assert param.clean(stored) == stored


def test_initial_values_are_not_shared() -> None:
    TABLE.initial.append("x")
    CHOICES.initial.append("x")
    assert (TABLE.initial, CHOICES.initial, INTEGER.initial, BOOLEAN.initial, TEXT.initial) == ([], [], None, False, "")


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: Text(5, "Name"), "Text: name must be text, not the number 5"),  # type: ignore[arg-type]
        (
            lambda: Text("Name", "Name"),
            "Text: name 'Name' must be at most 31 lower case letters, digits and single underscores, a letter first",
        ),
        (
            lambda: Text("a__b", "Name"),
            "Text: name 'a__b' must be at most 31 lower case letters, digits and single underscores, a letter first",
        ),
        (lambda: Text("name", ""), "Text 'name': label must be one line of 1 to 80 characters without spaces around it, not ''"),
        (lambda: Text("name", "Name", help=None), "Text 'name': help must be text, not nothing (None)"),  # type: ignore[arg-type]
        (lambda: Text("name", "Name", required="yes"), "Text 'name': required must be True or False, not the str 'yes'"),  # type: ignore[arg-type]
        (
            lambda: Text("name", "Name", pattern="("),
            "Text 'name': pattern '(' is not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        (lambda: Text("name", "Name", pattern=5), "Text 'name': pattern must be text, not the number 5"),  # type: ignore[arg-type]
        (lambda: Text("name", "Name", maximum=5000), "Text 'name': maximum, the longest text, must be 1 to 2000, not the number 5000"),
        (lambda: Text("name", "Name", default=5), "Text 'name': default 5 must be text, not the number 5; write it in quotes"),
        (
            lambda: Number("number", "Number", context="Internal"),
            "Number 'number': context: 'Internal' is not a context's name; use 1 to 40 of a-z, 0-9 and '-', beginning with no '-'",
        ),
        (lambda: Integer("n", "N", minimum=5, maximum=1), "Integer 'n': minimum 5 and maximum 1 must be whole numbers in this order"),
        (lambda: Integer("n", "N", default=0, minimum=1), f"Integer 'n': default 0 is 0; it must be 1 to {2**31 - 1}"),
        (lambda: Integer("n", "N", key=True), "Integer 'n': cannot be the key; use a Text, Number, Choice or Reference"),
        (lambda: Boolean("b", "B", required=True), "Boolean 'b': required would mean that nobody may say no; leave it out"),
        (
            lambda: Choice("c", "C", choices="abc"),
            "Choice 'c': choices must be a list of texts, or of pairs of text and label, not the str 'abc'",
        ),
        (lambda: Choice("c", "C"), "Choice 'c': choices must be a list of texts, or of pairs of text and label, not the tuple ()"),
        (
            lambda: Choice("c", "C", choices=["a", 5]),  # type: ignore[list-item]
            "Choice 'c': choices[1] must be a text, or a pair of text and label, not the number 5",
        ),
        (lambda: MultiChoice("c", "C", choices=["a", ("a", "A")]), "MultiChoice 'c': choices name a value twice"),
        (
            lambda: Reference("r", "R", to="Phone"),
            "Reference 'r': to: name 'Phone' must be at most 31 lower case letters, digits and single underscores, a letter first",
        ),
        (lambda: Reference("r", "R", to="phone", everything=True), "Reference 'r': everything=True needs many=True"),
        (lambda: Reference("r", "R", to="phone", many="x"), "Reference 'r': many must be True or False, not the str 'x'"),  # type: ignore[arg-type]
        (lambda: Reference("r", "R", to="phone", many=True, key=True), "Reference 'r': a Reference to many records cannot be the key"),
        (lambda: MultiList("m", "M"), "MultiList 'm': params must be a list of the row's params, not the tuple ()"),
        (lambda: MultiList("m", "M", params=["x"]), "MultiList 'm': params[0] is the str 'x', not a param"),  # type: ignore[list-item]
        (lambda: MultiList("m", "M", params=[TABLE]), "MultiList 'm': params[0] is a MultiList; a row cannot hold another table"),
        (
            lambda: MultiList("m", "M", params=[Text("a", "A", key=True)]),
            "MultiList 'm': params[0], 'a', has key=True; only a param of the record itself can be the key",
        ),
        (
            lambda: MultiList("m", "M", params=[Text("a", "A", tab="b")]),
            "MultiList 'm': params[0], 'a', has a tab; the whole table is on its own tab",
        ),
        (
            lambda: MultiList("m", "M", params=[PHONE], minimum=3, maximum=1),
            "MultiList 'm': minimum 3 and maximum 1 rows must be whole numbers in this order",
        ),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(declare: Callable[[], object], message: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        declare()
    assert str(caught.value) == message


def test_params_are_frozen() -> None:
    for param in ALL:
        with pytest.raises((AttributeError, TypeError)):
            param.label = "Other"  # type: ignore[misc]
