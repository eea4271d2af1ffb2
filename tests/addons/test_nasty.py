"""Addons that do what no addon should: they are reported, and everybody else goes on."""

from pathlib import Path

import pytest
from django.db import connection

from addons.commits import running
from addons.commits.running import CommitError
from addons.commits.switch import retry
from addons.discovery import importing, limits
from addons.discovery.importing import import_file
from addons.discovery.loading import load_addon
from addons.discovery.registry import load
from addons.models import AddonState, Record
from dialplan.models import Phone
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon
from tests.addons.installing import installed as on_console
from tests.addons.test_committing import commit, installed, internal, touch
from tests.addons.test_forms import HOST
from tests.people import browser, staff

LIST = 'columns = {"list": [Column("name"), Column("nasty", "Nasty", value=%s)]}'
NAMED = 'params = [Text("name", "Name", key=True, required=True)]'


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "SECONDS", 0.2)
    monkeypatch.setitem(limits.SECONDS, "tenant", 0.2)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (importing, limits, running):
        monkeypatch.setattr(module, "ROOM", 100 << 20)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"params": "x = 0\nwhile True: x += 1"}, r"params.py, line \d: the file takes longer than 0.2 seconds to import"),
        ({"commit": "class Odd(BaseException): pass\nraise Odd('x')"}, "commit.py, line 3: Odd: x"),
        ({"tabs": "def f(): return f()\nf()"}, "tabs.py, line 2: RecursionError"),
        ({"tabs": "class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd()"}, "tabs.py, line 4: Odd: "),
        ({"params": 'params = [Text(f"a{n}", f"A {n}") for n in range(501)]'}, "params holds 501 params; a form can have 500 at most"),
        (
            {"params": 'class Own(Text): pass\nparams = [Own("a", "A")]'},
            "param 'a' is of type Own; a param is of one of the types of addons.api",
        ),
    ],
)
@pytest.mark.usefixtures("short")
def test_an_addon_that_cannot_be_loaded_is_left_out_and_the_others_are_not(
    make_addon: MakeAddon, files: dict[str, str], message: str
) -> None:
    make_addon("good")
    folder = make_addon("bad", **files)
    loaded = load([folder.parent])
    assert "good" in loaded.addons and "bad" not in loaded.addons
    with pytest.raises(AssertionError, match=message):
        raise AssertionError("\n".join(map(str, loaded.broken)))


@pytest.mark.usefixtures("short")
def test_what_takes_for_ever_costs_its_time_once(make_addon: MakeAddon, tmp_path: Path) -> None:
    log = tmp_path / "runs"
    folder = make_addon(params=f"from pathlib import Path\nPath({str(log)!r}).open('a').write('x')\nwhile True: pass")
    load([folder.parent])
    load([folder.parent])
    assert log.read_text() == "x"


@pytest.mark.usefixtures("narrow")
def test_what_takes_too_much_memory_is_stopped_and_gives_it_back(make_addon: MakeAddon) -> None:
    (problem,) = load_addon(make_addon(params="params = list(map(str, range(10**9)))")).problems
    assert problem.message == "the file takes more than 100 MB of memory to import"
    bytearray(200 << 20)


def test_what_is_printed_at_import_is_not_in_a_commands_output(make_addon: MakeAddon, capsys: pytest.CaptureFixture[str]) -> None:
    import_file(make_addon(tabs='print("hello")'), "tabs")
    assert capsys.readouterr() == ("", "hello\n")


NASTY = [
    ("x = ['a' * n for n in range(10**8)]", "took more than 100 MB of memory"),
    ("class Odd(BaseException): pass\nraise Odd('x')", "Odd: x"),
    ("def f(): return f()\nf()", "RecursionError"),
    ('next(iter(pbx.get_infos("phone")))["number"] = "1"', "does not support item assignment"),
    ('pbx.get_infos("phone")[0]["extra"]["x"] = 1', "does not support item assignment"),
    ('from django.db import connection\nconnection.set_schema("globex")\nraise ValueError("gone")', "gone"),
    ("from dialplan.models import Phone\nPhone.objects.all().delete()\nraise ValueError('gone')", "gone"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "message"), NASTY, ids=[message for _, message in NASTY])
@pytest.mark.usefixtures("narrow")
def test_a_nasty_commit_is_blamed_and_other_saves_go_on(make_addon: MakeAddon, acme: Tenant, body: str, message: str) -> None:
    with open_tenant("acme"):
        Phone.objects.create(number="101")
    with installed(commit(make_addon, 'pbx.get_infos("phone")\n' + body)) as name:
        with pytest.raises(CommitError, match=message):
            touch(name, own=name)
        assert connection.schema_name == "public"
        assert touch() == ["acme"]
        assert internal("101")[0] == ("Dial", "section:phone")
        with open_tenant("acme"):
            assert message in AddonState.objects.get(addon="door").error


@pytest.mark.django_db
def test_an_addon_that_leaves_the_tenants_schema_is_brought_back(make_addon: MakeAddon, acme: Tenant, globex: Tenant) -> None:
    body = 'from django.db import connection\nconnection.set_schema("globex")\npbx.add_to_dialplan("acme", "internal", "6", 1, ["Answer"])'
    with installed(commit(make_addon, body)) as name:
        touch(name, own=name)
        assert internal("6") == [("Answer", "addon:door")]
        with open_tenant("globex"):
            assert not AddonState.objects.filter(addon="door").exists()


COLUMNS = [
    ("lambda record: [0 for _ in iter(int, 1)]", "its column &#x27;Nasty&#x27; took longer than 0.2 seconds"),
    ("lambda record: 1 / 0", "ZeroDivisionError: division by zero"),
    ("lambda record: record.update(name='x')", "AttributeError: "),
    ("lambda record: exec('raise SystemExit(1)')", "SystemExit: 1"),
    ("lambda record: [str(n) * 100 for n in range(10**8)]", "its column &#x27;Nasty&#x27; took more than 100 MB of memory"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("function", "message"), COLUMNS, ids=[message for _, message in COLUMNS])
def test_a_nasty_column_is_marked_in_its_cells_and_on_the_addons_page(
    make_addon: MakeAddon, acme: Tenant, monkeypatch: pytest.MonkeyPatch, function: str, message: str
) -> None:
    if "0.2" in message:
        monkeypatch.setitem(limits.SECONDS, "tenant", 0.2)
    for module in (limits, running):
        monkeypatch.setattr(module, "ROOM", 100 << 20)
    with on_console(make_addon(params=NAMED, columns=LIST % function)):
        with open_tenant("acme"):
            Record.objects.bulk_create(Record(addon="door", key=name, data={"name": name}) for name in "abc")
        client = browser(HOST, staff(acme))
        page = client.get("/door/record/").content.decode()
        assert page.count(f'<span class="is-error">⚠ {message}') == 3
        assert message in client.get("/addons/").content.decode()
        retry("door", "acme")
        assert message not in client.get("/addons/").content.decode()


@pytest.mark.parametrize("name", ["json", "record", "asyncio", "test", "site"])
def test_an_addon_may_be_called_like_a_module(make_addon: MakeAddon, acme: Tenant, name: str) -> None:
    with on_console(make_addon(name, params=NAMED, columns='columns = {"list": [Column("name")]}')):
        assert browser(HOST, staff(acme)).get(f"/{name}/record/add/").status_code == 200
