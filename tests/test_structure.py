"""Imports point one way, so that a part can be read without those above it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
PACKAGES = ("tenants", "dialplan", "addons", "scopserv_site")
ADDONS = ("declarations", "discovery", "stored", "commits", "pages")


def modules(folder: str) -> list[Path]:
    left_out = ("migrations", "modules")  # history, and what authors write against addons.api
    return [path for path in (HOME / folder).rglob("*.py") if not any(part in left_out for part in path.relative_to(HOME).parts)]


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_knows_none_above_it(package: str) -> None:
    above = PACKAGES[PACKAGES.index(package) + 1 :]
    found = [(str(path), name) for path in modules(package) for name in imported(path) if name.split(".")[0] in above]
    assert found == []


@pytest.mark.parametrize("package", ADDONS)
def test_a_part_of_the_addons_knows_none_above_it(package: str) -> None:
    above = tuple(f"addons.{name}" for name in (*ADDONS[ADDONS.index(package) + 1 :], "authoring", "testing"))
    found = [(str(path), name) for path in modules(f"addons/{package}") for name in imported(path) if name.startswith(above)]
    assert found == []


def test_the_build_knows_no_django() -> None:
    found = [(str(path), name) for path in modules("dialplan/build") for name in imported(path) if name.split(".")[0] == "django"]
    assert found == []


def test_what_settings_read_loads_no_part_that_needs_them() -> None:
    found = [
        (str(path), name)
        for folder in ("addons/declarations", "addons/discovery")
        for path in modules(folder)
        for name in imported(path)
        if name.split(".")[0] == "django" and path.name not in ("registry.py", "checks.py") and not name.startswith("django.utils")
    ]
    assert found == []
