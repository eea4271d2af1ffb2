"""Example records, made from an addon's params: to try a commit function before anybody has saved a record."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from addons.declarations.errors import ParamError
from addons.declarations.param import Param
from addons.declarations.params import Boolean, Choice, MultiChoice, MultiList, Reference

RECORDS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "phone": [{"number": "101", "name": "Alice"}, {"number": "102"}],
    "line_in": [{"number": "5145550100"}],
    "line_out": [{"name": "local"}],
    "trunk": [{"name": "carrier"}],
    "tenant": [{"tenant": "acme"}],
}
KEYS = {"phone": "101", "line_in": "5145550100", "line_out": "local", "trunk": "carrier", "tenant": "acme", "destination": "phone:101"}
VALUES: Sequence[Any] = (
    *("101", "*55", "5145550100", "1", "0000", "00000", "hello-world", "12:00", "2030-01-31", "08:00-18:00"),
    *("a@example.net", "192.0.2.1", "192.0.2.0/24", ["mon"], 1, True),
)


class NoExample(LookupError):
    """No example fits a param; `str()` names it."""


def example(params: Sequence[Param], keys: Mapping[str, str] = KEYS, *, full: bool = True) -> dict[str, Any]:
    """A record that the params accept: with every param, or with those alone that it needs. Raises NoExample.

    `keys` are the records that it may name, one of each kind.
    """
    wanted = [param for param in params if full or (param.required and param.default is None)]
    found = {param.name: _value(param, keys, full) for param in wanted}
    return {name: value for name, value in found.items() if value is not None}


def _value(param: Param, keys: Mapping[str, str], full: bool) -> Any:
    for value in _candidates(param, keys, full):
        try:
            if param.clean(value) not in ("", [], None):
                return value
        except ParamError:
            continue
    if param.required:
        raise NoExample(f"param '{param.name}'")
    return None


def _candidates(param: Param, keys: Mapping[str, str], full: bool) -> Iterator[Any]:
    placeholder = getattr(param, "placeholder", None)
    yield from (value for value in (param.default, placeholder) if value is not None)
    match param:
        case Boolean():
            yield True
        case Choice():
            yield from (choice[0] for choice in param.choices)
        case MultiChoice():
            yield [choice[0] for choice in param.choices]
        case MultiList():
            yield [example(param.params, keys, full=full)] * max(1, param.minimum)
        case Reference() if param.to in keys:
            yield [keys[param.to]] if param.many else keys[param.to]
        case _:
            yield from VALUES
