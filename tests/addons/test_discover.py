"""Which folders are addons, before Django is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from addons.discover import addon_apps, addon_folders, find

INFO = 'from addons.api import Info\ninfo = Info(name="{name}", description="", version="1", scope="{scope}")\n'

LETTERS = "use 2 to 31 lower case letters, digits and underscores, a letter first"


def folder(parent: Path, name: str, scope: str = "tenant") -> Path:
    made = parent / name
    made.mkdir(parents=True)
    (made / "info.py").write_text(INFO.format(name=name, scope=scope))
    return made


def test_the_bundled_addons_and_those_of_each_folder_sorted_by_name(tmp_path: Path) -> None:
    folder(tmp_path / "one", "zebra")
    folder(tmp_path / "two", "alpha")
    assert [each.name for each in addon_folders([tmp_path / "one", tmp_path / "two"])] == [
        "alpha",
        "multipage",
        "paging",
        "skeleton",
        "zebra",
    ]


def test_apps_by_scope(tmp_path: Path) -> None:
    folder(tmp_path, "alpha", "server")
    folder(tmp_path, "zebra")
    assert addon_apps("tenant", [tmp_path]) == ["addons.apps.addon_paging", "addons.apps.addon_skeleton", "addons.apps.addon_zebra"]
    assert addon_apps("server", [tmp_path]) == ["addons.apps.addon_alpha", "addons.apps.addon_multipage"]
    with pytest.raises(ValueError, match="'tenant' or 'server', not 'site'"):
        addon_apps("site", [tmp_path])


def test_an_addon_whose_info_is_broken_is_no_app(tmp_path: Path) -> None:
    (folder(tmp_path, "broken") / "info.py").write_text("import nothing_that_exists")
    assert "addons.apps.addon_broken" not in addon_apps("tenant", [tmp_path])


def test_finding_them_needs_no_django() -> None:
    program = "import sys; from addons.discover import addon_apps; addon_apps('tenant', []); print('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False\n"


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
    assert [str(problem) for problem in found.problems] == [f"addon 'door': two folders have this name: {first} and {second}"]
    assert first in found.folders
    assert second not in found.folders


def test_a_folder_of_addons_that_is_missing_is_reported(tmp_path: Path) -> None:
    (problem,) = find([tmp_path / "gone"]).problems
    assert problem.message == f"ADDON_DIRS names {tmp_path / 'gone'}, which is not a folder"


def test_every_app_label_of_the_site_is_reserved() -> None:
    from django.apps import apps

    from addons.discover import RESERVED
    from addons.registry import registry

    assert {config.label for config in apps.get_app_configs()} - set(registry.order) <= RESERVED
