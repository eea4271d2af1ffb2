"""Whether a cleaned record fits beside all other records, for forms, files and commands alike."""

from collections.abc import Mapping
from typing import Any

from addons.loading import Addon
from addons.lookup import exists
from addons.records import Exists, Path, dialled_numbers, missing_references
from dialplan.surroundings import TakenBy, taken_by


def faults(addon: Addon, data: Mapping[str, Any], exists: Exists = exists, taken_by: TakenBy = taken_by) -> dict[Path, str]:
    """What is wrong with a cleaned record: names of records that do not exist, numbers that are taken."""
    found = missing_references(addon.params, data, exists)
    if addon.info.scope == "tenant":
        for path, context, number in dialled_numbers(addon.params, data):
            if origin := taken_by(context, number, addon.origin):
                found.setdefault(path, f"{number} is in use already in {context}, by {origin}; choose another number")
    return found
