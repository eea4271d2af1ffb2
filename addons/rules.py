"""Whether a cleaned record fits beside all other records, for forms, files and commands alike."""

from collections.abc import Callable, Mapping
from typing import Any

from addons.loading import Addon
from addons.lookup import exists
from addons.records import Exists, Path, dialled_numbers, missing_references
from dialplan.rules import taken_by

Taken = Callable[[str, str, str], str]  # context, number, an origin that does not count -> the origin that has the number, or ""


def faults(addon: Addon, data: Mapping[str, Any], exists: Exists = exists, taken: Taken = taken_by) -> dict[Path, str]:
    """What is wrong with a cleaned record: names of records that do not exist, numbers that are taken."""
    found = missing_references(addon.params, data, exists)
    if addon.info.scope == "tenant":
        for path, context, number in dialled_numbers(addon.params, data):
            if origin := taken(context, number, addon.origin):
                found.setdefault(path, f"{number} is in use already in {context}, by {origin}; choose another number")
    return found
