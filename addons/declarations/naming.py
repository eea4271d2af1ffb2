"""Records that name other records, when those get another name or are no more."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from addons.declarations.links import MultiList, Reference
from addons.declarations.param import Param

Rename = Callable[[str], str | None]  # a key -> what it is now, None for nothing


def renamed(params: Sequence[Param], record: Mapping[str, Any], to: str, rename: Rename) -> dict[str, Any] | None:
    """The record with what it names of a kind renamed; None when it is about one that is no more, so that it cannot be, either.

    A row of a table that cannot be is left out. Rows may be given as bare values.
    """
    found = dict(record)
    for param in params:
        if param.name not in record:
            continue
        value = record[param.name]
        if isinstance(param, MultiList):
            first = param.params[0].name
            rows = [renamed(param.params, row if isinstance(row, Mapping) else {first: row}, to, rename) for row in value]
            found[param.name] = [row for row in rows if row is not None]
        elif isinstance(param, Reference) and param.to == to and isinstance(value, list):
            found[param.name] = [name for name in map(rename, value) if name is not None]
        elif isinstance(param, Reference) and param.to == to and value and not param.many:
            name = rename(value)
            if name is None and param.required:
                return None
            found[param.name] = param.empty if name is None else name
    return found
