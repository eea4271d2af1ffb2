"""A whole record: every fault by its path, defaults for what is absent, and the records and numbers that it names."""

from typing import Any

import pytest

from addons.api import Integer, MultiList, Number, Reference, Text
from addons.declarations.errors import RecordErrors
from addons.declarations.records import DialledNumber, Used, clean_record, dialled_numbers, references, with_defaults

PARAMS = [
    Number("number", "Number", key=True, required=True, context="internal"),
    Integer("seconds", "Seconds", default=5, minimum=1, maximum=60),
    Reference("callers", "Callers", to="tenant", many=True, everything=True, default="all"),
    MultiList(
        "members",
        "Members",
        params=[
            Reference("phone", "Phone", to="phone", required=True),
            Text("code", "Code", default="0000"),
            Number("short", "Short", context="lobby"),
        ],
    ),
]


def faults(raw: Any, **kwargs: Any) -> list[str]:
    with pytest.raises(RecordErrors) as caught:
        clean_record(PARAMS, raw, **kwargs)
    return caught.value.lines()


def test_what_is_absent_gets_its_default_and_a_bare_row_sets_its_first_param() -> None:
    assert clean_record(PARAMS, {"number": "*70", "members": ["101"]}) == {
        "number": "*70",
        "seconds": 5,
        "callers": "all",
        "members": [{"phone": "101", "code": "0000", "short": ""}],
    }


def test_every_fault_is_found_and_named_by_its_path() -> None:
    raw = {
        "number": 70,
        "seconds": 99,
        "members": ["101", {"phone": "999"}, {"fone": "102"}, None, {"phone": "102", "code": "${X}"}, "998"],
        "secnds": 1,
        5: "x",
    }
    assert faults(raw, exists=lambda to, key: key in ("101", "102")) == [
        "number: must be text, not the number 70; write it in quotes",
        "seconds: is 99; it must be 1 to 60",
        "members[2].phone: is required",
        "members[2].fone: is unknown; did you mean phone?",
        "members[3].phone: has nothing in it (null); give a value or leave it out",
        "members[4].code: holds ${ or $[, which Asterisk would evaluate; take it out",
        "secnds: is unknown; did you mean seconds?",
        "5: is unknown; known are number, seconds, callers, members",
        "members[1].phone: there is no phone '999'",
        "members[5].phone: there is no phone '998'",
    ]


def test_a_record_must_be_a_mapping() -> None:
    assert faults(["*70"]) == ["the record: must be a mapping of names to values, not the list ['*70']"]


def test_a_reference_to_every_record_names_none() -> None:
    record = clean_record(PARAMS, {"number": "*70"}, exists=lambda to, key: False)
    assert list(references(PARAMS, record)) == []


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("line_in", "there is no incoming line '1'"),
        ("line_out", "there is no outgoing line '1'"),
        ("tenant", "there is no tenant '1'"),
        ("paging", "there is no record '1' of addon 'paging'"),
    ],
)
def test_what_is_not_there_is_named_in_peoples_words(to: str, message: str) -> None:
    with pytest.raises(RecordErrors) as caught:
        clean_record([Reference("other", "Other", to=to)], {"other": "1"}, exists=lambda to, key: False)
    assert caught.value.errors == {("other",): message}


def test_the_records_and_numbers_that_a_record_names() -> None:
    record = clean_record(PARAMS, {"number": "*70", "callers": ["acme"], "members": ["101", {"phone": "102", "short": "11"}]})
    assert list(references(PARAMS, record)) == [
        Used(("callers", 0), "tenant", "acme"),
        Used(("members", 0, "phone"), "phone", "101"),
        Used(("members", 1, "phone"), "phone", "102"),
    ]
    assert list(dialled_numbers(PARAMS, record)) == [
        DialledNumber(("number",), "internal", "*70"),
        DialledNumber(("members", 1, "short"), "lobby", "11"),
    ]


def test_a_record_stored_by_another_version_is_read_with_defaults_and_without_what_is_gone() -> None:
    stored = {"number": "*70", "gone": 1, "members": [{"phone": "101", "gone": 2}]}
    assert with_defaults(PARAMS, stored) == {
        "number": "*70",
        "seconds": 5,
        "callers": "all",
        "members": [{"phone": "101", "code": "0000", "short": ""}],
    }
