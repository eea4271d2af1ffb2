"""The line of each mistake, and every bad declaration at once."""

import pytest

from addons.discovery.loading import load_addon
from addons.discovery.mistakes import more_exact
from tests.addons.conftest import MakeAddon
from tests.addons.test_loading import BROKEN


def exact(make_addon: MakeAddon, **files: str) -> list[str]:
    folder = make_addon(**files)
    return [str(problem).removeprefix("addon 'door', ") for problem in more_exact(folder, load_addon(folder).problems)]


@pytest.mark.parametrize(("files", "messages"), BROKEN, ids=[messages[0][:70] for _, messages in BROKEN])
def test_no_mistake_gets_lost_and_nearly_all_have_a_line(make_addon: MakeAddon, files: dict[str, str], messages: list[str]) -> None:
    found = exact(make_addon, **files)
    assert len(found) >= len(messages)
    for message in found:
        assert ", line " in message or "nothing is called" in message or "this is not a file" in message


def test_every_bad_declaration_is_found_not_just_the_first(make_addon: MakeAddon) -> None:
    found = exact(
        make_addon,
        tabs='from addons.api import Tab\ntabs = [\n    Tab("General", "General"),\n    Tab("keys", "Keys"),\n    Tab("more", ""),\n]\n',
        params="""
from addons.api import Integer, MultiList, Reference, Text

FLOORS = ["1", "2"]
params = [
    Text("number", "Number", key=True, required=True, pattern="("),
    Integer("seconds", "Seconds", minimum=9, maximum=1),
    Txt("name", "Name"),
    MultiList("keys", "Keys", tab="keys", params=[
        Reference("phone", "Phone"),
        Text("code", "Code", default="0000", patern="x"),
        Text("floor", "Floor", choices=FLOORS),
    ]),
]
""",
    )
    assert [message.split(":")[0] for message in found] == [
        "tabs.py, line 3",
        "tabs.py, line 5",
        *(f"params.py, line {number}" for number in (6, 7, 8, 10, 11, 12)),
    ]


def test_what_may_follow_from_a_bad_list_is_not_reported(make_addon: MakeAddon) -> None:
    found = exact(make_addon, phone_extra='tabs = [Tab("A", "a")]\nparams = [Text("B", "b")]\nmore = params[0]\nparams = [Text("C", "c")]')
    assert [message.split(":")[0] for message in found] == [f"phone_extra.py, line {number}" for number in (2, 3)]


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"tabs": 'tabs = [\n    Tab("a", "A"),\n    Tab("b", "B"),\n    Tab("b", "C"),\n]'}, 5),
        ({"params": 'params = [\n    Text("a", "A"),\n    "b",\n]'}, 4),
        ({"params": 'params = [\n    Text("a", "A"),\n    Text("b", "B", tab="ring"),\n]'}, 4),
        ({"params": 'params = [Text("a", "A")]', "columns": 'columns = {\n    "a": [],\n    "list": [Column("a"), 5],\n}'}, 4),
        ({"params": 'x = 1\nparams = [\n    Text("a", "A"),\n]', "columns": 'columns = {"list": [Column("a")]}'}, 3),
        ({"commit": "import math\n\ndef comit(pbx):\n    pass"}, 3),
    ],
)
def test_lines(make_addon: MakeAddon, files: dict[str, str], line: int) -> None:
    assert any(f", line {line}:" in message for message in exact(make_addon, **files)), exact
