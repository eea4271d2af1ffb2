"""Whether a cleaned record fits beside all other records, for forms, files and commands alike."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from addons.loading import Addon
from addons.lookup import exists
from addons.records import Exists, Path, dialled_numbers, missing_references
from addons.validating import own_faults
from dialplan.origins import title_of
from dialplan.surroundings import TakenBy, taken_by

Holder = Callable[[str, Any], str | None]  # a param that is unique, and a value -> the key of another record that has it


def faults(addon: Addon, data: Mapping[str, Any], holder: Holder, exists: Exists = exists, taken_by: TakenBy = taken_by) -> dict[Path, str]:
    """What is wrong with a cleaned record: names of records that do not exist, values and numbers that are taken, what validate.py says."""
    found = missing_references(addon.params, data, exists)
    for param in addon.params:
        value = data[param.name]
        if param.unique and value != param.empty and (key := holder(param.name, value)) is not None:
            found[(param.name,)] = f"{value!r} is in use already in {key or addon.info.name}; choose another one"
    if addon.info.scope == "tenant":
        for path, context, number in dialled_numbers(addon.params, data):
            if origin := taken_by(context, number, addon.origin):
                found.setdefault(path, f"{number} is in use already in {context}, by {title_of(origin)}; choose another number")
    return found or own_faults(addon, data)


class Holders:
    """Which of an addon's records have which values of the params that are unique."""

    def __init__(self, addon: Addon, records: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        names = [param.name for param in addon.params if param.unique]
        self._keys: dict[tuple[str, Any], list[str]] = {}
        for key, data in records if names else ():
            for name in names:
                if isinstance(value := data.get(name), str | int):
                    self._keys.setdefault((name, value), []).append(key)

    def besides(self, key: str) -> Holder:
        """Another record than this one that has a value."""
        return lambda name, value: next((each for each in self._keys.get((name, value), ()) if each != key), None)
