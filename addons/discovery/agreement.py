"""Whether an addon's files agree with each other; each function gives the faults of one file, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from addons import api
from addons.declarations.declare import Column, Tab, source
from addons.declarations.params import Boolean, Choice, MultiChoice, MultiList, Param, Secret, Text

RESERVED = frozenset({"id", "tenant", "extra"})  # what a record holds beside its params
DECIDING = (Boolean, Choice, MultiChoice)  # whose values show_if may name
LONGEST_KEY = 255
MOST_PARAMS = 500
KINDS = frozenset(each for each in vars(api).values() if isinstance(each, type) and issubclass(each, Param))


def tabs_faults(tabs: Sequence[Tab], params: Sequence[Param]) -> Iterator[str]:
    """Tabs of one name or label, and tabs that nothing is on."""
    yield from _doubles("tab", tabs)
    used = {param.tab or tabs[0].name for param in params} if tabs else set()
    yield from (f"tab '{tab.name}' holds no param of params.py" for tab in tabs if tab.name not in used)


def params_faults(params: Sequence[Param], tabs: Sequence[Tab], *, is_list: bool) -> Iterator[str]:
    """Params of one name or label, on unknown tabs, and keys where none or another is wanted."""
    if len(params) > MOST_PARAMS:
        yield f"params holds {len(params)} params; a form can have {MOST_PARAMS} at most"
        return
    yield from _params_faults(params, tabs, "tabs.py")
    keys = [param for param in params if param.key]
    if len(keys) > 1:
        yield f"params {_words(keys)} have key=True; one param is the key"
    if is_list and not keys:
        yield 'columns["list"] makes a list of records, so one param needs key=True and required=True: files name a record by it'
    if not is_list and keys:
        yield f"param '{keys[0].name}' has key=True, and without columns[\"list\"] there is one settings record, which needs no key"
    for key in keys:
        if not key.required:
            yield f"param '{key.name}' has key=True, so it needs required=True"
        if isinstance(key, Text) and key.maximum > LONGEST_KEY:
            yield f"param '{key.name}' has key=True, so its maximum can be {LONGEST_KEY} at most"


def columns_faults(columns: Mapping[str, Sequence[Column]], params: Sequence[Param]) -> Iterator[str]:
    """Lists that are not there, and columns that name no param or show a secret."""
    tables = {param.name: param.params for param in params if isinstance(param, MultiList)}
    for name, items in columns.items():
        shown = params if name == "list" else tables.get(name)
        where = f'columns["{name}"]'
        if shown is None:
            yield f"{where} is neither the list nor a MultiList of params.py{_near(name, ['list', *tables])}"
            continue
        if not items:
            yield f"{where} holds no column"
        by_name = {param.name: param for param in shown}
        for column in items:
            if column.value is not None:
                continue
            if column.name not in by_name:
                yield f"{where}: column '{column.name}' is not in params.py{_near(column.name, by_name)}"
            elif isinstance(by_name[column.name], Secret):
                yield f"{where}: column '{column.name}' would show a Secret to all who see the list"
        yield from (f"{where}: column '{double}' stands there twice" for double in _twice(column.name for column in items))


def extra_faults(tabs: Sequence[Tab], params: Sequence[Param]) -> Iterator[str]:
    """The same for what is added to a system section's form; it goes on a tab of the addon's own where it declares none."""
    if not params:
        yield "params is empty"
    yield from tabs_faults(tabs, params)
    yield from _params_faults(params, tabs, "its own tabs")
    yield from (f"param '{param.name}' has key=True, and the section's record has its own key" for param in params if param.key)


def _params_faults(params: Sequence[Param], tabs: Sequence[Tab], tabs_file: str) -> Iterator[str]:
    yield from _doubles("param", params)
    yield from _condition_faults(params)
    names = [tab.name for tab in tabs]
    for param in params:
        yield from (
            f"param '{each.name}' is of type {type(each).__name__}; a param is of one of the types of addons.api"
            for each in (param, *(param.params if isinstance(param, MultiList) else ()))
            if type(each) not in KINDS
        )
        if param.tab and param.tab not in names:
            yield f"tab '{param.tab}' is not in {tabs_file} ({', '.join(names) or 'there are none'}); param '{param.name}' is on it"
        if param.name in RESERVED or (param.name == "list" and isinstance(param, MultiList)):
            yield f"param '{param.name}' cannot have this name, which is the record's own"
        if isinstance(param, MultiList):
            yield from (f"MultiList '{param.name}': {fault}" for fault in _doubles("param", param.params))
            yield from (f"MultiList '{param.name}': {fault}" for fault in _condition_faults(param.params))


def _condition_faults(params: Sequence[Param]) -> Iterator[str]:
    """What show_if may name: a param that stands before, and values that it can have."""
    before: dict[str, Param] = {}
    for param in params:
        if param.condition is not None:
            yield from (f"param '{param.name}': show_if {fault}" for fault in _faults_of_condition(param, before, params))
        before[param.name] = param


def _faults_of_condition(param: Param, before: Mapping[str, Param], params: Sequence[Param]) -> Iterator[str]:
    name, values = param.condition or ("", ())
    other = before.get(name)
    if param.key:
        yield "cannot hide the key, by which files name the record"
    if other is None and any(each.name == name for each in params):
        yield f"names '{name}', which must stand before it"
    elif other is None:
        yield f"names '{name}', which is no param{_near(name, before)}"
    elif not isinstance(other, DECIDING):
        yield f"names '{name}', a {type(other).__name__}; only a Boolean, Choice, MultiChoice or Weekdays can decide"
    else:
        known: list[Any] = [True, False] if isinstance(other, Boolean) else [pair[0] for pair in other.choices]
        shown = ", ".join(map(str, known))
        yield from (f"names {value!r}, which '{name}' cannot be ({shown})" for value in values if not _is_one_of(value, known))


def _doubles(kind: str, items: Sequence[Tab | Param]) -> Iterator[str]:
    yield from (f"two {kind}s are called '{name}'" for name in _twice(item.name for item in items))
    yield from (f"two {kind}s have the label '{label}'" for label in _twice(source(item.label) for item in items))


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _near(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(str(name), names, n=1)
    return f"; did you mean '{near[0]}'?" if near else f" ({', '.join(names)})"


def _is_one_of(value: Any, known: Sequence[Any]) -> bool:
    return any(value == each and type(value) is type(each) for each in known)


def _words(params: Sequence[Param]) -> str:
    return " and ".join(f"'{param.name}'" for param in params)
