"""All addons of this site, loaded once, in the order in which they build on each other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from itertools import chain
from pathlib import Path

from addons.declarations.declare import Info, source
from addons.declarations.destinations import Destination
from addons.declarations.params import MultiList, Param, Reference
from addons.discovery.discover import find, info_of
from addons.discovery.loading import Addon, load_addon
from addons.discovery.mistakes import more_exact
from addons.discovery.problems import Problem

TARGETS = ("phone", "line_in", "line_out", "trunk", "tenant")


class UnknownAddon(LookupError):
    """No addon has this name."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading all the folders gave: the addons that work, every problem, and the order of all, broken ones too."""

    addons: Mapping[str, Addon]
    broken: tuple[Problem, ...]
    order: tuple[str, ...]


def load(dirs: Iterable[str | Path]) -> Loaded:
    """Loads every addon; one that is broken, or builds on one that is, is left out and reported."""
    found = find(dirs)
    loaded = [load_addon(folder) for folder in found.folders]
    addons, problems = agree([each.addon for each in loaded if each.addon is not None])
    folders = {folder.name: folder for folder in found.folders}
    infos = {name: info_of(folder) for name, folder in folders.items()}
    order = in_order({name: info.requires if info else () for name, info in infos.items()})
    own = [more_exact(folder, each.problems) for folder, each in zip(found.folders, loaded, strict=True)]
    broken = [*found.problems, *chain(*own), *(more for each in problems for more in more_exact(folders[each.addon], [each]))]
    return Loaded(addons, tuple(broken), order)


def agree(addons: Iterable[Addon]) -> tuple[dict[str, Addon], list[Problem]]:
    """The addons whose requirements are met, each after those that it requires and else by name, and what the others lack."""
    by_name = {addon.name: addon for addon in addons}
    problems: list[Problem] = []
    while bad := {name: faults for name, addon in by_name.items() if (faults := [*_faults(addon, by_name)])}:
        for name, faults in bad.items():
            problems += faults
            del by_name[name]
    order = in_order({name: addon.info.requires for name, addon in by_name.items()})
    return {name: by_name[name] for name in order}, problems


def in_order(requires: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names, each after those that it requires and else by name; a circle is broken at its first name."""
    waiting = {name: {other for other in others if other in requires} for name, others in sorted(requires.items())}
    ordered: list[str] = []
    while waiting:
        name = next((name for name, others in waiting.items() if others <= set(ordered)), next(iter(waiting)))
        ordered.append(name)
        del waiting[name]
    return tuple(ordered)


class Registry:
    """The addons by name; loaded when first asked, and the same from then on."""

    def __init__(self, loader: Callable[[], Loaded]) -> None:
        self._loader = loader
        self._loaded: Loaded | None = None

    @property
    def addons(self) -> tuple[Addon, ...]:
        """All addons that work, in the order in which their commit functions run."""
        return tuple(self._all.addons.values())

    @property
    def order(self) -> tuple[str, ...]:
        """The names of all addons in that order, those that are broken now included."""
        return self._all.order

    @property
    def broken(self) -> tuple[Problem, ...]:
        """All that is wrong with the others."""
        return self._all.broken

    def get(self, name: str) -> Addon:
        """The addon with this name. Raises UnknownAddon."""
        try:
            return self._all.addons[name]
        except KeyError:
            pass
        near = get_close_matches(name, self._all.addons, n=1)
        faults = "; ".join(str(problem) for problem in self.broken if problem.addon == name)
        raise UnknownAddon(faults or f"There is no addon '{name}'" + (f"; did you mean '{near[0]}'?" if near else "."))

    def __contains__(self, name: object) -> bool:
        return name in self._all.addons

    @contextmanager
    def temporarily(self, addon: Addon) -> Iterator[Addon]:
        """For tests: has this addon in the registry during the block, in place of any other of its name."""
        before = self._all
        addons, problems = agree([*(each for each in self.addons if each.name != addon.name), addon])
        if problems:
            raise ValueError("\n".join(map(str, problems)))
        requires: dict[str, tuple[str, ...]] = dict.fromkeys(before.order, ())
        requires.update((name, each.info.requires) for name, each in addons.items())
        self._loaded = Loaded(addons, before.broken, in_order(requires))
        try:
            yield addon
        finally:
            self._loaded = before

    @property
    def _all(self) -> Loaded:
        if self._loaded is None:
            self._loaded = self._loader()
        return self._loaded


def _site() -> Loaded:
    from django.conf import settings  # here, so that this module can be read before Django is set up

    return load(settings.ADDON_DIRS)


registry = Registry(_site)


def _faults(addon: Addon, others: Mapping[str, Addon]) -> Iterator[Problem]:
    problem = partial(Problem, addon.name)
    if addon.name in _required(addon, others):
        yield problem("info.py", None, "requires an addon that in the end requires this one, too", "Take one of them out of requires.")
    for name in addon.info.requires:
        if name not in others:
            hint = "Mend or install that addon, or take it out of requires."
            yield problem("info.py", None, f"requires addon '{name}', which is not there or is broken", hint)
    for section in addon.extras if addon.info.scope == "server" else ():
        hint = "Remove the file, or make the addon's scope 'tenant'."
        yield problem(f"{section}_extra.py", None, "adds to a form of the tenants', and the addon's scope is 'server'", hint)
    for other in others.values():
        if other.name < addon.name and _title(other.info) == _title(addon.info):
            yield problem("info.py", None, f"the name '{source(addon.info.name)}' is that of addon '{other.name}', too", "Choose another.")
    for file, param in _all_params(addon):
        if isinstance(param, Destination):
            if addon.info.scope == "server":
                message = f"param '{param.name}' is a Destination, a place of one tenant, and the addon's scope is 'server'"
                yield problem(file, None, message, "Take it out, or make the addon's scope 'tenant'.")
        elif isinstance(param, Reference) and (why := _out_of_reach(addon, param, others)):
            yield problem(
                file, None, f"param '{param.name}' refers to '{param.to}', {why}", "Refer to something else, or change the scope."
            )
        elif isinstance(param, Reference) and param.to not in (*TARGETS, addon.name, *addon.info.requires):
            known = ", ".join((*TARGETS, addon.name, *addon.info.requires))
            message = f"param '{param.name}' refers to '{param.to}', which is none of {known}"
            yield problem(file, None, message, f"If '{param.to}' is an addon, name it in requires of info.py.")


def _out_of_reach(addon: Addon, param: Reference, others: Mapping[str, Addon]) -> str:
    """Why an addon of this scope cannot, or may not, name such records; "" where it can."""
    theirs = others[param.to].info.scope if param.to in others else "server" if param.to in ("trunk", "tenant") else "tenant"
    if addon.info.scope == "server" and param.to in (*TARGETS, *others) and theirs == "tenant":
        return "which each tenant has for itself, and the addon's scope is 'server'"
    if addon.info.scope == "tenant" and param.to == "tenant":
        return "whom the staff of one tenant must not see, and the addon's scope is 'tenant'"
    return ""


def _all_params(addon: Addon) -> Iterator[tuple[str, Param]]:
    declared = [("params.py", addon.params), *((f"{section}_extra.py", extra.params) for section, extra in addon.extras.items())]
    for file, params in declared:
        for param in params:
            yield file, param
            if isinstance(param, MultiList):
                yield from ((file, inner) for inner in param.params)


def _title(info: Info) -> str:
    return source(info.name).casefold()


def _required(addon: Addon, others: Mapping[str, Addon]) -> set[str]:
    """All that an addon builds on, near and far."""
    names: set[str] = set()
    new = set(addon.info.requires)
    while new:
        names |= new
        new = {far for name in new if name in others for far in others[name].info.requires} - names
    return names
