"""What each kind of param takes, what it refuses, and what it says of a wrong declaration."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from addons.api import (
    Boolean,
    Choice,
    Column,
    Date,
    DeclarationError,
    Email,
    Info,
    Integer,
    IPAddress,
    MultiChoice,
    MultiList,
    Number,
    PhoneNumber,
    Reference,
    Secret,
    Sound,
    Tab,
    Text,
    Time,
    TimeRange,
    Weekdays,
)
from addons.declarations.declare import source
from addons.declarations.errors import RecordErrors
from addons.declarations.params import Param, ParamError, clean_record
from addons.declarations.records import with_defaults
from addons.discovery import agreement
from addons.pages.showing import show_days, show_value
from tenants.secrets import Opened
from tests.dialplan.build import hostile

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
DATE = Date("day", "Day")
RANGE = TimeRange("hours", "Hours")
DAYS = Weekdays("when", "When")
EMAIL = Email("mail", "Mail")
ADDRESS = IPAddress("ip", "IP")
NETWORK = IPAddress("net", "Net", network=True)
PUBLIC = PhoneNumber("line", "Line")
SOUND = Sound("sound", "Sound")
TYPED = (TEXT, NUMBER, SECRET, PIN, CHOICE, TIME, DATE, RANGE, EMAIL, ADDRESS, NETWORK, PUBLIC, SOUND, PHONE)
ALL = (
    DATE,
    RANGE,
    DAYS,
    EMAIL,
    ADDRESS,
    NETWORK,
    PUBLIC,
    SOUND,
    TEXT,
    NUMBER,
    SECRET,
    PIN,
    INTEGER,
    BOOLEAN,
    CHOICE,
    CHOICES,
    TIME,
    PHONE,
    PHONES,
    TENANTS,
    TABLE,
)


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
        (DATE, " 2026-12-24 ", "2026-12-24"),
        (DATE, date(2026, 12, 24), "2026-12-24"),
        (DATE, "2028-02-29", "2028-02-29"),
        (DATE, "", ""),
        (RANGE, "08:30-17:00", "08:30-17:00"),
        (RANGE, " 22:00 - 06:00 ", "22:00-06:00"),
        (RANGE, "", ""),
        (DAYS, ["sun", "mon", "sun"], ["mon", "sun"]),
        (DAYS, [], []),
        (EMAIL, " Al.O'Neil+pbx@ACME.Example ", "Al.O'Neil+pbx@acme.example"),
        (EMAIL, "", ""),
        (ADDRESS, "192.0.2.10", "192.0.2.10"),
        (ADDRESS, "2001:DB8:0:0::10", "2001:db8::10"),
        (ADDRESS, " ", ""),
        (NETWORK, "192.0.2.0/24", "192.0.2.0/24"),
        (NETWORK, "2001:db8::/32", "2001:db8::/32"),
        (NETWORK, "192.0.2.1", "192.0.2.1"),
        (PUBLIC, "+1 (514) 555-0100", "+15145550100"),
        (PUBLIC, "514.555.0100", "5145550100"),
        (PUBLIC, "1-0-0", "100"),
        (PUBLIC, " ", ""),
        (SOUND, "hello-world", "hello-world"),
        (SOUND, " custom/Opening_2 ", "custom/Opening_2"),
        (SOUND, "", ""),
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
        (Text("box", "Box", pattern=r"\d{4}", help="4 digits."), "x", "'x' does not fit: 4 digits"),
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
        (DATE, "2026-02-29", "'2026-02-29' is not a date; write it as 2026-12-24"),
        (DATE, "24.12.2026", "'24.12.2026' is not a date; write it as 2026-12-24"),
        (DATE, "20261224", "'20261224' is not a date; write it as 2026-12-24"),
        (DATE, "2026-W52-4", "'2026-W52-4' is not a date; write it as 2026-12-24"),
        (DATE, "\u0662026-12-24", "'\u0662026-12-24' is not a date; write it as 2026-12-24"),
        (DATE, datetime(2026, 12, 24), "must be text, not the datetime datetime.datetime(2026, 12, 24, 0, 0)"),
        (RANGE, "08:30", "'08:30' is not a time range; write it as 08:30-17:00"),
        (RANGE, "8-17", "'8-17' is not a time range; write it as 08:30-17:00"),
        (RANGE, "08:30-24:00", "'08:30-24:00' is not a time range; write it as 08:30-17:00"),
        (RANGE, "08:30-17:00-18:00", "'08:30-17:00-18:00' is not a time range; write it as 08:30-17:00"),
        (RANGE, "08:00-08:00", "begins and ends at 08:00; for the whole day write 00:00-23:59"),
        (RANGE, "08:00-17:00,mon,*,*", "'08:00-17:00,mon,*,*' is not a time range; write it as 08:30-17:00"),
        (DAYS, "mon", "must be a list, not the str 'mon'"),
        (DAYS, ["monday"], "'monday' is not one of mon, tue, wed, thu, fri, sat, sun"),
        (EMAIL, "al", "'al' is not an e-mail address such as alice@acme.example"),
        (EMAIL, "al@acme", "'al@acme' is not an e-mail address such as alice@acme.example"),
        (EMAIL, '"a b"@acme.example', "'\"a b\"@acme.example' is not an e-mail address such as alice@acme.example"),
        (EMAIL, "a..b@acme.example", "'a..b@acme.example' is not an e-mail address such as alice@acme.example"),
        (EMAIL, "${X}@acme.example", "'${X}@acme.example' is not an e-mail address such as alice@acme.example"),
        (EMAIL, "a@acme.example,b@acme.example", "'a@acme.example,b@acme.example' is not an e-mail address such as alice@acme.example"),
        (EMAIL, "a@-acme.example", "'a@-acme.example' is not an e-mail address such as alice@acme.example"),
        (ADDRESS, "192.0.2.0/24", "'192.0.2.0/24' is not an IP address such as 192.0.2.10 or 2001:db8::10"),
        (ADDRESS, "192.0.2.256", "'192.0.2.256' is not an IP address such as 192.0.2.10 or 2001:db8::10"),
        (ADDRESS, "192.0.2.010", "'192.0.2.010' is not an IP address such as 192.0.2.10 or 2001:db8::10"),
        (ADDRESS, "fe80::1%eth0", "'fe80::1%eth0' names a network card, which means something on one machine only; leave out %eth0"),
        (NETWORK, "192.0.2.1/24", "'192.0.2.1/24' is an address within a network; did you mean 192.0.2.0/24?"),
        (NETWORK, "192.0.2.0/33", "'192.0.2.0/33' is not a network such as 192.0.2.0/24"),
        (NETWORK, "x", "'x' is not an IP address or network such as 192.0.2.10, 2001:db8::10 or 192.0.2.0/24"),
        (PUBLIC, "5", "'5' is not a phone number; use 2 to 20 digits, with a + in front if it is international"),
        (PUBLIC, "-", "'-' is not a phone number; use 2 to 20 digits, with a + in front if it is international"),
        (PUBLIC, "00+1514", "'00+1514' is not a phone number; use 2 to 20 digits, with a + in front if it is international"),
        (PUBLIC, "+44 (0)20 7946", "'+44 (0)20 7946' has a (0), which is dialled or not depending on where one is; leave it out"),
        (PUBLIC, "500&PJSIP/x", "'500&PJSIP/x' is not a phone number; use 2 to 20 digits, with a + in front if it is international"),
        (PhoneNumber("line", "Line", pattern=r"\+1\d{10}"), "911", r"'911' does not have the form \+1\d{10}"),
        (SOUND, "hello.gsm", "'hello.gsm' has an ending; leave out .gsm, as Asterisk picks the format itself"),
        (
            SOUND,
            "a&b",
            "'a&b' is not the name of a sound such as hello-world or custom/welcome; use up to 80 of a-z, 0-9, - _ and /",
        ),
        (
            SOUND,
            "../../etc/passwd",
            "'../../etc/passwd' is not the name of a sound such as hello-world or custom/welcome; use up to 80 of a-z, 0-9, - _ and /",
        ),
        (
            SOUND,
            "/etc/passwd",
            "'/etc/passwd' is not the name of a sound such as hello-world or custom/welcome; use up to 80 of a-z, 0-9, - _ and /",
        ),
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
@pytest.mark.parametrize("param", TYPED, ids=lambda param: param.name)
def test_text_that_breaks_out_of_a_line_is_refused(param: Param, text: str) -> None:
    with pytest.raises(ParamError, match="invisible character"):
        param.clean(text)


@pytest.mark.parametrize("text", hostile.REFUSED, ids=ascii)
@pytest.mark.parametrize("param", TYPED, ids=lambda param: param.name)
def test_what_is_refused_everywhere_is_refused_here(param: Param, text: str) -> None:
    with pytest.raises(ParamError):
        param.clean(text)


@pytest.mark.parametrize("text", hostile.KEPT, ids=ascii)
@pytest.mark.parametrize("param", [DATE, RANGE, EMAIL, ADDRESS, NETWORK, PUBLIC, SOUND, TIME, NUMBER], ids=lambda param: param.name)
def test_a_kind_with_a_form_takes_nothing_that_means_something_to_a_dialplan(param: Param, text: str) -> None:
    try:
        stored = param.clean(text)
    except ParamError:
        return
    assert re.fullmatch(r"[0-9A-Za-z@.:+/_*#-]*", stored)


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


REQUIRED = [Text, Number, Secret, Integer, Time, Date, TimeRange, Email, IPAddress, PhoneNumber, Sound]


@pytest.mark.parametrize("make", REQUIRED, ids=lambda kind: kind.__name__)
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
        (lambda: Weekdays("d", "D", choices=["x"]), "Weekdays 'd': choices are the days of the week; for others use a MultiChoice"),
        (lambda: IPAddress("i", "I", network="yes"), "IPAddress 'i': network must be True or False, not the str 'yes'"),  # type: ignore[arg-type]
        (lambda: Date("d", "D", default="soon"), "Date 'd': default 'soon' 'soon' is not a date; write it as 2026-12-24"),
        (lambda: Text("t", "T", group=5), "Text 't': group must be text, not the number 5"),  # type: ignore[arg-type]
        (
            lambda: Text("t", "T", group="a\nb"),
            "Text 't': group must be one line of 1 to 80 characters without spaces around it, not 'a\\nb'",
        ),
        (lambda: Text("t", "T", placeholder=5), "Text 't': placeholder must be text, not the number 5"),  # type: ignore[arg-type]
        (lambda: Text("t", "T", unique=1), "Text 't': unique must be True or False, not the number 1"),  # type: ignore[arg-type]
        (lambda: Secret("s", "S", unique=True), "Secret 's': unique=True needs a param of one value that can be looked up; leave it out"),
        (
            lambda: Weekdays("d", "D", unique=True),
            "Weekdays 'd': unique=True needs a param of one value that can be looked up; leave it out",
        ),
        (lambda: Reference("r", "R", to="phone", many=True, unique=True), "Reference 'r': a Reference to many records cannot be unique"),
        (lambda: Text("t", "T", show_if="mode"), "Text 't': show_if must be a pair such as (\"mode\", \"pin\"), not the str 'mode'"),  # type: ignore[arg-type]
        (lambda: Text("t", "T", show_if=("mode", [])), "Text 't': show_if names no value of 'mode', so nobody would ever see it"),
        (lambda: Column("c", "C", value=5), "Column 'c': value must be a function of the record, not the number 5"),  # type: ignore[arg-type]
        (lambda: Column("c", value=len), "Column 'c': a column with a value of its own needs a label, too"),
        (
            lambda: MultiList("m", "M", params=[Text("a", "A", group="G")]),
            "MultiList 'm': params[0], 'a', has a group; a row has no headings",
        ),
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


MODE = Choice("mode", "Mode", choices=["open", "pin", "both"], default="open")


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ([MODE, Text("a", "A", show_if=("mode", "pin"))], None),
        ([MODE, Text("a", "A", show_if=("mode", ["pin", "both"]))], None),
        ([BOOLEAN, Text("a", "A", show_if=("quiet", True))], None),
        ([DAYS, Text("a", "A", show_if=("when", "sun"))], None),
        ([Text("a", "A", show_if=("mode", "pin")), MODE], "param 'a': show_if names 'mode', which must stand before it"),
        ([Text("a", "A", show_if=("a", "pin"))], "param 'a': show_if names 'a', which must stand before it"),
        ([MODE, Text("a", "A", show_if=("mod", "pin"))], "param 'a': show_if names 'mod', which is no param; did you mean 'mode'?"),
        (
            [TEXT, Text("a", "A", show_if=("name", "x"))],
            "param 'a': show_if names 'name', a Text; only a Boolean, Choice, MultiChoice or Weekdays can decide",
        ),
        ([MODE, Text("a", "A", show_if=("mode", "shut"))], "param 'a': show_if names 'shut', which 'mode' cannot be (open, pin, both)"),
        ([BOOLEAN, Text("a", "A", show_if=("quiet", "yes"))], "param 'a': show_if names 'yes', which 'quiet' cannot be (True, False)"),
        ([BOOLEAN, Text("a", "A", show_if=("quiet", 1))], "param 'a': show_if names 1, which 'quiet' cannot be (True, False)"),
        (
            [MultiList("m", "M", params=[Text("a", "A", show_if=("mode", "pin")), MODE])],
            "MultiList 'm': param 'a': show_if names 'mode', which must stand before it",
        ),
    ],
)
def test_what_show_if_may_name(params: list[Param], fault: str | None) -> None:
    found = list(agreement.params_faults(params, [Tab("general", "General")], is_list=False))
    assert found == ([] if fault is None else [fault])


def test_a_key_cannot_be_hidden() -> None:
    key = Text("a", "A", key=True, required=True, show_if=("mode", "pin"))
    assert list(agreement.params_faults([MODE, key], [], is_list=True)) == [
        "param 'a': show_if cannot hide the key, by which files name the record"
    ]


HIDING = [
    MODE,
    Text("code", "Code", required=True, show_if=("mode", ["pin", "both"])),
    Boolean("loud", "Loud", default=True, show_if=("mode", "both")),
    Integer("level", "Level", default=3, required=True, show_if=("loud", True)),
    MultiList("rows", "Rows", params=[BOOLEAN, Text("a", "A", required=True, show_if=("quiet", True))]),
]


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ({"code": 5, "level": "x"}, {"mode": "open", "code": "", "loud": False, "level": None, "rows": []}),
        ({"mode": "pin", "code": "1"}, {"mode": "pin", "code": "1", "loud": False, "level": None, "rows": []}),
        ({"mode": "both", "code": "1"}, {"mode": "both", "code": "1", "loud": True, "level": 3, "rows": []}),
        (
            {"rows": [{"quiet": False, "a": 5}, {"quiet": True, "a": "x"}]},
            {"mode": "open", "code": "", "loud": False, "level": None, "rows": [{"quiet": False, "a": ""}, {"quiet": True, "a": "x"}]},
        ),
    ],
)
def test_what_is_hidden_is_empty_and_never_wrong_however_deep(given: dict[str, Any], cleaned: dict[str, Any]) -> None:
    assert clean_record(HIDING, given) == cleaned
    assert clean_record(HIDING, cleaned) == cleaned
    assert with_defaults(HIDING, {"mode": cleaned["mode"], "code": "1", "rows": cleaned["rows"]})["level"] == cleaned["level"]


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"mode": "pin"}, {("code",): "is required"}),
        ({"mode": "shut"}, {("mode",): "'shut' is not one of open, pin, both"}),
        ({"rows": [{"quiet": True}]}, {("rows", 0, "a"): "is required"}),
        ({"rows": [{"quiet": "yes"}]}, {("rows", 0, "quiet"): "must be true or false, not the str 'yes'"}),
    ],
)
def test_what_is_there_is_checked_unless_nobody_can_tell(given: dict[str, Any], errors: dict[Any, str]) -> None:
    with pytest.raises(RecordErrors) as caught:
        clean_record(HIDING, given)
    assert caught.value.errors == errors


def test_words_are_translated_when_they_are_shown_and_compared_as_they_are_written() -> None:
    lazy = gettext_lazy("Monday")
    text = Text("a", lazy, help=lazy, group=lazy, placeholder=lazy)
    info = Info(name=lazy, description=lazy, version="1", scope="tenant", record=lazy)
    choice = Choice("c", "C", choices=[("x", lazy)])
    column = Column("a", lazy)
    with translation.override("de"):
        assert {str(words) for words in (text.label, text.help, text.group, info.name, column.label, Tab("t", lazy).label)} == {"Montag"}
        assert show_value(choice, "x") == "Montag"
        assert show_days(["mon", "tue", "wed", "sun"]) == "Mo-Mi, So"
        with pytest.raises(DeclarationError, match="pattern"):
            Text("b", lazy, pattern=5)  # type: ignore[arg-type]
    assert source(text.label) == "Monday"
    assert "two params have the label 'Monday'" in agreement.params_faults([text, Text("b", "Monday")], [], is_list=False)
    with pytest.raises(DeclarationError, match="label must be one line"):
        Text("a", gettext_lazy(" two\nlines"))


@pytest.mark.parametrize(
    ("param", "value", "shown"),
    [
        (DAYS, ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "Mon-Sun"),
        (DAYS, ["mon", "wed", "thu"], "Mon, Wed-Thu"),
        (DAYS, [], ""),
        (DATE, "2026-12-24", "2026-12-24"),
        (RANGE, "08:30-17:00", "08:30-17:00"),
        (CHOICE, "hangup", "Hang up"),
        (CHOICE, "gone", "gone"),
        (CHOICE, "", ""),
        (CHOICES, ["mon", "wed"], "mon, wed"),
        (SECRET, Opened("s3cret"), "set"),
        (SECRET, {"secret": "gAAAA"}, "set"),
        (SECRET, "", "not set"),
        (INTEGER, None, None),
        (INTEGER, 0, 0),
        (PHONES, ["101", "102"], "101, 102"),
        (TENANTS, "all", "all"),
        (TABLE, [{"phone": str(number)} for number in range(10)], "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"),
    ],
)
def test_how_lists_show_what_is_stored(param: Param, value: Any, shown: Any) -> None:
    assert show_value(param, value) == shown


def test_a_secret_shows_itself_in_no_message() -> None:
    cleaned = SECRET.clean("s3cret")
    assert isinstance(cleaned, Opened)
    assert repr(cleaned) == "'********'"
    assert SECRET.clean(cleaned) is cleaned
    assert SECRET.complete("s3cret") == "s3cret"
    assert repr(SECRET.complete("s3cret")) == "'********'"
    with pytest.raises(RecordErrors) as caught:
        clean_record([MultiList("m", "M", params=[Secret("s", "S"), INTEGER])], {"m": [{"s": "s3cret", "seconds": 99}]})
    assert "s3cret" not in str(caught.value)


def test_params_are_frozen() -> None:
    for param in ALL:
        with pytest.raises((AttributeError, TypeError)):
            param.label = "Other"  # type: ignore[misc]
