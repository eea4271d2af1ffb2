"""manage.py addon."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from addons.importing import BUNDLED
from addons.loading import load_addon
from addons.models import AddonState
from addons.registry import Registry, load
from addons.testing import committed
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


def test_list() -> None:
    assert [line.split()[:3] for line in run("list").splitlines()] == [
        ["paging", "1.0", "tenant"],
        ["multipage", "1.0", "server"],
        ["skeleton", "1.0", "tenant"],
    ]


def test_list_names_what_is_broken(broken: None) -> None:
    lines = run("list").splitlines()
    assert len(lines) == 4
    assert lines[3] == "broken: addon 'broken', params.py, line 1: ModuleNotFoundError: No module named 'nowhere_to_be_found'"


def test_check() -> None:
    assert run("check") == "All 3 addons are fine.\n"
    assert run("check", "paging") == "Addon 'paging' is fine.\n"
    with pytest.raises(CommandError, match="There is no addon 'pagin'; did you mean 'paging'"):
        run("check", "pagin")


def test_check_fails_for_what_is_broken(broken: None) -> None:
    assert run("check", "paging") == "Addon 'paging' is fine.\n"
    for args in (("check",), ("check", "broken")):
        out = StringIO()
        with pytest.raises(CommandError, match=r"^1 problem\.$"):
            call_command("addon", *args, stderr=out)
        assert "No module named 'nowhere_to_be_found'\n    Install 'nowhere_to_be_found' where" in out.getvalue()


def test_new_writes_an_addon_that_works(tmp_path: Path) -> None:
    assert f"Wrote {tmp_path / 'door_phone'}." in run("new", "door_phone", "--dir", str(tmp_path))
    addon, problems = load_addon(tmp_path / "door_phone")
    assert problems == ()
    assert addon is not None
    assert addon.info.name == "Door phone"
    assert "addon new" not in (addon.folder / "info.py").read_text()
    assert not (addon.folder / "__pycache__" / "skeleton").exists()
    assert load([tmp_path]).broken == ()
    phone = {"number": "101", "extra": {"door_phone": {"floor": "3"}}}
    pbx = committed(addon, {"acme": [{"number": "*55", "messages": ["hello-world"]}]}, phone=[phone])
    assert pbx.database() == {"acme/door_phone-floor/101": "3"}
    assert "Playback(hello-world)" in pbx.text("acme")


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
    ],
)
def test_new_refuses_a_name_that_cannot_be(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(CommandError) as caught:
        run("new", name, "--dir", str(tmp_path))
    assert str(caught.value) == f"Nothing was written: {message}."
    assert list(tmp_path.iterdir()) == []


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "door").mkdir()
    with pytest.raises(CommandError, match="there is an addon 'door' already"):
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
