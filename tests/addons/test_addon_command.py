"""manage.py addon."""

import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from addons.authoring.checking import misused, tried
from addons.commits.switch import switch
from addons.discovery.importing import BUNDLED
from addons.discovery.limits import SECONDS
from addons.discovery.registry import Registry, load, registry
from addons.models import AddonState, Record
from dialplan.changes import changing
from tenants.lifecycle import create_tenant
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon


def run(*args: str) -> str:
    out = StringIO()
    call_command("addon", *args, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def broken(make_addon: MakeAddon, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_addon("broken", params="import nowhere_to_be_found")
    monkeypatch.setattr("addons.management.commands.addon.registry", Registry(lambda: load([folder.parent])))


@pytest.mark.django_db
def test_list(acme: Tenant, globex: Tenant) -> None:
    with open_tenant("acme"), changing() as change:
        Record.objects.create(addon="paging", key="*70", data={"number": "*70"})
        change.touch("paging")
    for addon, slugs in [("paging", ["globex"]), ("skeleton", None), ("multipage", None)]:
        switch(addon, enabled=False, slugs=slugs)
    with open_tenant("acme"):
        AddonState.objects.filter(addon="skeleton").update(enabled=True, error="Addon 'skeleton' failed in commit.py, line 7: no")
    lines = run("list").splitlines()
    assert lines[0].split() == ["NAME", "VERSION", "SCOPE", "STATE", "LAST", "RUN", "LAST", "CHANGE", "RECORDS", "TITLE"]
    rows = {line.split()[0]: line for line in lines[1:]}
    assert f" on at 1 of 2 tenants  {timezone.localtime():%Y-%m-%d} " in rows["paging"]
    assert rows["paging"].endswith("1        Paging groups")
    assert "failing at 1 tenant" in rows["skeleton"]
    assert rows["multipage"].split()[3] == "off"
    assert lines[-1] == "failing at acme: Addon 'skeleton' failed in commit.py, line 7: no"
    assert list(rows)[:-1] == list(registry.order)


@pytest.mark.django_db
def test_listing_takes_as_many_queries_for_many_tenants_as_for_one(acme: Tenant, django_assert_num_queries: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        run("list")
    create_tenant("initech", name="Initech")
    with django_assert_num_queries(len(queries)):
        run("list")


@pytest.mark.django_db
def test_list_names_what_is_broken(broken: None) -> None:
    lines = run("list").splitlines()
    assert ["broken", "broken"] in [line.split() for line in lines]
    assert lines[-1] == "broken: addon 'broken', params.py, line 1: ModuleNotFoundError: No module named 'nowhere_to_be_found'"


def test_check() -> None:
    assert run("check") == f"All {len(registry.addons)} addons are fine.\n"
    assert run("check", "--run") == f"All {len(registry.addons)} addons are fine.\n"
    assert run("check", "paging") == "Addon 'paging' is fine.\n"
    with pytest.raises(CommandError, match="There is no addon 'pagin'; did you mean 'paging'"):
        run("check", "pagin")


COMMIT = """
import random

def commit(pbx):
    for phone in pbx.get_infos("phone"):
        write(pbx, phone)
    pbx.data = 1
    pbx.add_to_dialpan("acme", "internal", "1", 1, ["NoOp"])
    pbx.add_to_dialplan("acme", "internal", "1", 1)
    pbx.remove_from_dialplan(*["acme", "internal"])

def write(pbx, phone):
    pbx.addToDatabase("floor", phone["number"], str(random.random()), mode=3)
"""


DOOR = "addon 'door', commit.py, line"


def test_check_finds_every_mistake_at_once(make_addon: MakeAddon, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_addon(commit=COMMIT)
    make_addon("bell", tabs='tabs = [Tab("A", "A"), Tab("B", "B")]', params='params = [Text("a", "A", tab="ring")]')
    monkeypatch.setattr("addons.management.commands.addon.registry", Registry(lambda: load([folder.parent])))
    out = StringIO()
    with pytest.raises(CommandError, match=r"^6 problems\.$"):
        call_command("addon", "check", stderr=out)
    assert [line.split(" name ")[0] for line in out.getvalue().splitlines() if not line.startswith(" ")] == [
        "addon 'bell', tabs.py, line 2: DeclarationError: Tab:",
        "addon 'bell', tabs.py, line 2: DeclarationError: Tab:",
        f"{DOOR} 7: pbx.data is read-only",
        f"{DOOR} 8: there is no pbx.add_to_dialpan; did you mean pbx.add_to_dialplan?",
        f"{DOOR} 9: pbx.add_to_dialplan: missing a required argument: 'cmd'; it is add_to_dialplan(tenant, context, exten, prio, cmd)",
        f"{DOOR} 13: pbx.addToDatabase: got an unexpected keyword argument 'mode'; it is addToDatabase(family, key, value)",
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('pbx.get_infos("phone")[0]', "commit.py, line 3: IndexError: tuple index out of range\n    It ran without any record."),
        (
            'for r in pbx.get_config():\n        r["name"].lower()[5]',
            "commit.py, line 4: IndexError: string index out of range\n    It ran with the record {'name': '101'}.",
        ),
        (
            'pbx.add_to_database("x", "y", (pbx.get_written("x", "y") or "") + "x")',
            "commit.py: commit writes something else when it runs again\n",
        ),
        (
            'import os; pbx.add_to_database("x", "y", os.urandom(4).hex())',
            "commit.py: commit writes something else when it runs again\n    Leave out what changes by itself",
        ),
        ("while True: pass", "commit.py, line 3: commit does not end"),
    ],
)
def test_check_tries_the_commit_function(make_addon: MakeAddon, monkeypatch: pytest.MonkeyPatch, body: str, message: str) -> None:
    params = 'params = [Text("name", "Name", key=True, required=True)]'
    folder = make_addon(params=params, columns='columns = {"list": [Column("name")]}', commit=f"def commit(pbx):\n    {body}")
    monkeypatch.setattr("addons.management.commands.addon.registry", Registry(lambda: load([folder.parent])))
    monkeypatch.setitem(SECONDS, "tenant", 0.2)
    assert run("check", "door") == "Addon 'door' is fine.\n"
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 problem\.$"):
        call_command("addon", "check", "door", "--run", stderr=out)
    assert f"addon 'door', {message}" in out.getvalue()


def test_check_says_when_it_cannot_try(make_addon: MakeAddon, monkeypatch: pytest.MonkeyPatch) -> None:
    params = 'params = [Text("name", "Name", key=True, required=True, pattern="[xy]{7}")]'
    folder = make_addon(params=params, columns='columns = {"list": [Column("name")]}', commit="def commit(pbx): pass")
    monkeypatch.setattr("addons.management.commands.addon.registry", Registry(lambda: load([folder.parent])))
    assert "Addon 'door' was not run: no example record can be made (param 'name')." in run("check", "door", "--run")


def test_check_fails_for_what_is_broken(broken: None) -> None:
    assert run("check", "paging") == "Addon 'paging' is fine.\n"
    for args in (("check",), ("check", "broken")):
        out = StringIO()
        with pytest.raises(CommandError, match=r"^1 problem\.$"):
            call_command("addon", *args, stderr=out)
        assert "No module named 'nowhere_to_be_found'\n    Install 'nowhere_to_be_found' where" in out.getvalue()


@pytest.mark.parametrize("scope", ["tenant", "server"])
def test_new_writes_an_addon_that_works(tmp_path: Path, scope: str) -> None:
    said = run("new", "door_phone", "--dir", str(tmp_path), "--scope", scope)
    folder = tmp_path / "door_phone"
    assert said.startswith(f"Wrote {folder}. Next:\n  1. .venv/bin/python -m pytest {folder}\n")
    assert f"ADDON_DIRS={tmp_path} .venv/bin/python manage.py addon check door_phone --run" in said
    assert sorted(path.name for path in folder.iterdir()) == ["columns.py", "commit.py", "info.py", "params.py", "test_door_phone.py"]
    found = load([tmp_path])
    assert found.broken == ()
    addon = found.addons["door_phone"]
    assert (addon.info.name, addon.info.scope) == ("Door phone", scope)
    assert misused(addon) == tried(addon) == []
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(folder))
    done = subprocess.run([sys.executable, "-m", "pytest", *options], capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(settings.BASE_DIR / "pyproject.toml"), "--no-cache", str(folder)]
    for command in (["check", "--ignore", "S101"], ["format", "--check"]):
        assert subprocess.run([*ruff, *command, *config], capture_output=True, check=False).returncode == 0


def test_new_goes_into_the_first_of_the_sites_folders(tmp_path: Path, settings: Any) -> None:
    settings.ADDON_DIRS = [tmp_path / "first", tmp_path / "second"]
    run("new", "door")
    assert (tmp_path / "first" / "door" / "info.py").is_file()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../door", "'../door' cannot be an addon's name; use 2 to 31 lower case letters, digits and underscores, a letter first"),
        ("phone", "the name 'phone' is the system's own"),
        ("paging", f"there is an addon 'paging' already, in {BUNDLED / 'paging'}"),
        (
            "paging_groups",
            f"addon 'paging' in {BUNDLED / 'paging'} has the title 'Paging groups'; choose a name that reads differently",
        ),
    ],
)
def test_new_refuses_a_name_that_cannot_be(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        run("new", name, "--dir", str(tmp_path))
    assert str(caught.value) == f"Nothing was written: {message}."
    assert list(tmp_path.iterdir()) == []


def test_new_refuses_the_name_of_an_addon_in_another_folder(tmp_path: Path, settings: Any) -> None:
    settings.ADDON_DIRS = [tmp_path / "first", tmp_path / "second"]
    run("new", "door", "--dir", str(tmp_path / "second"))
    with pytest.raises(CommandError, match=f"there is an addon 'door' already, in {tmp_path / 'second' / 'door'}"):
        run("new", "door")


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "door").mkdir()
    with pytest.raises(CommandError, match="door exists already"):
        run("new", "door", "--dir", str(tmp_path))
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot be written"):
        run("new", "door", "--dir", str(tmp_path / "file" / "below"))


@pytest.mark.django_db
def test_switching_one_tenant_off_and_on() -> None:
    assert run("disable", "paging", "--tenant", "acme").startswith("Addon 'paging' is off; ")
    enabled = {}
    for slug in ("acme", "globex"):
        with open_tenant(slug):
            enabled[slug] = list(AddonState.objects.filter(addon="paging").values_list("enabled", flat=True))
    assert enabled["acme"] == [False]
    assert False not in enabled["globex"]
    assert run("enable", "paging").startswith("Addon 'paging' is on; ")


@pytest.mark.django_db
def test_switching_what_is_not_there() -> None:
    with pytest.raises(CommandError, match="There is no addon 'pagin'"):
        run("disable", "pagin")
    with pytest.raises(CommandError, match="There is no tenant 'gone'"):
        run("disable", "paging", "--tenant", "gone")
    with pytest.raises(CommandError, match="serves all tenants at once"):
        run("disable", "multipage", "--tenant", "acme")
