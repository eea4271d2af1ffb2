"""One addon from its folder: imports its files, checks what each holds, then checks them against each other."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from addons.declarations.declare import Column, Info, Tab
from addons.declarations.destinations import Target, target_faults
from addons.declarations.param import Param
from addons.declarations.records import with_defaults
from addons.discovery.agreement import columns_faults, extra_faults, params_faults, tabs_faults
from addons.discovery.discover import FILES, SECTIONS
from addons.discovery.importing import BrokenFile, import_file
from addons.discovery.problems import Problem

GENERAL = (Tab("general", "General"),)

Commit = Callable[[Any], object]
Validate = Callable[[Mapping[str, Any]], object]
Upgrade = Callable[[dict[str, Any], str], Any]
UpgradeExtra = Callable[[str, dict[str, Any], str], Any]


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
    upgrade: Upgrade | None = None
    validate: Validate | None = None
    destination: Target | None = None
    upgrade_extra: UpgradeExtra | None = None

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
    commit = reader.function("commit", "pbx")
    upgrade, upgrade_extra = reader.upgrades()
    validate = reader.function("validate", "record")
    extras = {section: reader.addition(section) for section in SECTIONS if (folder / f"{section}_extra.py").is_file()}
    target = reader.value("destination", "destination", Target)
    reader.misnamed_files()
    tabs = tabs or GENERAL if params else tabs
    if reader.read("tabs", "params"):
        reader.faults("tabs", tabs_faults(tabs, params))
    if reader.read("tabs", "params", "columns"):
        reader.faults("params", params_faults(params, tabs, is_list="list" in columns))
    if reader.read("params", "columns"):
        reader.faults("columns", columns_faults(columns, params))
    for section, extra in extras.items():
        if reader.read(f"{section}_extra"):
            reader.faults(f"{section}_extra", extra_faults(extra.tabs, extra.params))
    if target is not None and info is not None and reader.read("params", "columns", "phone_extra"):
        key = next((param for param in params if param.key), None)
        reader.faults("destination", target_faults(target, info.scope, key, extras["phone"].params if "phone" in extras else ()))
    if reader.problems or info is None:
        return Loaded(None, tuple(reader.problems))
    addon = Addon(
        *(folder.name, folder, info, tabs, MappingProxyType(columns), params, commit, MappingProxyType(extras)),
        *(upgrade, validate, target, upgrade_extra),
    )
    return Loaded(addon, ())


class _Reader:
    """Takes values out of an addon's files and collects every problem on the way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self._unread: set[str] = set()

    def read(self, *stems: str) -> bool:
        """Whether all these files held what they must, so that they can be checked against each other."""
        return self._unread.isdisjoint(stems)

    def problem(self, stem: str, message: str, hint: str = "", line: int | None = None) -> None:
        self._unread.add(stem)
        self.problems.append(Problem(self.folder.name, f"{stem}.py", line, message, hint))

    def faults(self, stem: str, messages: Iterable[str]) -> None:
        self.problems += [Problem(self.folder.name, f"{stem}.py", None, message) for message in messages]

    def value(self, stem: str, name: str, wanted: type | tuple[type, ...], *, needed: bool = False) -> Any:
        """The value of that name in a file; None when the file is absent or the value is not what it must be."""
        try:
            module = import_file(self.folder, stem)
        except BrokenFile as broken:
            self._unread.add(stem)
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

    def function(self, name: str, *arguments: str, stem: str = "") -> Any:
        """The function of that name in the file of that name, or in another one; None when there is no such file."""
        stem = stem or name
        if not (self.folder / f"{stem}.py").is_file():
            return None
        function = self.value(stem, name, object)
        if function is not None and (fault := _fault_of_function(name, function, arguments)):
            line = getattr(getattr(function, "__code__", None), "co_firstlineno", None)
            self.problem(stem, fault, f"Write `def {name}({', '.join(arguments)}):`.", line)
        return function

    def upgrades(self) -> tuple[Any, Any]:
        """What upgrade.py holds: a function for records, one for what is added to sections, or both."""
        try:
            module = import_file(self.folder, "upgrade")
        except BrokenFile:
            module = None  # which is said where the function is looked for
        has_extra = hasattr(module, "upgrade_extra")
        extra = self.function("upgrade_extra", "section", "values", "from_version", stem="upgrade") if has_extra else None
        return None if has_extra and not hasattr(module, "upgrade") else self.function("upgrade", "record", "from_version"), extra

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
            if (stem.endswith("_extra") and not stem.startswith("test_")) or near:
                known = ", ".join(f"{name}.py" for name in FILES)
                self.problem(
                    stem, "this is not a file of an addon" + (f"; did you mean {near[0]}.py?" if near else ""), f"There are {known}."
                )

    def _all_of(self, kind: type, stem: str, name: str, items: Iterable[Any]) -> tuple[Any, ...]:
        for index, item in enumerate(items):
            if not isinstance(item, kind):
                self.problem(stem, f"{name}[{index}] must be of type {kind.__name__}, not {type(item).__name__}")
        return tuple(item for item in items if isinstance(item, kind))


def _fault_of_function(name: str, function: object, arguments: Sequence[str]) -> str | None:
    if not callable(function):
        return f"'{name}' must be a function, not of type {type(function).__name__}"
    if inspect.isgeneratorfunction(function) and name == "validate":
        return _fault_of_arguments(name, function, arguments)  # it may yield its messages
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        return f"'{name}' must be an ordinary function, without async or yield"
    return _fault_of_arguments(name, function, arguments)


def _fault_of_arguments(name: str, function: Callable[..., object], arguments: Sequence[str]) -> str | None:
    try:
        inspect.signature(function).bind(*arguments)
    except (TypeError, ValueError):
        count = {1: "one argument", 2: "two arguments"}.get(len(arguments), f"{len(arguments)} arguments")
        return f"'{name}' must take {count}, {' and '.join(arguments) if len(arguments) < 3 else ', '.join(arguments)}"
    return None
