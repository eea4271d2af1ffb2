"""One addon from its folder: imports its files, checks what each holds, then checks them against each other."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from addons.agreement import columns_faults, extra_faults, params_faults, tabs_faults
from addons.declare import Column, Info, Tab
from addons.discover import FILES, SECTIONS
from addons.importing import BrokenFile, import_file
from addons.param import Param
from addons.problems import Problem
from addons.records import with_defaults

GENERAL = (Tab("general", "General"),)

Commit = Callable[[Any], object]


class Extra(NamedTuple):
    """What an addon adds to the form of a system section."""

    tabs: tuple[Tab, ...]
    params: tuple[Param, ...]


@dataclass(frozen=True, slots=True)
class Addon:
    """A whole addon, as its folder declares it."""

    name: str
    folder: Path
    info: Info
    tabs: tuple[Tab, ...] = GENERAL
    columns: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    params: tuple[Param, ...] = ()
    commit: Commit | None = None
    extras: Mapping[str, Extra] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Who wrote a line, when this addon did."""
        return f"addon:{self.name}"

    @property
    def is_list(self) -> bool:
        """Whether the addon has many records, rather than one settings record."""
        return "list" in self.columns

    @property
    def key(self) -> Param | None:
        """The param by which a record is known; None for one settings record."""
        return next((param for param in self.params if param.key), None)

    def empty_record(self) -> dict[str, Any]:
        """What a record holds of which nothing is stored: the defaults."""
        return with_defaults(self.params, {})


class Loaded(NamedTuple):
    """An addon, or all that keeps it from being one."""

    addon: Addon | None
    problems: tuple[Problem, ...]


def load_addon(folder: Path) -> Loaded:
    """The addon in a folder. Never raises for what the addon's files do."""
    reader = _Reader(folder)
    info = reader.value("info", "info", Info, needed=True)
    tabs = reader.values("tabs", "tabs", Tab)
    columns = reader.columns()
    params = reader.values("params", "params", Param)
    commit = reader.commit()
    extras = {section: reader.addition(section) for section in SECTIONS if (folder / f"{section}_extra.py").is_file()}
    reader.misnamed_files()
    if not reader.problems:
        tabs = tabs or GENERAL if params else tabs
        reader.faults("tabs", tabs_faults(tabs, params))
        reader.faults("params", params_faults(params, tabs, is_list="list" in columns))
        reader.faults("columns", columns_faults(columns, params))
        for section, extra in extras.items():
            reader.faults(f"{section}_extra", extra_faults(extra.tabs, extra.params))
    if reader.problems or info is None:
        return Loaded(None, tuple(reader.problems))
    return Loaded(Addon(folder.name, folder, info, tabs, MappingProxyType(columns), params, commit, MappingProxyType(extras)), ())


class _Reader:
    """Takes values out of an addon's files and collects every problem on the way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def problem(self, stem: str, message: str, hint: str = "", line: int | None = None) -> None:
        self.problems.append(Problem(self.folder.name, f"{stem}.py", line, message, hint))

    def faults(self, stem: str, messages: Iterable[str]) -> None:
        for message in messages:
            self.problem(stem, message)

    def value(self, stem: str, name: str, wanted: type | tuple[type, ...], *, needed: bool = False) -> Any:
        """The value of that name in a file; None when the file is absent or the value is not what it must be."""
        try:
            module = import_file(self.folder, stem)
        except BrokenFile as broken:
            self.problems.append(broken.problem)
            return None
        if module is None:
            if needed:
                self.problem(stem, "the file is missing", "Write it, or begin with `manage.py addon new NAME`.")
            return None
        if not hasattr(module, name):
            own = [each for each in vars(module) if not each.startswith("_")]
            near = get_close_matches(name, own, n=1)
            self.problem(stem, f"nothing is called '{name}'" + (f"; did you mean '{name}' where it says '{near[0]}'?" if near else ""))
            return None
        value = getattr(module, name)
        if not isinstance(value, wanted):
            words = " or ".join(each.__name__ for each in (wanted if isinstance(wanted, tuple) else (wanted,)))
            self.problem(stem, f"'{name}' must be of type {words}, not {type(value).__name__}")
            return None
        return value

    def values(self, stem: str, name: str, kind: type) -> tuple[Any, ...]:
        """The list of that name, all of one kind."""
        return self._all_of(kind, stem, name, self.value(stem, name, (list, tuple)) or ())

    def columns(self) -> dict[str, tuple[Column, ...]]:
        columns: dict[str, tuple[Column, ...]] = {}
        for name, items in (self.value("columns", "columns", dict) or {}).items():
            if isinstance(items, (list, tuple)):
                columns[name] = self._all_of(Column, "columns", f'columns["{name}"]', items)
            else:
                self.problem("columns", f'columns["{name}"] must be a list of Column, not of type {type(items).__name__}')
        return columns

    def commit(self) -> Commit | None:
        if not (self.folder / "commit.py").is_file():
            return None
        commit = self.value("commit", "commit", object)
        if commit is not None and (fault := _fault_of_commit(commit)):
            self.problem("commit", fault, "Write `def commit(pbx):`.", getattr(getattr(commit, "__code__", None), "co_firstlineno", None))
        return commit

    def addition(self, section: str) -> Extra:
        stem = f"{section}_extra"
        params = self.values(stem, "params", Param)
        try:
            has_tabs = hasattr(import_file(self.folder, stem), "tabs")
        except BrokenFile:
            return Extra((), ())
        return Extra(self.values(stem, "tabs", Tab) if has_tabs else (), params)

    def misnamed_files(self) -> None:
        """A file that looks like one of an addon's and would be silently ignored."""
        stems = {path.stem for path in self.folder.glob("*.py")}
        for stem in sorted(stems - set(FILES)):
            near = [name for name in get_close_matches(stem, FILES, n=1, cutoff=0.85) if name not in stems]
            if stem.endswith("_extra") or near:
                known = ", ".join(f"{name}.py" for name in FILES)
                self.problem(
                    stem, "this is not a file of an addon" + (f"; did you mean {near[0]}.py?" if near else ""), f"There are {known}."
                )

    def _all_of(self, kind: type, stem: str, name: str, items: Iterable[Any]) -> tuple[Any, ...]:
        for index, item in enumerate(items):
            if not isinstance(item, kind):
                self.problem(stem, f"{name}[{index}] must be of type {kind.__name__}, not {type(item).__name__}")
        return tuple(item for item in items if isinstance(item, kind))


def _fault_of_commit(commit: object) -> str | None:
    if not callable(commit):
        return f"'commit' must be a function, not of type {type(commit).__name__}"
    if inspect.iscoroutinefunction(commit) or inspect.isgeneratorfunction(commit) or inspect.isasyncgenfunction(commit):
        return "'commit' must be an ordinary function, without async or yield"
    try:
        inspect.signature(commit).bind(None)
    except (TypeError, ValueError):
        return "'commit' must take one argument, pbx"
    return None
