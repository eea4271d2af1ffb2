"""Stored values as people read them: in lists, in tables, and in forms that may only be read."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.html import format_html, format_html_join

from addons.declarations.declare import Column, Words
from addons.declarations.links import MultiList
from addons.declarations.moments import DAYS
from addons.declarations.param import Param
from addons.declarations.params import Boolean, Choice, Integer, MultiChoice, Secret, Weekdays
from addons.pages.computing import Computing

MASK = "••••••"
MOST = 8  # rows of a table that a list shows


class TableColumn(NamedTuple):
    """A column of a table: that of a param, or one that a function of the row fills."""

    label: Words
    param: Param | None
    computing: Computing | None = None


def table_columns(table: MultiList, columns: Sequence[Column]) -> list[TableColumn]:
    """What a table shows: its columns as declared, then the params that none of them names."""
    params = {param.name: param for param in table.params}
    named = [
        TableColumn(column.label or params[column.name].label, params[column.name])
        if column.value is None
        else TableColumn(column.label, None, Computing(column))
        for column in columns
    ]
    shown = {each.param.name for each in named if each.param is not None}
    return named + [TableColumn(param.label, param) for param in table.params if param.name not in shown]


def choices_of(param: Any) -> list[tuple[str, Words]]:
    """The values that can be chosen, and their labels."""
    return list(zip(dict(DAYS), WEEKDAYS.values(), strict=True)) if isinstance(param, Weekdays) else list(param.choices)


def show_value(param: Param, value: Any) -> Any:
    """A stored value as people read it in a list; a secret only as being there."""
    match param:
        case Boolean() | Integer():
            return value
        case Secret():
            return "set" if value else "not set"
        case Weekdays():
            return show_days(value)
        case Choice() | MultiChoice():
            labels = dict(choices_of(param))
            return ", ".join(str(labels.get(each, each)) for each in ([value] if isinstance(value, str) else value) if each)
        case MultiList():
            first = param.params[0]
            shown = ", ".join(str(show_value(first, row.get(first.name, first.initial))) for row in value[:MOST])
            return f"{shown} and {len(value) - MOST} more" if len(value) > MOST else shown
        case _:
            return ", ".join(map(str, value)) if isinstance(value, list) else value


def show_table(param: MultiList, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column] = ()) -> str:
    """A table that may only be read."""
    if not rows:
        return ""
    shown = table_columns(param, columns)
    heads = format_html_join("", "<th>{}</th>", ((each.label,) for each in shown))
    body = format_html_join(
        "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((_cell(each, row),) for each in shown)),) for row in rows)
    )
    return format_html('<table class="param-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', heads, body)


def masked(params: Sequence[Param], record: Mapping[str, Any]) -> dict[str, Any]:
    """A stored record as columns get it: complete, with dots for each secret that is set."""
    return {param.name: _masked(param, record[param.name]) if param.name in record else param.initial for param in params}


def show_days(days: Sequence[str]) -> str:
    """Days as people write them, neighbours joined: Mon-Fri, Sun."""
    names, short = [name for name, _ in DAYS], [str(label) for label in WEEKDAYS_ABBR.values()]
    runs: list[list[int]] = []
    for index in sorted(names.index(day) for day in days if day in names):
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return ", ".join(short[run[0]] if len(run) == 1 else f"{short[run[0]]}-{short[run[-1]]}" for run in runs)


def _cell(shown: TableColumn, row: Mapping[str, Any]) -> Any:
    if shown.param is None:
        assert shown.computing is not None
        return shown.computing(row)
    value = show_value(shown.param, row.get(shown.param.name, shown.param.initial))
    if isinstance(shown.param, Boolean):
        return format_html('<span class="material-symbols-outlined">{}</span>', "check" if value else "remove")
    return "" if value is None else value


def _masked(param: Param, value: Any) -> Any:
    if isinstance(param, Secret):
        return MASK if value else ""
    if isinstance(param, MultiList):
        return [masked(param.params, row) for row in value]
    return value
