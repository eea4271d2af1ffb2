"""What is given for some params of a record, laid over what is stored: the rest stays, secrets that are not named included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from addons.declarations.param import Param, is_int
from addons.declarations.params import Boolean, Integer, MultiList, Secret


def lay_over(params: Sequence[Param], stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The raw record to clean. Whole numbers become text where a param wants text, as files write numbers with and without quotes."""
    known = {param.name: param for param in params}
    raw = {name: value for name, value in stored.items() if name in known}
    for name, value in given.items():
        param = known.get(name)
        if isinstance(param, MultiList) and isinstance(value, list | tuple):
            raw[name] = _rows(param, stored.get(name) or (), value)
        else:
            raw[name] = value if param is None else _plain(param, value)
    return raw


def _rows(table: MultiList, stored: Sequence[Mapping[str, Any]], given: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows get the secrets that they leave out from the stored row that begins with the same value, else from none."""
    first = table.params[0].name
    secrets = [param.name for param in table.params if isinstance(param, Secret)]

    def begins(row: Mapping[str, Any]) -> str:
        return "" if first in secrets else repr(row.get(first))

    before: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in stored if secrets else ():
        before[begins(row)].append(row)
    rows = []
    for each in given:
        row = lay_over(table.params, {}, each if isinstance(each, Mapping) else {first: each})
        if secrets:
            same = before[begins(row)]
            old = same.pop(0) if same else {}
            row = {**{name: old[name] for name in secrets if name in old}, **row}
        rows.append(row)
    return rows


def _plain(param: Param, value: Any) -> Any:
    if isinstance(param, Integer | Boolean):
        return value
    if isinstance(value, list | tuple):
        return [_plain(param, each) for each in value]
    return str(value) if is_int(value) else value
