"""The list of an addon's records, through the real admin: in order, searched, filtered, and never slower for more of them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from addons.models import Record
from dialplan.models import Phone
from tenants.models import Membership, Tenant
from tenants.schema import open_tenant
from tenants.secrets import Opened
from tests.addons.conftest import MakeAddon
from tests.addons.installing import installed
from tests.addons.test_forms import HOST, text_of
from tests.people import browser, staff

pytestmark = pytest.mark.django_db

PARAMS = """params = [
    Text("name", "Name", key=True, required=True),
    Integer("n", "N", default=5),
    Boolean("loud", "Loud", default=True),
    Number("number", "Number"),
    PhoneNumber("line", "Line"),
    Choice("size", "Size", choices=[("s", "Small thing"), ("m", "Medium"), ("l", "Large")], default="m"),
    Date("day", "Day"),
    IPAddress("ip", "IP"),
    Reference("phone", "Phone", to="phone"),
    Reference("phones", "Phones", to="phone", many=True, everything=True),
    MultiChoice("tags", "Tags", choices=[("r", "Red one"), ("g", "Green")], default=["g"]),
    Weekdays("days", "Days"),
    Secret("code", "Code"),
    MultiList("rows", "Rows", params=[Text("who", "Who"), Secret("pin", "Pin")]),
]"""
NAMES = re.findall(r'"(\w+)"', re.sub(r"\[Text.*", "", "".join(re.findall(r'^    \w+\("\w+"', PARAMS, re.M))))
COLUMNS = f'columns = {{"list": [{", ".join(f"Column({name!r})" for name in NAMES if name != "code")}]}}'
SHOWN = [name for name in NAMES if name != "code"]


class List:
    """The list in somebody's browser."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def names(self, **query: str) -> str:
        """The names of the records in the order of the list, in one word."""
        answer = self.client.get("/door/record/", query)
        assert answer.status_code == 200, answer.content.decode()[:300]
        return "".join(re.findall(r'<a href="/door/record/\d+/change/[^"]*"[^>]*>\s*(\w+)\s*</a>', answer.content.decode()))

    def by(self, name: str) -> tuple[str, str]:
        """Sorted by a column, up and down."""
        number = SHOWN.index(name) + 1
        return self.names(o=str(number)), self.names(o=f"-{number}")


@pytest.fixture
def records(make_addon: MakeAddon, acme: Tenant) -> Iterator[List]:
    with installed(make_addon(params=PARAMS, columns=COLUMNS)):
        yield List(browser(HOST, staff(acme)))


def store(**records: dict[str, Any]) -> None:
    """Records as they were saved, or by an older version of the addon, or by hand."""
    with open_tenant("acme"):
        Record.objects.bulk_create(Record(addon="door", key=name, data={"name": name, **data}) for name, data in records.items())


@pytest.mark.parametrize(
    ("name", "values", "order"),
    [
        ("name", {"b": "b", "a": "a", "c": "C"}, "abC"),
        ("n", {"a": 10, "b": 9, "c": -1, "d": None}, "dcba"),
        ("loud", {"a": True, "b": False}, "ba"),
        ("number", {"a": "101", "b": "99", "c": "*70", "d": "1000"}, "bcad"),
        ("line", {"a": "+15145550100", "b": "911", "c": "5145550100"}, "bca"),
        ("size", {"a": "l", "b": "s", "c": "m"}, "bca"),
        ("day", {"a": "2026-12-24", "b": "2025-12-31", "c": "2026-01-01"}, "bca"),
        ("ip", {"a": "10.0.0.10", "b": "10.0.0.9", "c": "9.255.0.1"}, "cba"),
        ("phone", {"a": "1000", "b": "101", "c": "99"}, "cba"),
    ],
)
def test_every_simple_param_sorts_as_people_count(records: List, name: str, values: dict[str, Any], order: str) -> None:
    store(**{key: {name: value} for key, value in values.items()})
    assert records.by(name) == (order, order[::-1])


def test_what_was_never_stored_sorts_as_its_default(records: List) -> None:
    store(a={"n": 6, "size": "l"}, b={}, c={"n": 4, "size": "s"})
    assert records.by("n")[0] == "cba"
    assert records.by("size")[0] == "cba"


@pytest.mark.parametrize("name", ["phones", "tags", "days", "rows"])
def test_what_has_no_order_cannot_be_sorted_by(records: List, name: str) -> None:
    store(a={}, b={})
    up, down = records.by(name)
    assert up == down


def test_what_was_stored_as_another_kind_breaks_no_list(records: List) -> None:
    odd = {"n": "five", "loud": "yes", "number": 7, "line": ["x"], "size": {"x": 1}, "ip": "999.1", "phone": 101, "day": False}
    store(a=odd, b={})
    for name in odd:
        assert sorted(records.by(name)[0]) == ["a", "b"], name


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ann", "a"),
        ("ANN", "a"),
        ("ann zoë", "a"),
        ("ann bob", ""),
        ("bob", "b"),
        ("7070", "b"),
        ("small", "b"),
        ("THING", "b"),
        ("red", "c"),
        ("green", "ab"),
        ("10.0.0", "c"),
        ('say "hi"', "c"),
        ("50%", "c"),
        ("a_b", "c"),
        ("back\\slash", "c"),
        ("who", ""),
        ("rows", ""),
        ("secret", ""),
        ("gAAAA", ""),
        ("s3cret", ""),
        ("4711", ""),
        ('","', ""),
        ("[", ""),
        ("'; DROP TABLE addons_record; --", ""),
        ("$.*", ""),
        ("x" * 3000, ""),
    ],
)
def test_a_search_looks_at_every_value_and_at_nothing_else(records: List, words: str, found: str) -> None:
    store(
        a={"rows": [{"who": "Ann"}, {"who": "Zoë"}], "code": {"secret": "gAAAAA"}},
        b={"rows": [{"who": "Bob", "pin": {"secret": "gAAAAB"}}], "number": "7070", "size": "s"},
        c={"tags": ["r"], "ip": "10.0.0.1", "rows": [{"who": 'say "hi" 50% a_b back\\slash'}]},
    )
    assert records.names(q=words) == found


def test_a_nul_in_a_search_is_no_fault_of_ours(records: List) -> None:
    store(a={})
    assert records.client.get("/door/record/?q=%00").status_code == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"loud__is": "yes"}, "ac"),
        ({"loud__is": "no"}, "b"),
        ({"size__is": "m"}, "ac"),
        ({"size__is": "l"}, "b"),
        ({"phone__is": "101"}, "a"),
        ({"phones__is": "102"}, "b"),
        ({"phones__is": "all"}, "c"),
        ({"tags__is": "g"}, "ac"),
        ({"tags__is": "r"}, "b"),
        ({"days__is": "sat"}, "b"),
        ({"loud__is": "yes", "size__is": "l"}, ""),
        ({"loud__is": "maybe"}, "abc"),
        ({"size__is": "xl"}, "abc"),
        ({"size__is": "'"}, "abc"),
        ({"phone__is": "'); DROP TABLE x; --"}, ""),
        ({"phone__is": "\\u0000"}, ""),
    ],
)
def test_filters(records: List, query: dict[str, str], found: str) -> None:
    store(
        a={"phone": "101", "phones": []},
        b={"loud": False, "size": "l", "phones": ["101", "102"], "tags": ["r"], "days": ["sat"]},
        c={"phones": "all"},
    )
    assert records.names(**query) == found


def test_a_filter_by_reference_offers_what_records_name(records: List) -> None:
    with open_tenant("acme"):
        Phone.objects.create(number="103")
    store(a={"phone": "102", "phones": ["7001"]}, b={"phone": "101", "phones": ["7002", "7001"]}, c={"phone": ""})
    html = records.client.get("/door/record/").content.decode()
    assert re.findall(r"phone__is=(\w+)", html) == ["101", "102"]
    assert re.findall(r"phones__is=(\w+)", html) == ["7001", "7002"]


@pytest.mark.parametrize(
    "query",
    [
        "data__code__secret__startswith=gA",
        "data__contains=x",
        "secret__startswith=g",
        "addon=paging",
        "key__regex=.",
        "version=1",
        "pk__in=1",
        "user__password__regex=x",
    ],
)
def test_nothing_else_can_be_asked_for(records: List, query: str) -> None:
    store(a={"code": Opened("s3cret")})
    assert records.client.get(f"/door/record/?{query}").status_code in (302, 400)
    assert records.client.get(f"/door/record/?{query}", follow=True).status_code in (200, 400)


@pytest.mark.parametrize("query", ["o=99", "o=-99", "o=x", "o=1.-1", "p=999", "p=-1", "p=x", "all=", "_to_field=data", "_popup=1", "e=1"])
def test_a_crooked_address_breaks_nothing(records: List, query: str) -> None:
    store(a={})
    assert records.client.get(f"/door/record/?{query}", follow=True).status_code in (200, 400)


def queries(records: List, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert records.client.get(page).status_code == 200
    return len(captured)


@pytest.mark.parametrize("query", ["", "?o=2", "?q=x", "?loud__is=yes&phone__is=101"])
def test_a_list_asks_as_much_for_many_as_for_few(records: List, query: str) -> None:
    def some(start: int, end: int) -> None:
        store(**{f"x{number}": {"phone": "101", "rows": [{"who": "x"}], "code": Opened("s3cret")} for number in range(start, end)})

    some(0, 2)
    records.names()
    few = queries(records, f"/door/record/{query}")
    some(2, 150)
    assert queries(records, f"/door/record/{query}") == few <= 25


def test_an_empty_list_says_what_to_do(records: List, acme: Tenant) -> None:
    text = text_of(records.client.get("/door/record/").content.decode())
    assert "No Door yet" in text
    assert "Add Door" in text
    store(a={})
    assert "Nothing matches" in text_of(records.client.get("/door/record/?q=zzz").content.decode())
    viewer = browser(HOST, staff(acme, Membership.Role.VIEWER, "vera"))
    assert "/door/record/add/" not in viewer.get("/door/record/").content.decode()


def test_secrets_are_said_to_be_set_and_no_more(records: List) -> None:
    store(a={"rows": [{"who": "Ann", "pin": Opened("4711")}], "code": Opened("s3cret")})
    html = records.client.get("/door/record/").content.decode()
    assert "Ann" in html
    for secret in ("4711", "s3cret", "gAAAA"):
        assert secret not in html


def test_another_tenants_records_are_in_no_list_search_or_filter(records: List, globex: Tenant) -> None:
    with open_tenant("globex"):
        Record.objects.create(addon="door", key="theirs", data={"name": "theirs", "phone": "101"})
    with open_tenant("acme"):
        Record.objects.create(addon="bell", key="other", data={"name": "other", "phone": "101"})
    for query in ({}, {"q": "theirs"}, {"q": "other"}, {"phone__is": "101"}, {"o": "1"}):
        assert records.names(**query) == ""
    assert "phone__is=101" not in records.client.get("/door/record/").content.decode()
