"""From what a person, a file or a program gave to what is stored, by an addon's params; every fault is found and named by its path."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from addons.declarations.declare import kind
from addons.declarations.errors import ParamError, Path, RecordErrors
from addons.declarations.param import Param

Exists = Callable[[str, str], bool]

_KINDS = {
    "phone": "phone",
    "line_in": "incoming line",
    "line_out": "outgoing line",
    "trunk": "trunk",
    "tenant": "tenant",
    "destination": "destination",
    "sound": "sound",
}


class Used(NamedTuple):
    """Where a record names another record: the kind of that record, and its key."""

    path: Path
    to: str
    key: str


class DialledNumber(NamedTuple):
    """Where a record holds a number that people dial in a context of the tenant."""

    path: Path
    context: str
    number: str


def clean_record(params: Sequence[Param], raw: Mapping[str, Any], exists: Exists | None = None) -> dict[str, Any]:
    """The record to store. Raises RecordErrors.

    What is absent gets its default, and what its `show_if` hides is empty. `exists(to, key)` says whether a record that is referred to
    is there.
    """
    record: dict[str, Any] = {}
    errors: dict[Path, str] = {}
    if not isinstance(raw, Mapping):
        raise RecordErrors({(): f"must be a mapping of names to values, not {kind(raw)}"})
    for param in params:
        record[param.name] = param.initial
        if not is_shown(param, record):
            record[param.name] = param.empty
            continue
        if param.condition is not None and (param.condition.param,) in errors:
            continue  # nobody can tell whether it is wanted
        try:
            record[param.name] = _clean(param, raw)
        except RecordErrors as inner:
            record[param.name] = inner.cleaned
            errors |= {(param.name, *path): message for path, message in inner.errors.items()}
        except ParamError as error:
            errors[(param.name,)] = str(error)
    errors |= {(str(name),): _unknown(str(name), params) for name in raw if name not in record}
    if exists is not None:
        errors |= {path: message for path, message in missing_references(params, record, exists).items() if path not in errors}
    if errors:
        raise RecordErrors(errors, record)
    return record


def with_defaults(params: Sequence[Param], stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored record as readers get it: defaults where it holds nothing that fits, and nothing of params that are no longer declared."""
    record = {
        param.name: param.complete(stored[param.name]) if param.name in stored and param.fits(stored[param.name]) else param.initial
        for param in params
    }
    for param in params:
        if not is_shown(param, record):
            record[param.name] = param.empty
    return record


def as_read(params: Sequence[Param], record: Mapping[str, Any]) -> dict[str, Any]:
    """A complete record as commit functions get it."""
    return {param.name: param.as_read(record[param.name]) for param in params}


def is_shown(param: Param, record: Mapping[str, Any]) -> bool:
    """Whether a param is there in a record of which the params before it are clean; what `show_if` hides counts as empty."""
    return param.condition is None or param.condition.holds(record.get(param.condition.param))


def references(params: Sequence[Param], record: Mapping[str, Any]) -> Iterator[Used]:
    """All other records that a cleaned record names."""
    for param in params:
        for path, to, key in param.references(record[param.name]):
            yield Used((param.name, *path), to, key)


def missing_references(params: Sequence[Param], record: Mapping[str, Any], exists: Exists) -> dict[Path, str]:
    """What is wrong with a cleaned record's references: messages by path."""
    return {
        path: f"there is no {_KINDS[to]} {key!r}" if to in _KINDS else f"there is no record {key!r} of addon '{to}'"
        for path, to, key in references(params, record)
        if not exists(to, key)
    }


def dialled_numbers(params: Sequence[Param], record: Mapping[str, Any]) -> Iterator[DialledNumber]:
    """All numbers of a cleaned record that must be free in a context."""
    for param in params:
        for path, context, number in param.numbers(record[param.name]):
            yield DialledNumber((param.name, *path), context, number)


def _clean(param: Param, raw: Mapping[str, Any]) -> Any:
    if param.name in raw:
        return param.clean(raw[param.name])
    if param.required and param.default is None:
        raise ParamError("is required")
    return param.initial


def _unknown(name: str, params: Sequence[Param]) -> str:
    known = [param.name for param in params]
    near = get_close_matches(name, known, n=2)
    return f"is unknown; did you mean {' or '.join(near)}?" if near else f"is unknown; known are {', '.join(known) or 'none'}"
