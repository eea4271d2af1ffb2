"""One tiny broken addon for each thing that can be wrong with a folder's files."""

from pathlib import Path

import pytest

from addons.api import Column, Tab
from addons.discovery.discover import FILES
from addons.discovery.importing import package_name
from addons.discovery.loading import GENERAL, load_addon
from tests.addons.conftest import MakeAddon

KEY = 'Text("number", "Number", key=True, required=True)'
LIST = 'columns = {"list": [Column("number")]}'


def test_a_whole_addon(make_addon: MakeAddon) -> None:
    folder = make_addon(
        tabs='tabs = [Tab("general", "General"), Tab("keys", "Keys")]',
        params=f'params = [{KEY}, MultiList("keys", "Keys", tab="keys", params=[Reference("phone", "Phone", to="phone")])]',
        columns='columns = {"list": [Column("number")], "keys": [Column("phone", "Who")]}',
        helper="import math\nanswer = 42",
        commit="from . import helper\nfrom .params import params\n\ndef commit(pbx):\n    return helper.answer, len(params)",
        phone_extra='params = [Text("floor", "Floor")]',
        line_in_extra='tabs = [Tab("a", "A")]\nparams = [Text("b", "B", tab="a")]',
    )
    addon, problems = load_addon(folder)
    assert problems == ()
    assert addon is not None
    assert addon.commit is not None
    assert addon.commit(None) == (42, 2)
    assert (addon.name, addon.folder, addon.info.name, addon.origin) == ("door", folder, "Door", "addon:door")
    assert addon.key is addon.params[0]
    assert addon.is_list
    assert addon.columns["keys"] == (Column("phone", "Who"),)
    assert addon.extras["phone"].tabs == ()
    assert [param.name for param in addon.extras["phone"].params] == ["floor"]
    assert addon.extras["line_in"].tabs == (Tab("a", "A"),)
    assert addon.empty_record() == {"number": "", "keys": []}


def test_info_alone_is_an_addon(make_addon: MakeAddon) -> None:
    addon, problems = load_addon(make_addon())
    assert problems == ()
    assert addon is not None
    assert (addon.tabs, addon.params, addon.commit, addon.key, addon.is_list) == ((), (), None, None, False)


def test_params_without_tabs_are_on_one_tab(make_addon: MakeAddon) -> None:
    addon, _ = load_addon(make_addon(params='params = [Text("a", "A"), Text("b", "B", tab="general")]'))
    assert addon is not None
    assert addon.tabs == GENERAL


def test_two_folders_of_one_name_do_not_share_modules(make_addon: MakeAddon, tmp_path: Path) -> None:
    commit = "from .helper import value\ndef commit(pbx): return value"
    first = make_addon(helper="import math\nvalue = 1", commit=commit)
    (tmp_path / "other").mkdir()
    first = first.rename(tmp_path / "other" / "door")
    second = make_addon(helper="import math\nvalue = 2", commit=commit)
    addons = [load_addon(folder).addon for folder in (first, second)]
    assert [addon.commit(None) for addon in addons if addon and addon.commit] == [1, 2]


def test_an_addon_may_be_a_package(make_addon: MakeAddon) -> None:
    folder = make_addon(__init__="import math\nvalue = 3", commit="from . import value\ndef commit(pbx): return value")
    addon, problems = load_addon(folder)
    assert problems == ()
    assert addon is not None
    assert addon.commit is not None
    assert addon.commit(None) == 3


HINT = f"There are {', '.join(f'{stem}.py' for stem in FILES)}."
BROKEN: list[tuple[dict[str, str], list[str]]] = [
    # files that cannot be imported
    ({"params": "params = ["}, ["params.py, line 2: syntax error: '[' was never closed"]),
    ({"params": "\nparams = [Txt()]"}, ["params.py, line 3: NameError: name 'Txt' is not defined"]),
    ({"params": "from addons.api import Txt"}, ["params.py, line 1: ImportError: cannot import name 'Txt' from 'addons.api'"]),
    ({"commit": "import nowhere_to_be_found"}, ["commit.py, line 1: ModuleNotFoundError: No module named 'nowhere_to_be_found'"]),
    ({"commit": "import math\nfrom .missing import x"}, ["commit.py, line 2: ModuleNotFoundError: No module named '{package}.missing'"]),
    ({"tabs": "import sys\nsys.exit(3)"}, ["tabs.py, line 2: the file ends the whole program when it is imported (SystemExit: 3)"]),
    ({"helper": "import math\n1 / 0", "commit": "from . import helper"}, ["helper.py, line 2: ZeroDivisionError: division by zero"]),
    ({"info": "import math"}, ["info.py: nothing is called 'info'"]),
    (
        {"info": 'from addons.api import Info\ninfo = Info(name="", description="", version="1", scope="tenant")'},
        ["info.py, line 2: DeclarationError: Info: name must be one line of 1 to 80 characters without spaces around it, not ''"],
    ),
    (
        {"info": 'from addons.api import Info\ninfo = Info(name="A", description="", version="1", scope="all")'},
        ["info.py, line 2: DeclarationError: Info: scope must be 'tenant' or 'server', not 'all'"],
    ),
    (
        {"info": 'from addons.api import Info\ninfo = Info(name="A", description="", version=1, scope="tenant")'},
        ["info.py, line 2: DeclarationError: Info: version must be text, not the number 1"],
    ),
    (
        {"info": 'from addons.api import Info\ninfo = Info(name="A", description="", version="1", scope="tenant", requires="paging")'},
        ["info.py, line 2: DeclarationError: Info: requires must be a tuple of addons' names such as ('paging',), not the str 'paging'"],
    ),
    # values of the wrong type
    ({"info": 'info = {"name": "Door"}'}, ["info.py: 'info' must be of type Info, not dict"]),
    ({"tabs": 'tab = [Tab("a", "A")]'}, ["tabs.py: nothing is called 'tabs'; did you mean 'tabs' where it says 'tab'?"]),
    ({"tabs": 'tabs = Tab("a", "A")'}, ["tabs.py: 'tabs' must be of type list or tuple, not Tab"]),
    ({"params": 'params = [Text("a", "A"), "b"]'}, ["params.py: params[1] must be of type Param, not str"]),
    ({"columns": "columns = []"}, ["columns.py: 'columns' must be of type dict, not list"]),
    ({"columns": 'columns = {"list": Column("a")}'}, ['columns.py: columns["list"] must be a list of Column, not of type Column']),
    ({"columns": 'columns = {"list": ["a"]}'}, ['columns.py: columns["list"][0] must be of type Column, not str']),
    ({"commit": "commit = 5"}, ["commit.py: 'commit' must be a function, not of type int"]),
    ({"commit": "def commit(): pass"}, ["commit.py, line 2: 'commit' must take one argument, pbx"]),
    ({"commit": "def commit(pbx, more): pass"}, ["commit.py, line 2: 'commit' must take one argument, pbx"]),
    ({"commit": "async def commit(pbx): pass"}, ["commit.py, line 2: 'commit' must be an ordinary function, without async or yield"]),
    ({"commit": "def commit(pbx): yield"}, ["commit.py, line 2: 'commit' must be an ordinary function, without async or yield"]),
    ({"commit": "def comit(pbx): pass"}, ["commit.py: nothing is called 'commit'; did you mean 'commit' where it says 'comit'?"]),
    ({"upgrade": "def upgrade(record): pass"}, ["upgrade.py, line 2: 'upgrade' must take two arguments, record and from_version"]),
    ({"phone_extra": "params = []"}, ["phone_extra.py: params is empty"]),
    ({"phone_extra": "tabs = []"}, ["phone_extra.py: nothing is called 'params'"]),
    # files that would be silently ignored
    ({"trunk_extra": "params = []"}, ["trunk_extra.py: this is not a file of an addon"]),
    ({"param": "params = []"}, ["param.py: this is not a file of an addon; did you mean params.py?"]),
    # files that do not agree
    (
        {
            "tabs": 'tabs = [Tab("general", "General"), Tab("members", "Members")]',
            "params": 'params = [Text("a", "A"), Text("b", "B", tab="ring")]',
        },
        [
            "tabs.py: tab 'members' holds no param of params.py",
            "params.py: tab 'ring' is not in tabs.py (general, members); param 'b' is on it",
        ],
    ),
    (
        {"tabs": 'tabs = [Tab("a", "A"), Tab("a", "B"), Tab("b", "B")]', "params": 'params = [Text("a", "A"), Text("b", "B", tab="b")]'},
        ["tabs.py: two tabs are called 'a'", "tabs.py: two tabs have the label 'B'"],
    ),
    (
        {"params": 'params = [Text("a", "A"), Text("a", "B"), Text("b", "B")]'},
        ["params.py: two params are called 'a'", "params.py: two params have the label 'B'"],
    ),
    (
        {"params": 'params = [MultiList("m", "M", params=[Text("a", "A"), Text("a", "B")])]'},
        ["params.py: MultiList 'm': two params are called 'a'"],
    ),
    ({"params": 'params = [Text("tenant", "Tenant")]'}, ["params.py: param 'tenant' cannot have this name, which is the record's own"]),
    (
        {"params": 'params = [Text("number", "Number")]', "columns": LIST},
        ['params.py: columns["list"] makes a list of records, so one param needs key=True and required=True: files name a record by it'],
    ),
    (
        {"params": f"params = [{KEY}]"},
        ["params.py: param 'number' has key=True, and without columns[\"list\"] there is one settings record, which needs no key"],
    ),
    (
        {"params": 'params = [Text("number", "Number", key=True)]', "columns": LIST},
        ["params.py: param 'number' has key=True, so it needs required=True"],
    ),
    (
        {"params": f'params = [{KEY}, Number("b", "B", key=True, required=True)]', "columns": LIST},
        ["params.py: params 'number' and 'b' have key=True; one param is the key"],
    ),
    (
        {"params": 'params = [Text("number", "Number", key=True, required=True, maximum=300)]', "columns": LIST},
        ["params.py: param 'number' has key=True, so its maximum can be 255 at most"],
    ),
    (
        {"params": f"params = [{KEY}]", "columns": 'columns = {"list": [Column("numbr"), Column("number"), Column("number")]}'},
        [
            "columns.py: columns[\"list\"]: column 'numbr' is not in params.py; did you mean 'number'?",
            "columns.py: columns[\"list\"]: column 'number' stands there twice",
        ],
    ),
    (
        {"params": f'params = [{KEY}, Secret("pin", "PIN")]', "columns": 'columns = {"list": [Column("pin")]}'},
        ["columns.py: columns[\"list\"]: column 'pin' would show a Secret to all who see the list"],
    ),
    (
        {"params": f"params = [{KEY}]", "columns": 'columns = {"list": [], "rows": [Column("a")]}'},
        [
            'columns.py: columns["list"] holds no column',
            'columns.py: columns["rows"] is neither the list nor a MultiList of params.py (list)',
        ],
    ),
    (
        {"params": 'params = [MultiList("rows", "Rows", params=[Text("a", "A")])]', "columns": 'columns = {"rows": [Column("b")]}'},
        ["columns.py: columns[\"rows\"]: column 'b' is not in params.py (a)"],
    ),
    (
        {"phone_extra": 'params = [Text("a", "A", key=True, required=True, tab="b")]'},
        [
            "phone_extra.py: tab 'b' is not in its own tabs (there are none); param 'a' is on it",
            "phone_extra.py: param 'a' has key=True, and the section's record has its own key",
        ],
    ),
]


@pytest.mark.parametrize(("files", "messages"), BROKEN, ids=[messages[0][:70] for _, messages in BROKEN])
def test_what_is_wrong_is_said_with_addon_and_file(make_addon: MakeAddon, files: dict[str, str], messages: list[str]) -> None:
    folder = make_addon(**files)
    addon, problems = load_addon(folder)
    assert addon is None
    assert [str(problem) for problem in problems] == [
        f"addon 'door', {message}".replace("{package}", package_name(folder)) for message in messages
    ]


def test_the_faults_of_all_files_are_found_in_one_go(make_addon: MakeAddon) -> None:
    folder = make_addon(info="info = 1", tabs="tabs = 1", params="params = (", commit="commit = 1", phone_extra="params = 1")
    assert [problem.file for problem in load_addon(folder).problems] == ["info.py", "tabs.py", "params.py", "commit.py", "phone_extra.py"]


def test_files_that_can_be_read_are_checked_against_each_other_though_others_cannot(make_addon: MakeAddon) -> None:
    folder = make_addon(tabs='tabs = [Tab("a", "A"), Tab("b", "B")]', params='params = [Text("a", "A")]', commit="commit = (")
    assert [problem.file for problem in load_addon(folder).problems] == ["commit.py", "tabs.py"]


def test_tests_are_no_files_of_an_addon(make_addon: MakeAddon) -> None:
    assert load_addon(make_addon(test_phone_extra="import math", test_params="import math")).problems == ()


def test_a_file_that_is_not_utf8_is_reported(make_addon: MakeAddon) -> None:
    folder = make_addon()
    (folder / "params.py").write_bytes(b'params = ["\xff"]')
    (problem,) = load_addon(folder).problems
    assert (problem.file, problem.message[:13]) == ("params.py", "syntax error:")


def test_hints(make_addon: MakeAddon) -> None:
    folder = make_addon(tabs="import nowhere_to_be_found", params="from addons.api import Txt", trunk_extra="")
    assert [problem.hint for problem in load_addon(folder).problems] == [
        "Install 'nowhere_to_be_found' where the console runs, or correct the import.",
        "Everything that an addon needs comes from addons.api.",
        HINT,
    ]
