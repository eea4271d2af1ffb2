"""Which folders are addons, before Django is there."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from addons.discovery.discover import _entry_points, addon_apps, addon_folders, find
from addons.discovery.importing import BUNDLED

INFO = 'from addons.api import Info\ninfo = Info(name="{name}", description="", version="1", scope="{scope}")\n'

LETTERS = "use 2 to 31 lower case letters, digits and underscores, a letter first"


def folder(parent: Path, name: str, scope: str = "tenant") -> Path:
    made = parent / name
    made.mkdir(parents=True)
    (made / "info.py").write_text(INFO.format(name=name, scope=scope))
    return made


BUNDLED_NAMES = {path.parent.name for path in BUNDLED.glob("*/info.py")}


def test_the_bundled_addons_and_those_of_each_folder_sorted_by_name(tmp_path: Path) -> None:
    folder(tmp_path / "one", "zebra")
    folder(tmp_path / "two", "alpha")
    found = [each.name for each in addon_folders([tmp_path / "one", tmp_path / "two"])]
    assert found == sorted({"alpha", "zebra"} | BUNDLED_NAMES)


def test_apps_by_scope(tmp_path: Path) -> None:
    folder(tmp_path, "alpha", "server")
    folder(tmp_path, "zebra")
    tenant, server = (set(addon_apps(scope, [tmp_path])) - set(addon_apps(scope, [])) for scope in ("tenant", "server"))
    assert (tenant, server) == ({"addons.apps.addon_zebra"}, {"addons.apps.addon_alpha"})
    assert "addons.apps.addon_paging" in addon_apps("tenant", [])
    assert "addons.apps.addon_multipage" in addon_apps("server", [])
    with pytest.raises(ValueError, match="'tenant' or 'server', not 'site'"):
        addon_apps("site", [tmp_path])


def test_an_addon_whose_info_is_broken_is_no_app(tmp_path: Path) -> None:
    (folder(tmp_path, "broken") / "info.py").write_text("import nothing_that_exists")
    assert "addons.apps.addon_broken" not in addon_apps("tenant", [tmp_path])


def test_finding_them_needs_no_settings() -> None:
    program = "from addons.discovery.discover import addon_apps; addon_apps('tenant', [])\n"
    program += "from django.conf import settings; print(settings.configured)"
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "False\n"


def test_what_is_no_addon_is_ignored(tmp_path: Path) -> None:
    for name in ("__pycache__", ".git", "notes"):
        (tmp_path / name).mkdir()
    (tmp_path / "notes" / "helper.py").touch()
    (tmp_path / "info.py").touch()
    assert find([tmp_path]) == find([])


@pytest.mark.parametrize(
    ("name", "file", "message"),
    [
        ("door", "params.py", "addon 'door', info.py: the file is missing from {folder}"),
        ("Door", "info.py", "addon 'Door': 'Door' cannot be an addon's name; " + LETTERS),
        ("d", "info.py", "addon 'd': 'd' cannot be an addon's name; " + LETTERS),
        ("class", "info.py", "addon 'class': 'class' cannot be an addon's name; " + LETTERS),
        ("phone", "info.py", "addon 'phone': the name 'phone' is the system's own"),
        ("admin", "info.py", "addon 'admin': the name 'admin' is the system's own"),
    ],
)
def test_a_folder_that_cannot_be_an_addon_is_reported(tmp_path: Path, name: str, file: str, message: str) -> None:
    made = folder(tmp_path, name)
    (made / "info.py").rename(made / file)
    assert [str(problem) for problem in find([tmp_path]).problems] == [message.format(folder=made)]
    assert addon_folders([tmp_path]) == addon_folders([])


def test_two_folders_of_one_name_are_both_named_and_the_first_is_used(tmp_path: Path) -> None:
    first, second = folder(tmp_path / "one", "door"), folder(tmp_path / "two", "door")
    found = find([tmp_path / "one", tmp_path / "two", tmp_path / "one"])
    assert [str(problem) for problem in found.problems] == [f"addon 'door': two addons have this name: {first} and {second}"]
    assert first in found.folders
    assert second not in found.folders


def test_a_folder_of_addons_that_is_missing_is_reported(tmp_path: Path) -> None:
    (problem,) = find([tmp_path / "gone"]).problems
    assert problem.message == f"ADDON_DIRS names {tmp_path / 'gone'}, which is not a folder"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """install("mycorp", door="mycorp_phones:door") puts a package with entry points and the folder of each addon on the path."""
    site = tmp_path / "site-packages"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    _entry_points.cache_clear()

    def make(project: str, **values: str) -> Path:
        info = site / f"{project}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text("[scopserv.addons]\n" + "".join(f"{name} = {value}\n" for name, value in values.items()))
        return site

    yield make
    _entry_points.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0].endswith("_phones")]:
        del sys.modules[name]


def test_a_package_brings_addons(install: Callable[..., Path], tmp_path: Path) -> None:
    site = install("mycorp", bell="mycorp_phones.bell", door="mycorp_phones:door", deep="mycorp_phones:more.deep")
    folders = [
        folder(site / "mycorp_phones", "bell"),
        folder(site / "mycorp_phones", "door"),
        folder(site / "mycorp_phones" / "more", "deep"),
    ]
    for each in (site / "mycorp_phones", folders[0]):
        (each / "__init__.py").touch()
    found = find([])
    assert found.problems == ()
    assert set(folders) <= set(found.folders)
    assert "addons.apps.addon_door" in addon_apps("tenant", [])


def test_two_addons_of_one_name_are_reported_with_both_owners(install: Callable[..., Path], tmp_path: Path) -> None:
    site = install("mycorp", door="mycorp_phones:door", paging="mycorp_phones:paging")
    install("other", door="other_phones:door")
    first, mine, theirs = folder(tmp_path / "own", "door"), folder(site / "mycorp_phones", "door"), folder(site / "other_phones", "door")
    paging = folder(site / "mycorp_phones", "paging")
    assert [str(problem) for problem in find([tmp_path / "own"]).problems] == [
        f"addon 'door': two addons have this name: {first} and {mine} of package mycorp 1.2",
        f"addon 'door': two addons have this name: {first} and {theirs} of package other 1.2",
        f"addon 'paging': two addons have this name: {BUNDLED / 'paging'} and {paging} of package mycorp 1.2",
    ]


VALUES = {
    "a1": "gone_phones:a1",
    "a2": "broken_phones.sub:a2",
    "a3": "module_phones",
    "a4": "mycorp_phones:a4",
    "a5": "mycorp_phones:door",
}


def test_entry_points_that_lead_nowhere_are_reported(install: Callable[..., Path]) -> None:
    site = install("mycorp", **VALUES)
    (site / "module_phones.py").touch()
    (site / "broken_phones").mkdir()
    (site / "broken_phones" / "__init__.py").write_text("1 / 0")
    door = folder(site / "mycorp_phones", "door")
    where = "package mycorp 1.2, entry point"
    assert [str(problem) for problem in find([]).problems] == [
        f"addon 'a1': {where} a1 = 'gone_phones:a1': gone_phones is not a package",
        f"addon 'a2': {where} a2 = 'broken_phones.sub:a2': broken_phones.sub cannot be imported: ZeroDivisionError: division by zero",
        f"addon 'a3': {where} a3 = 'module_phones': module_phones is not a package",
        f"addon 'a4': {where} a4 = 'mycorp_phones:a4': {site / 'mycorp_phones' / 'a4'} is not a folder",
        f"addon 'a5': {where} a5 = 'mycorp_phones:door' leads to the folder {door}",
    ]


def test_every_app_label_of_the_site_is_reserved() -> None:
    from django.apps import apps

    from addons.discovery.discover import RESERVED
    from addons.discovery.registry import registry

    assert {config.label for config in apps.get_app_configs()} - set(registry.order) <= RESERVED


def test_every_page_of_the_consoles_is_reserved() -> None:
    from addons.declarations.declare import ADDON_NAME
    from addons.discovery.discover import RESERVED
    from addons.discovery.registry import registry
    from scopserv_site import urls_operator, urls_tenant
    from scopserv_site.sites import operator_console, tenant_console

    patterns = [*operator_console.urls[0], *tenant_console.urls[0], *urls_operator.urlpatterns, *urls_tenant.urlpatterns]
    first = {str(each.pattern).lstrip("^").split("/")[0] for each in patterns}
    assert {name for name in first if ADDON_NAME.fullmatch(name)} - set(registry.order) <= RESERVED
