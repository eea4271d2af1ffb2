"""What a table would do to the records, and doing it: all of its rows, or none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scopserv_site.records.resource import Key, Resource
from scopserv_site.records.writing import BadRecords, put
from scopserv_site.sitefile.faults import show_path, unknown
from scopserv_site.tables.cells import BadCell, Column, columns_of, from_cell
from scopserv_site.tables.reading import BadTable, Line

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
_SIGNS = {"+": NEW, "~": CHANGED}


@dataclass(slots=True)
class Row:
    """A row of the table: what it is, what is wrong with it, and what it gives."""

    number: int
    cells: list[str]
    key: Key = ()
    state: str = UNCHANGED
    detail: str = ""
    faults: dict[str, str] = field(default_factory=dict)  # by column, "" for the whole row
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Preview:
    """All rows, and how many there are of each state."""

    columns: list[Column]
    rows: list[Row]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in (NEW, CHANGED, UNCHANGED, WRONG)}

    @property
    def is_good(self) -> bool:
        return not any(row.faults for row in self.rows)


def import_rows(resource: Resource, lines: Sequence[Line], *, actor: str, note: str, dry_run: bool) -> Preview:
    """Saves the rows if there is nothing wrong with any, or only looks. Raises BadTable, and Refused when an addon fails."""
    columns = _columns(resource, lines[0])
    stored = _stored(resource)
    preview = Preview(columns, [_row(resource, columns, line, stored) for line in lines[1:]])
    _find_doubles(preview)
    if not preview.is_good:
        _put(resource, preview, actor, note, dry_run=True)
        return preview
    _put(resource, preview, actor, note, dry_run=dry_run)
    return preview


def _columns(resource: Resource, headings: Line) -> list[Column]:
    known = {column.name: column for column in columns_of(resource)}
    found: list[Column] = []
    for cell in headings.cells:
        name = cell.strip()
        if name not in known:
            raise BadTable(f"The column {name[:60]!r} {unknown(name, known)}.")
        if known[name] in found:
            raise BadTable(f"The column {name!r} is there twice.")
        found.append(known[name])
    if missing := [name for name in resource.names if known[name] not in found]:
        raise BadTable(f"The first row must name the columns, and it has no {' and no '.join(missing)}.")
    return found


def _stored(resource: Resource) -> frozenset[Key]:
    order = resource.order()
    return frozenset(tuple(map(str, key)) for key in resource.rows().values_list(*(order[name] for name in resource.names)))


def _row(resource: Resource, columns: Sequence[Column], line: Line, stored: frozenset[Key]) -> Row:
    row = Row(line.number, line.cells[: len(columns)] + [""] * (len(columns) - len(line.cells)))
    if len(line.cells) > len(columns):
        row.faults[""] = "has more cells than the first row has columns"
    by_name = dict(zip((column.name for column in columns), row.cells, strict=True))
    raw = tuple(str(from_cell(by_name[name].strip(), {})) for name in resource.names)
    for name, text in zip(resource.names, raw, strict=True):
        if not text:
            row.faults[name] = "is required"
    try:
        row.key = resource.normal(raw) if all(raw) else raw
    except ValueError as error:
        row.key, row.faults[resource.names[-1]] = raw, str(error)
    for column, cell in zip(columns, row.cells, strict=True):
        if column.path[0] in resource.names or (not cell and not _empties(column, row.key in stored)):
            continue
        try:
            _set(row.values, column.path, from_cell(cell, column.schema))
        except BadCell as error:
            row.faults[column.name] = str(error)
    row.values |= dict(zip(resource.names, row.key, strict=True))
    return row


def _empties(column: Column, is_stored: bool) -> bool:
    """Whether an empty cell takes a stored value away; a tick, a secret and what cannot be empty stay, and new records get defaults."""
    kind = column.schema.get("type", "string")
    return is_stored and not column.is_secret and kind != "boolean" and kind != "integer" and "enum" not in column.schema


def _set(values: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
    values[path[-1]] = value


def _find_doubles(preview: Preview) -> None:
    seen: dict[Key, int] = {}
    for row in preview.rows:
        if all(row.key) and seen.setdefault(row.key, row.number) != row.number:
            row.faults[""] = f"is the same record as row {seen[row.key]}"


def _put(resource: Resource, preview: Preview, actor: str, note: str, *, dry_run: bool) -> None:
    """Tells each row its state; rows that are wrong are left out when the others are looked at."""
    for _ in range(2):
        good = {row.key: row for row in preview.rows if not row.faults}
        try:
            plan = (
                put(resource, {key: row.values for key, row in good.items()}, actor=actor, note=note, dry_run=dry_run).plan
                if good
                else None
            )
        except BadRecords as error:
            dry_run = True
            _blame(preview, good, error)
            continue
        states = {step.path: step for step in plan.steps} if plan else {}
        for key, row in good.items():
            if step := states.get(resource.where(key)):
                row.state, row.detail = _SIGNS.get(step.sign, CHANGED), step.detail
        break
    for row in preview.rows:
        if row.faults:
            row.state = WRONG


def _blame(preview: Preview, good: Mapping[Key, Row], error: BadRecords) -> None:
    names = [column.name for column in preview.columns]
    for fault in error.faults:
        row = good.get(fault.key) if fault.key is not None else None
        if row is None:
            raise BadTable(fault.message) from error
        column = next(
            (".".join(map(str, fault.path[:length])) for length in (3, 2, 1) if ".".join(map(str, fault.path[:length])) in names), ""
        )
        rest = fault.path[column.count(".") + 1 :] if column else fault.path
        row.faults.setdefault(column, f"{show_path(rest)}: {fault.message}" if rest else fault.message)
