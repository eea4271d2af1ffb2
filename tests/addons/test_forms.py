"""The form of an addon's record, through the real admin: what is there when, what stays, what is refused and where it is said."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from addons.discovery.loading import Addon
from addons.models import Record
from dialplan.models import Phone
from tenants.models import Membership, Tenant
from tenants.schema import open_tenant
from tenants.secrets import decrypt, opened
from tests.addons.conftest import MakeAddon
from tests.addons.installing import installed
from tests.people import browser, staff

pytestmark = pytest.mark.django_db

HOST = "acme.localhost"
LIST = 'columns = {"list": [Column("name")]}'
NAME = 'Text("name", "Name", key=True, required=True)'
LAZY = "from addons.api import *\nfrom django.utils.translation import gettext_lazy as _\n"
Section = Callable[..., "Page"]


class Page:
    """A section in somebody's browser."""

    def __init__(self, client: Client, addon: str) -> None:
        self.client = client
        self.url = f"/{addon}/record/"

    def add(self, **values: Any) -> str:
        return self.post("add/", **values)

    def change(self, **values: Any) -> str:
        with open_tenant("acme"):
            pk = Record.objects.values_list("pk", flat=True).get()
        return self.post(f"{pk}/change/", **values)

    def post(self, page: str, **values: Any) -> str:
        """What the page says to a form; "" when it was saved."""
        answer = self.client.post(self.url + page, values)
        if answer.status_code == 302:
            return ""
        assert answer.status_code == 200, answer.content.decode()[:500]
        return text_of(answer.content.decode())

    def get(self, page: str = "") -> str:
        answer = self.client.get(self.url + page)
        assert answer.status_code == 200
        return answer.content.decode()

    def opened(self) -> str:
        with open_tenant("acme"):
            pk = Record.objects.values_list("pk", flat=True).get()
        return self.get(f"{pk}/change/")


def text_of(html: str) -> str:
    """What people read on a page."""
    html = re.sub(r"<(script|style|template|option)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


def stored() -> dict[str, Any]:
    with open_tenant("acme"):
        return dict(opened(Record.objects.get().data))


@pytest.fixture
def section(make_addon: MakeAddon, acme: Tenant) -> Iterator[Section]:
    """section("Text(...), ...", validate="...") gives the section of an addon with these params, and a name as their key."""
    client = browser(HOST, staff(acme))
    open_now: list[AbstractContextManager[Addon]] = []

    def make(params: str, *, name: str = "door", columns: str = LIST, **files: str) -> Page:
        folder = make_addon(name, params=f"{LAZY}params = [{NAME}, {params}]", columns=LAZY + columns, **files)
        open_now.append(installed(folder))
        open_now[-1].__enter__()
        return Page(client, name)

    yield make
    for each in reversed(open_now):
        each.__exit__(None, None, None)


MODES = 'Choice("mode", "Mode", default="open", choices=["open", "pin"]), '


def test_a_hidden_param_is_empty_and_never_wrong(section: Section) -> None:
    page = section(MODES + 'Text("code", "Code", required=True, pattern=r"\\d{4}", show_if=("mode", "pin"))')
    assert page.add(name="a", mode="open", code="nonsense") == ""
    assert stored() == {"name": "a", "mode": "open", "code": ""}
    assert "Code * This is required." in page.change(name="a", mode="pin", code="")
    assert "'x' does not have the form \\d{4}." in page.change(name="a", mode="pin", code="x")
    assert page.change(name="a", mode="pin", code="4711") == ""
    assert stored()["code"] == "4711"


def test_the_browser_is_told_when_a_param_is_there(section: Section) -> None:
    page = section(
        MODES + 'Text("code", "Code", show_if=("mode", "pin")), Boolean("loud", "Loud"), Integer("n", "N", show_if=("loud", True))'
    )
    html = page.get("add/")
    assert 'data-show-if="mode" data-show-values="[&quot;pin&quot;]"' in html
    assert 'data-show-if="loud" data-show-values="[true]"' in html
    assert "addons/show_if.js" in html


def test_a_param_that_shows_again_begins_with_its_default(section: Section) -> None:
    page = section(MODES + 'Integer("wait", "Wait", default=7, required=True, show_if=("mode", "pin"))')
    page.add(name="a", mode="open", wait="")
    assert stored()["wait"] is None
    assert re.search(r'<input[^>]*name="wait"[^>]*value="7"|<input[^>]*value="7"[^>]*name="wait"', page.opened())


def test_in_rows_each_row_decides_for_itself(section: Section) -> None:
    page = section(f'MultiList("rows", "Rows", params=[{MODES} Text("code", "Code", required=True, show_if=("mode", "pin"))])')
    rows = {"rows-row": ["0", "1"], "rows-0-mode": "open", "rows-0-code": "x", "rows-1-mode": "pin"}
    assert "Row 2, code: This is required." in page.add(name="a", **rows, **{"rows-1-code": ""})
    assert page.add(name="a", **rows, **{"rows-1-code": "y"}) == ""
    assert stored()["rows"] == [{"mode": "open", "code": ""}, {"mode": "pin", "code": "y"}]
    assert 'data-show-if="rows-__row__-mode"' in page.opened()


def test_groups_have_a_heading_each_and_stand_together(section: Section) -> None:
    page = section('Text("a", "A1", group="First"), Text("b", "B1", group="Second"), Text("c", "C1"), Text("d", "D1", group="First")')
    text = text_of(page.get("add/"))
    places = [text.index(word) for word in ("Name", "C1", "First", "A1", "D1", "Second", "B1")]
    assert places == sorted(places)
    assert text.count("First") == 1


SECRETS = 'Secret("code", "Code"), MultiList("keys", "Keys", params=[Text("who", "Who"), Secret("pin", "Pin", pattern=r"\\d{4}")])'


def test_secrets_are_encrypted_never_shown_and_stay_until_they_are_replaced_or_removed(section: Section) -> None:
    page = section(SECRETS)
    rows = {"keys-row": ["0", "1"], "keys-0-who": "al", "keys-1-who": "bo", "keys-next": "2"}
    assert page.add(name="a", code="s3cret", **rows, **{"keys-0-pin": "1111"}, **{"keys-1-pin": "2222"}) == ""
    with open_tenant("acme"), connection.cursor() as cursor:
        cursor.execute("SELECT data::text, data->'code'->>'secret' FROM addons_record")
        ((text, token),) = cursor.fetchall()
        cursor.execute("SELECT string_agg(change_message || object_repr, '') FROM django_admin_log")
        ((log,),) = cursor.fetchall()
    assert decrypt(token) == "s3cret"
    for secret in ("s3cret", "1111", "2222"):
        assert secret not in text
        assert secret not in log
        assert secret not in page.opened()
        assert secret not in page.get()
        assert "No Door are found" in text_of(page.get(f"?q={secret}"))
    assert "Set. Type to replace it." in page.opened()
    swapped = {**rows, "keys-row": ["1", "2", "0"], "keys-2-who": "cy"}
    assert page.change(name="a", code="", **swapped) == ""
    assert stored()["code"] == "s3cret"
    assert stored()["keys"] == [{"who": "bo", "pin": "2222"}, {"who": "cy", "pin": ""}, {"who": "al", "pin": "1111"}]
    with open_tenant("acme"), connection.cursor() as cursor:
        cursor.execute("SELECT data->'code'->>'secret' FROM addons_record")
        assert cursor.fetchall() == [(token,)]  # what nobody touched is stored as it was
    keep = {"keys-row": ["0", "2"], "keys-0-who": "bo", "keys-2-who": "al"}
    assert page.change(name="a", code="", **{"code-remove": "on"}, **keep, **{"keys-2-pin-remove": "on"}) == ""
    assert stored() == {"name": "a", "code": "", "keys": [{"who": "bo", "pin": "2222"}, {"who": "al", "pin": ""}]}


def test_what_was_typed_for_a_secret_is_not_lost_beside_another_fault_and_no_stored_one_comes_out(section: Section) -> None:
    page = section('Secret("code", "Code"), Integer("n", "N", minimum=1)')
    page.add(name="a", code="stored-one", n="1")
    with open_tenant("acme"):
        pk = Record.objects.get().pk
    html = page.client.post(f"{page.url}{pk}/change/", {"name": "a", "code": "typed-one", "n": "0"}).content.decode()
    assert "typed-one" in html
    assert "stored-one" not in html


def test_a_row_that_is_new_never_gets_the_secret_of_one_that_was_there(section: Section) -> None:
    page = section(SECRETS)
    page.add(name="a", **{"keys-row": "0", "keys-0-who": "al", "keys-0-pin": "1111"})
    wrong = {"keys-row": "1", "keys-1-who": "bo", "keys-1-pin": "x", "keys-next": "2"}
    with open_tenant("acme"):
        pk = Record.objects.get().pk
    html = page.client.post(f"{page.url}{pk}/change/", {"name": "a", **wrong}).content.decode()
    assert 'data-next="2"' in html
    assert 'name="keys-1-who"' in html
    assert page.change(name="a", **{**wrong, "keys-1-pin": ""}) == ""
    assert stored()["keys"] == [{"who": "bo", "pin": ""}]


def test_a_unique_value_belongs_to_one_record_and_to_one_row(section: Section) -> None:
    page = section('PhoneNumber("line", "Line", unique=True), MultiList("rows", "Rows", params=[Text("who", "Who", unique=True)])')
    assert page.add(name="a", line="+1 514 555 0100") == ""
    assert "'+15145550100' is in use already in a; choose another one." in page.add(name="b", line="+1-514-555-0100")
    rows = {"rows-row": ["0", "1", "2"], "rows-0-who": "al", "rows-1-who": "", "rows-2-who": "al"}
    assert "Row 3, who: 'al' is in row 1 already." in page.add(name="b", line="", **rows)
    assert page.add(name="b", line="") == ""
    assert page.add(name="c", line="", **{"rows-row": ["0", "1"], "rows-0-who": "", "rows-1-who": ""}) == ""


VALIDATE = """
def validate(record):
    if record["n"] == 1:
        return "one is none"
    if record["n"] == 2:
        return {"n": "two is too many"}
    if record["n"] == 3:
        return ["first", {"n": "second"}, {("rows", 0, "who"): "third"}]
    if record["n"] == 4:
        return 1 / 0
    if record["n"] == 5:
        return {"m": "what"}
    if record["n"] == 6:
        return 6
    if record["n"] == 7:
        record["n"] = 8
    if record["n"] == 9:
        raise SystemExit
    assert record["tenant"] == "acme"
    assert record["code"] == "s3cret"
"""


@pytest.mark.parametrize(
    ("n", "said"),
    [
        ("1", ["One is none."]),
        ("2", ["Two is too many."]),
        ("3", ["First.", "Second.", "Row 1, who: Third."]),
        ("4", ["Addon 'door' failed in validate.py, line 11: ZeroDivisionError: division by zero."]),
        ("5", ["validate blames 'm', which is no param (name, n, code, rows)"]),
        ("6", ["validate must return nothing, messages, or messages by param, not the number 6"]),
        ("7", ["failed in validate.py, line 17: TypeError"]),
        ("9", ["failed in validate.py, line 19: SystemExit"]),
        ("0", ["must be 1 to 9"]),
    ],
)
def test_a_whole_record_is_checked_by_the_addon_once_its_params_are_clean(section: Section, n: str, said: list[str]) -> None:
    page = section(
        'Integer("n", "N", minimum=1, maximum=9), Secret("code", "Code"), MultiList("rows", "Rows", params=[Text("who", "Who")])',
        validate=VALIDATE,
    )
    text = page.add(name="a", n=n, code="s3cret", **{"rows-row": "0", "rows-0-who": "al"})
    assert all(each in text for each in said), text
    with open_tenant("acme"):
        assert not Record.objects.exists()
    assert page.add(name="a", n="8", code="s3cret") == ""


def test_messages_may_be_yielded(section: Section) -> None:
    page = section('Integer("n", "N")', validate='def validate(record):\n    yield "one"\n    yield {"n": "two"}\n')
    text = page.add(name="a", n="1")
    assert "One." in text
    assert "Two." in text


def test_a_change_that_somebody_else_made_meanwhile_is_not_overwritten_unseen(section: Section, acme: Tenant) -> None:
    alice = section('Integer("n", "N"), Text("note", "Note"), Secret("code", "Code")')
    bob = Page(browser(HOST, staff(acme, name="bob")), "door")
    alice.add(name="a", n="1", note="first", code="s3cret")
    seen = {page: re.search(r'name="record-version" value="(\d+)"', page.opened())[1] for page in (alice, bob)}  # type: ignore[index]
    assert set(seen.values()) == {"1"}
    assert bob.change(name="a", n="2", note="second", code="0ther", **{"record-version": seen[bob]}) == ""
    text = alice.change(name="a", n="1", note="mine", code="", **{"record-version": seen[alice]})
    assert "bob changed this record after you had opened it, so nothing was saved. It now says N: 2; Note: second." in text
    assert "0ther" not in text
    assert (stored()["n"], stored()["note"], stored()["code"]) == (2, "second", "0ther")
    with open_tenant("acme"):
        assert Record.objects.get().version == 2
        pk = Record.objects.get().pk
    html = alice.client.post(f"{alice.url}{pk}/change/", {"name": "a", "n": "1", "note": "mine", "record-version": "1"}).content.decode()
    assert 'value="mine"' in html
    assert 'name="record-version" value="2"' in html
    assert alice.change(name="a", n="1", note="mine", **{"record-version": "2"}) == ""
    assert (stored()["note"], stored()["code"]) == ("mine", "0ther")


@pytest.mark.parametrize("version", ["0", "-1", "x", "1\0", "9" * 30, "<script>", ""])
def test_a_version_that_never_was_is_refused(section: Section, version: str) -> None:
    page = section('Integer("n", "N")')
    page.add(name="a", n="1")
    assert "so nothing was saved" in page.change(name="a", n="2", **{"record-version": version})
    assert stored()["n"] == 1


def test_a_fault_elsewhere_keeps_the_version_that_the_values_are_based_on(section: Section) -> None:
    page = section('Integer("n", "N", minimum=1)')
    page.add(name="a", n="1")
    with open_tenant("acme"):
        record = Record.objects.get()
        Record.objects.update(version=5)
    answer = page.client.post(f"{page.url}{record.pk}/change/", {"name": "a", "n": "0", "record-version": "5"})
    assert 'name="record-version" value="5"' in answer.content.decode()


def test_two_who_save_the_first_settings_at_once_do_not_make_two(section: Section, make_addon: MakeAddon, acme: Tenant) -> None:
    folder = make_addon("bell", params='params = [Integer("n", "N")]')
    client = browser(HOST, staff(acme, name="carol"))
    with installed(folder):
        page = Page(client, "bell")
        assert page.add(n="1") == ""
        assert client.post("/bell/record/add/", {"n": "2"}).status_code == 403
        assert stored() == {"n": 1}


COLUMNS = """
def double(row):
    return row["n"] * 2
columns = {
    "list": [Column("name"), Column("sum", "Sum", value=lambda record: sum(row["n"] for row in record["rows"])),
             Column("code", "Secret?", value=lambda record: "code " + record["code"]),
             Column("bad", "Bad", value=lambda record: record["x"]), Column("html", "Html", value=lambda record: "<b>" + record["name"])],
    "rows": [Column("double", "Double", value=double), Column("n", "Number")],
}
"""


def test_columns_may_be_computed_in_lists_and_tables(section: Section, acme: Tenant) -> None:
    page = section(
        'Secret("code", "Code"), MultiList("rows", "Rows", params=[Text("who", "Who"), Integer("n", "N", required=True)])', columns=COLUMNS
    )
    page.add(name="a", code="s3cret", **{"rows-row": ["0", "1"], "rows-0-who": "al", "rows-0-n": "20", "rows-1-who": "", "rows-1-n": "22"})
    html = page.get()
    text = text_of(html)
    assert "s3cret" not in text
    assert "code ••••••" in text
    assert "KeyError: 'x'" in text
    assert "&lt;b&gt;a" in html
    assert re.search(r"\b42\b", text)
    form = text_of(page.opened())
    assert form.index("Double") < form.index("Number") < form.index("Who")
    assert re.search(r"\b40\b", form)
    viewer = Page(browser(HOST, staff(acme, Membership.Role.VIEWER, "vera")), "door")
    seen = viewer.opened()
    assert "<td>40</td><td>20</td><td>al</td>" in seen
    assert "s3cret" not in seen


def test_viewers_see_neither_inputs_nor_what_is_hidden(section: Section, acme: Tenant) -> None:
    page = section(
        MODES + 'Text("code", "Hidden code", show_if=("mode", "pin")), Secret("key", "Key"), Weekdays("days", "Days", group="When"),'
        'Date("day", "Day"), TimeRange("hours", "Hours")'
    )
    page.add(name="a", mode="open", key="s3cret", days=["mon", "tue", "wed", "sun"], day="2026-12-24", hours_0="08:30", hours_1="17:00")
    viewer = Page(browser(HOST, staff(acme, Membership.Role.VIEWER, "vera")), "door")
    html = viewer.opened()
    text = text_of(html)
    for words in ("Mon-Wed, Sun", "2026-12-24", "08:30-17:00", "set", "When"):
        assert words in text, words
    assert "Hidden code" not in text
    assert "s3cret" not in html
    assert 'name="mode"' not in html


KINDS = (
    'Date("day", "Day"), Weekdays("days", "Days"), TimeRange("hours", "Hours"), Email("mail", "Mail"), '
    'IPAddress("ip", "IP", network=True), PhoneNumber("line", "Line"), Sound("sound", "Sound")'
)


def test_every_kind_goes_in_and_comes_out_of_a_form(section: Section) -> None:
    page = section(KINDS + f', MultiList("rows", "Rows", params=[{KINDS}])')
    given = {
        "day": "2026-12-24",
        "days": ["sun", "mon"],
        "hours_0": "22:00",
        "hours_1": "06:00",
        "mail": "al@Acme.Example",
        "ip": "2001:DB8::/32",
        "line": "+1 (514) 555-0100",
        "sound": "custom/hello",
    }
    cleaned = {
        "day": "2026-12-24",
        "days": ["mon", "sun"],
        "hours": "22:00-06:00",
        "mail": "al@acme.example",
        "ip": "2001:db8::/32",
        "line": "+15145550100",
        "sound": "custom/hello",
    }
    assert page.add(name="a", **given, **{"rows-row": "0"}, **{f"rows-0-{name}": value for name, value in given.items()}) == ""
    assert stored() == {"name": "a", **cleaned, "rows": [cleaned]}
    html = page.opened()
    for value in ("2026-12-24", "22:00", "06:00", "al@acme.example", "2001:db8::/32", "+15145550100", "custom/hello"):
        assert html.count(f'value="{value}"') == 2, value
    assert html.count('value="mon" checked') + len(re.findall(r'value="mon"[^>]*checked', html)) >= 2
    assert "'22:00-' is not a time range" in page.change(name="a", hours_0="22:00", hours_1="")


def test_extras_of_a_section_hide_keep_secrets_and_are_checked_together(make_addon: MakeAddon, acme: Tenant) -> None:
    extra = (
        'params = [Choice("mode", "Mode", default="open", choices=["open", "pin"]),'
        ' Text("code", "Code", required=True, show_if=("mode", "pin")), Secret("key", "Key"), Reference("boss", "Boss", to="phone")]'
    )
    client = browser(HOST, staff(acme))
    phone = {"number": "101", "secret": "s101", "context": "internal", "auto_answer": "none", "ring_seconds": "30"}
    skeleton = {"skeleton__floor": ""}
    with installed(make_addon(params='params = [Integer("n", "N")]', phone_extra=extra)):
        html = client.get("/dialplan/phone/add/").content.decode()
        assert 'data-show-if="door__mode"' in html
        assert "addons/show_if.js" in html
        add = {**phone, **skeleton, "door__mode": "open", "door__code": "x", "door__key": "s3cret", "door__boss": "999"}
        assert "There is no phone &#x27;999&#x27;." in client.post("/dialplan/phone/add/", add).content.decode()
        assert client.post("/dialplan/phone/add/", {**add, "door__boss": ""}).status_code == 302
        with open_tenant("acme"):
            record = Phone.objects.get()
        assert "s3cret" not in str(record.extra)
        assert opened(record.extra)["door"] == {"mode": "open", "code": "", "key": "s3cret", "boss": ""}
        url = f"/dialplan/phone/{record.pk}/change/"
        assert "s3cret" not in client.get(url).content.decode()
        assert "This is required." in client.post(url, {**add, "door__mode": "pin", "door__code": "", "door__boss": ""}).content.decode()
        assert client.post(url, {**add, "door__mode": "pin", "door__code": "1", "door__key": "", "door__boss": "101"}).status_code == 302
        with open_tenant("acme"):
            assert opened(Phone.objects.get().extra)["door"] == {"mode": "pin", "code": "1", "key": "s3cret", "boss": "101"}


def test_labels_that_are_lazy_are_translated_when_they_are_shown(section: Section, settings: Any) -> None:
    settings.LANGUAGE_CODE = "de"
    page = section(
        'Text("a", _("Monday"), help=_("Tuesday"), placeholder=_("Wednesday"), group=_("Thursday")),'
        'Choice("c", _("Friday"), choices=[("x", _("Saturday"))], default="x")',
        tabs=f'{LAZY}tabs = [Tab("general", _("Sunday"))]',
        columns='columns = {"list": [Column("name"), Column("c"), Column("a", _("Today"))]}',
        name="door",
    )
    from django.utils import translation

    with translation.override("de"):
        html = page.get("add/")
        for word in ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"):
            assert word in html, word
        page.add(name="a", a="", c="x")
        assert "Heute" in page.get()
        assert "Samstag" in page.get()
