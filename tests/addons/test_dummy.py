"""The addon of dummy/, which uses every extension point: it goes all the way that an addon goes, through public doors alone."""

import ast
import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from addons import api
from addons.authoring.checking import API, misused, tried
from addons.declarations.param import Param
from addons.discovery.discover import FILES, SECTIONS
from addons.discovery.loading import Addon, load_addon
from addons.discovery.registry import registry
from addons.models import AddonState, Record
from dialplan.build.text import dialplan_text
from dialplan.models import Phone
from dialplan.state import desired
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.secrets import opened
from tests.addons.dummy_given import ASTDB, DIALPLAN, FORM, RECORD, SITE
from tests.addons.installing import installed
from tests.addons.test_forms import HOST, text_of
from tests.people import browser, staff
from tests.scopserv_site.conftest import Apply, apply, exported

__all__ = ["apply"]  # a fixture

FOLDER = Path(__file__).with_name("dummy")
TREES = {path.stem: ast.parse(path.read_text()) for path in FOLDER.glob("*.py")}
NODES = [node for tree in TREES.values() for node in ast.walk(tree)]
COMMON = {field.name for field in dataclasses.fields(Param)}
FIXED = {("Destination", "to"), ("Destination", "many"), ("Destination", "everything"), ("Weekdays", "choices")}  # no author chooses these
DECLARED: dict[str, type] = {name: getattr(api, name) for name in api.__all__ if dataclasses.is_dataclass(getattr(api, name))}


def given(name: str) -> set[str]:
    """All arguments with which the dummy calls something of the API anywhere, those given by place included."""
    places = list(inspect.signature(getattr(api, name)).parameters)
    calls = [node for node in NODES if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name]
    return {word for call in calls for word in (*places[: len(call.args)], *(str(each.arg) for each in call.keywords))}


def test_every_file_is_there() -> None:
    assert set(FILES) == set(TREES)


@pytest.mark.parametrize("name", api.__all__)
def test_everything_of_the_api_is_used(name: str) -> None:
    assert name in {node.func.id for node in NODES if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


@pytest.mark.parametrize("name", DECLARED)
def test_every_keyword_is_used(name: str) -> None:
    words = set(inspect.signature(DECLARED[name]).parameters)
    own = words - COMMON if issubclass(DECLARED[name], Param) else words
    assert {word for word in own if (name, word) not in FIXED} <= given(name)


def test_every_keyword_that_all_params_take_is_used() -> None:
    assert {word for name, kind in DECLARED.items() if issubclass(kind, Param) for word in given(name)} >= COMMON


@pytest.mark.parametrize("name", API)
def test_everything_of_pbx_is_used(name: str) -> None:
    uses = [node for node in ast.walk(TREES["commit"]) if isinstance(node, ast.Attribute) and node.attr == name]
    assert any(isinstance(use.value, ast.Name) and use.value.id == "pbx" for use in uses)


def test_no_registry_finds_it_and_it_has_no_fault() -> None:
    assert "dummy" not in registry
    addon, problems = load_addon(FOLDER)
    assert addon is not None, problems
    with registry.temporarily(addon):
        assert (misused(addon), tried(addon)) == ([], [])


@pytest.fixture
def dummy(db: None) -> Iterator[Addon]:
    with installed(FOLDER) as addon:
        yield addon


@pytest.fixture
def alice(dummy: Addon, acme: Tenant, apply: Apply) -> Client:
    """Alice's browser at a tenant that has phones, lines and a paging group."""
    apply(SITE)
    return browser(HOST, staff(acme))


def record() -> dict[str, Any]:
    with open_tenant("acme"):
        return dict(opened(Record.objects.get(addon="dummy").data))


def written() -> tuple[str, str]:
    """The dialplan that phones dial in and the dummy's AstDB, as they go to Asterisk."""
    state = desired("acme")
    lines = dialplan_text(line for line in state.lines if line.context in ("acme-internal", "acme-dummy-in"))
    return lines, "".join(f"{each.family}/{each.key}: {each.value}\n" for each in sorted(state.entries) if "/dummy" in each.family)


def save(alice: Client, **changes: Any) -> str:
    """What the page says to a form; "" when it was saved."""
    answer = alice.post("/dummy/record/add/", {**FORM, **changes})
    return "" if answer.status_code == 302 else text_of(answer.content.decode())


def test_a_record_is_saved_and_committed_and_comes_back_from_a_file(alice: Client, apply: Apply) -> None:
    assert save(alice) == ""
    assert record() == RECORD
    assert written() == (DIALPLAN, ASTDB)
    before = exported(tenant="acme", secrets=True)
    with open_tenant("acme"):
        pk = Record.objects.get(addon="dummy").pk
    assert alice.post(f"/dummy/record/{pk}/delete/", {"post": "yes"}).status_code == 302
    assert "*90" not in written()[0]
    apply(before)
    assert record() == RECORD
    assert written() == (DIALPLAN, ASTDB)
    assert apply(exported(tenant="acme")).startswith("nothing to change")


def test_its_pages_show_all_of_it(alice: Client, dummy: Addon) -> None:
    assert save(alice) == ""
    listed = text_of(alice.get("/dummy/record/").content.decode())
    for words in ("Called", "Reach", "2 rows at acme", "Behind a PIN"):
        assert words in listed
    with open_tenant("acme"):
        pk = Record.objects.get(addon="dummy").pk
    html = alice.get(f"/dummy/record/{pk}/change/").content.decode()
    form = text_of(html)
    labels = [*(str(tab.label) for tab in dummy.tabs), *(str(param.label) for param in dummy.params)]
    assert [words for words in (*labels, "Guard", "What one dials.", "How often", "Doubled") if words not in form] == []
    assert 'value="4711"' not in html


def test_validate_is_heard_in_all_its_ways(alice: Client) -> None:
    said = save(alice, name="bad", seconds="13", **{"rows-1-times": "9"})
    for words in ("all of *90 at acme is bad", "must not be 13", "must not be 9"):
        assert words in said.replace("Must", "must").replace("All", "all")


@pytest.mark.parametrize("section", SECTIONS)
def test_its_fields_are_on_the_form_of_each_section(alice: Client, dummy: Addon, section: str) -> None:
    page = {"phone": "phone", "line_in": "incomingline", "line_out": "outgoingline"}[section]
    form = alice.get(f"/dialplan/{page}/add/").content.decode()
    extra = dummy.extras[section]
    assert [param.name for param in extra.params if f'name="dummy__{param.name}"' not in form] == []
    assert "Dummy" in text_of(form)


def test_a_phone_keeps_what_the_dummy_adds_to_it(alice: Client) -> None:
    phone = {"number": "109", "secret": "s109", "context": "internal", "auto_answer": "none", "ring_seconds": "30", "skeleton__floor": ""}
    answer = alice.post("/dialplan/phone/add/", {**phone, "dummy__listed": "on", "dummy__lose": "second"})
    assert answer.status_code == 302, text_of(answer.content.decode())
    with open_tenant("acme"):
        assert Phone.objects.get(number="109").extra["dummy"] == {"listed": True, "lose": "second"}
    assert "exten => 8109,1,Goto(acme-internal,109,1)" in written()[0]


def test_what_an_older_version_added_to_a_phone_is_upgraded_before_it_is_shown(alice: Client) -> None:
    with open_tenant("acme"):
        AddonState.objects.filter(addon="dummy").update(extras_version="1.9")
        phone = Phone.objects.get(number="104")
        Phone.objects.filter(pk=phone.pk).update(extra={"dummy": {"shown": True, "lose": ""}})
    page = alice.get(f"/dialplan/phone/{phone.pk}/change/")
    assert page.context["adminform"].form.initial["dummy__listed"] is True
    assert "exten => 8104,1,Goto(acme-internal,104,1)" in written()[0]


def test_a_record_of_an_older_version_is_upgraded_before_it_is_shown(alice: Client) -> None:
    assert save(alice) == ""
    with open_tenant("acme"):
        data = {**opened(Record.objects.get(addon="dummy").data), "label": "Old"}
        del data["name"]
        Record.objects.filter(addon="dummy").update(data=data, addon_version="1.9")
        pk = Record.objects.get(addon="dummy").pk
    assert "Old (from 1.9)" in alice.get(f"/dummy/record/{pk}/change/").content.decode()
    assert record() == {**RECORD, "name": "Old (from 1.9)"}
    assert "NoOp(Dummy,Old (from 1.9))" in written()[0]
