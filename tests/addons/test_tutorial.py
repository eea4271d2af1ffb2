"""docs/addons.md: its tutorial is done as it stands there, and its reference names everything with its exact signature."""

import dataclasses
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import call_command

from addons import api, testing
from addons.authoring.checking import API
from addons.commits.kinds import FIELDS
from addons.commits.pbx import MOST
from addons.commits.refreshing import new_problems, recommit
from addons.declarations.param import Param
from addons.discovery import registry
from addons.discovery.discover import FILES
from addons.discovery.importing import package_name
from addons.discovery.limits import SECONDS
from addons.discovery.registry import load
from addons.models import Record, StateBase
from dialplan.build.text import dialplan_text
from dialplan.state import desired
from tenants.models import Tenant
from tenants.schema import open_tenant

PAGE = (site.BASE_DIR / "docs" / "addons.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
HEADINGS = re.findall(r"^####? `(.+)`$", PAGE, re.MULTILINE)


class Tutorial:
    """Does what each kind of block says."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, monkeypatch

    def python(self, text: str) -> None:
        (self.folder / place(text)).write_text(text.split("\n", 1)[1])
        self.load()

    def diff(self, text: str) -> None:
        for part in re.split(r"^(?=# )", text, flags=re.MULTILINE)[1:]:
            path = self.folder / place(part)
            path.write_text(patched(path.read_text(), part.splitlines()[1:]))
        self.load()

    def yaml(self, text: str) -> None:
        (self.folder / place(text)).write_text(text)

    def console(self, text: str) -> None:
        for command, answer in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
            assert self.run(command.replace("/srv/addons", str(self.folder))) == answer.replace("/srv/addons", str(self.folder)), command

    def dialplan(self, text: str) -> None:
        assert dialplan_text(line for line in desired("acme").lines if line.exten == "*61") == text

    def astdb(self, text: str) -> None:
        assert "".join(f"{entry.family}/{entry.key}: {entry.value}\n" for entry in sorted(desired("acme").entries)) == text

    def run(self, command: str) -> str:
        program, *words = command.split()
        out = StringIO()
        if program == "manage.py":
            here = [str(self.folder / word) if word.endswith(".yaml") else word for word in words]
            call_command(*here, stdout=out)
            self.load()
            return out.getvalue()
        done = subprocess.run([sys.executable, *words, "-p", "no:cacheprovider"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        return re.sub(r".*\n(\d+ passed) in .*\n", r"\1\n", done.stdout, flags=re.DOTALL)

    def load(self) -> None:
        """What a watching console does after each change."""
        for name in [name for name in sys.modules if name.startswith(package_name(self.folder / "door"))]:
            del sys.modules[name]
        self.patch.setattr(registry.registry, "_loaded", load([self.folder]))
        if not new_problems(["door"], ()):
            recommit(["door"])


def place(text: str) -> str:
    """The file that a block's first line names."""
    return text.split("\n", 1)[0].removeprefix("# ")


def patched(text: str, changes: list[str]) -> str:
    """The text with lines that are taken out (-) and put in (+); other lines say where."""
    lines, at = text.splitlines(), 0
    for change in changes:
        kind, line = change[:1], change[1:]
        if kind == "+":
            lines.insert(at, line)
            at += 1
        else:
            at = lines.index(line, at)
            if kind == "-":
                del lines[at]
            else:
                at += 1
    return "\n".join(lines) + "\n"


@pytest.mark.django_db
def test_the_tutorial_works(tmp_path: Path, acme: Tenant, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ADDON_DIRS = [tmp_path]
    monkeypatch.setattr(registry.registry, "_loaded", registry.registry._all)
    tutorial = Tutorial(tmp_path, monkeypatch)
    for kind, text in BLOCKS:
        getattr(tutorial, kind)(text)
    with open_tenant("acme"):
        assert Record.objects.get(addon="door").data["open_for"] == 7


def shown(value: Any) -> str:
    if isinstance(value, str):
        return f'r"{value}"' if "\\" in value else f'"{value}"'
    return repr(value)


def signature(name: str, member: Callable[..., Any], *, method: bool = False) -> str:
    """A heading of the reference: without types, as the text below tells them."""
    parts, keywords = [], False
    parameters = list(inspect.signature(member).parameters.values())[method:]
    for index, each in enumerate(parameters):
        if each.kind is each.KEYWORD_ONLY and not keywords:
            parts.append("*")
            keywords = True
        stars = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
        parts.append(f"{stars}{each.name}" + ("" if each.default is each.empty else f"={shown(each.default)}"))
        if each.kind is each.POSITIONAL_ONLY and parameters[index + 1].kind is not each.POSITIONAL_ONLY:
            parts.append("/")
    return f"{name}({', '.join(parts)})"


COMMON = {field.name for field in dataclasses.fields(Param)}
FIXED = {"Destination": {"to", "many", "everything"}, "Weekdays": {"choices"}}  # what an author cannot choose


def param_signature(name: str, kind: type[Param]) -> str:
    own = [field for field in dataclasses.fields(kind) if field.name not in COMMON | FIXED.get(name, set())]
    return f"{name}({', '.join(['name', 'label', '*', *(f'{field.name}={shown(field.default)}' for field in own), '...'])})"


def expected() -> Iterator[str]:
    yield signature("Param", Param)
    for name in api.__all__:
        kind = getattr(api, name)
        if issubclass(kind, Param):
            yield param_signature(name, kind)
        else:
            yield signature(name, kind) if dataclasses.is_dataclass(kind) else name
    for name, member in API.items():
        if name == name.lower():
            yield signature(f"pbx.{name}", member, method=True) if inspect.isfunction(member) else f"pbx.{name}"
    yield from (signature(name, getattr(testing, name)) for name in ("committed", "upgraded", "upgraded_extra"))
    yield from (signature(f"Written.{name}", getattr(testing.Written, name), method=True) for name in ("text", "whole_text", "database"))


@pytest.mark.parametrize("heading", list(expected()))
def test_the_reference_has_everything_with_its_exact_signature(heading: str) -> None:
    assert heading in HEADINGS


def test_the_reference_names_nothing_that_there_is_not() -> None:
    others = {"Written.tenants", "def validate(record)", "def upgrade(record, from_version)", "destination.py"}
    others |= {"def upgrade_extra(section, values, from_version)"}
    extras = "phone_extra.py`, `line_in_extra.py`, `line_out_extra.py"
    assert set(HEADINGS) == {*expected(), *others, extras}


def test_files_fields_and_limits() -> None:
    assert all(f"`{name}.py`" in PAGE for name in FILES)
    for kind, fields in FIELDS.items():
        assert f"| `{kind}` | {', '.join(f'`{field}`' for field in ('tenant', *fields, 'extra'))} |" in PAGE
    assert f'more than {SECONDS["tenant"]:g} seconds (scope `"server"`: {SECONDS["server"]:g}), 1 GB of memory, or {MOST:,} lines' in PAGE
    assert f"| {StateBase.FUSE} failures in a row |" in PAGE


def test_each_call_is_named_with_its_original_spelling() -> None:
    for name, member in API.items():
        if name != name.lower():
            snake = re.sub(r"(?=[A-Z])", "_", name).lower()
            assert API[snake] is member
            assert re.search(rf"#### `pbx\.{snake}\(.*\)`\n\nAlso `{name}`\.", PAGE)
