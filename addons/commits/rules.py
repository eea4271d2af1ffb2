"""Whether a cleaned record fits beside all other records, for forms, files and commands alike."""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, NamedTuple

from addons.commits.validating import own_faults
from addons.declarations.errors import Path
from addons.declarations.params import MultiList, Param
from addons.declarations.records import Exists, dialled_numbers, missing_references, with_defaults
from addons.discovery.loading import Addon
from addons.stored.lookup import exists
from dialplan.origins import title_of, writer_of
from dialplan.surroundings import TakenBy, taken_by


class Others(NamedTuple):
    """How to find another record of an addon: the key of the one that has a value of a unique param, or a number in a context."""

    holder: Callable[[str, Any], str | None]
    dialler: Callable[[str, str], str | None]


def faults(addon: Addon, data: Mapping[str, Any], others: Others, exists: Exists = exists, taken_by: TakenBy = taken_by) -> dict[Path, str]:
    """What is wrong with a cleaned record: names of records that do not exist, values and numbers that are taken, what validate.py says."""
    found = missing_references(addon.params, data, exists)
    for param in addon.params:
        value = data[param.name]
        if param.unique and value != param.empty and (key := others.holder(param.name, value)) is not None:
            found[(param.name,)] = f"{value!r} is in use already in {key or addon.info.name}; choose another one"
    seen: set[tuple[str, str]] = set()
    for path, context, number in dialled_numbers(addon.params, data):
        if user := _user(addon, context, number, seen, others, taken_by):
            found.setdefault(path, f"{number} is in use already in {context}, by {user}; choose another number")
        seen.add((context, number))
    return found or own_faults(addon, data)


def _user(addon: Addon, context: str, number: str, seen: Container[tuple[str, str]], others: Others, taken_by: TakenBy) -> str:
    """Who has the number: this very record, another one of the addon, or somebody else; "" for nobody."""
    if (context, number) in seen:
        return "this record itself"
    if (key := others.dialler(context, number)) is not None:
        return writer_of(addon.origin, key)
    return title_of(taken_by(context, number, addon.origin)) if addon.info.scope == "tenant" else ""


def dials_more(params: Iterable[Param]) -> bool:
    """Whether records have numbers beside their key, of which no two may be alike."""
    inner = [each for param in params for each in (param.params if isinstance(param, MultiList) else (param,))]
    return any(getattr(each, "context", "") and not each.key for each in inner)


def diallers(addon: Addon, records: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[tuple[str, str], list[str]]:
    """The keys of the records that have each number, by context and number."""
    found: dict[tuple[str, str], list[str]] = {}
    for key, data in records:
        for _, context, number in dialled_numbers(addon.params, with_defaults(addon.params, data)):
            found.setdefault((context, number), []).append(key)
    return found


class Holders:
    """Which of an addon's records have which values of the params that are unique, and which numbers."""

    def __init__(self, addon: Addon, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        records = list(records)
        names = [param.name for param in addon.params if param.unique]
        self._numbers = diallers(addon, records) if dials_more(addon.params) else {}
        self._keys: dict[tuple[str, Any], list[str]] = {}
        for key, data in records if names else ():
            for name in names:
                if isinstance(value := data.get(name), str | int):
                    self._keys.setdefault((name, value), []).append(key)

    def besides(self, key: str) -> Others:
        """Other records than this one."""
        return Others(
            lambda name, value: next((each for each in self._keys.get((name, value), ()) if each != key), None),
            lambda context, number: next((each for each in self._numbers.get((context, number), ()) if each != key), None),
        )
