"""One value in one cell: as people read and type it, and so that no spreadsheet runs it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scopserv_site.records.json_schema import Schema
from scopserv_site.records.resource import Resource

RISKY = ("=", "+", "-", "@", "\t", "\r")  # what begins a formula, or hides one
MARK = "'"
YES, NO = ("yes", "true", "1", "x"), ("no", "false", "0")

Path = tuple[str, ...]


class BadCell(ValueError):
    """A cell that cannot mean a value of its column."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading is the path of a value in a record, such as extra.door.floor."""

    path: Path
    schema: Schema

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def is_secret(self) -> bool:
        return bool(self.schema.get("writeOnly"))

    def of(self, record: Mapping[str, Any]) -> Any:
        """The value in a record."""
        value: Any = record
        for part in self.path:
            value = value.get(part) if isinstance(value, Mapping) else None
        return value


def columns_of(resource: Resource) -> list[Column]:
    """All columns, first those that name a record."""
    found = list(_columns((), resource.schema()))
    return sorted(found, key=lambda column: column.path[0] not in resource.names)


def to_cell(value: Any) -> str | int:
    """A value as a cell holds it: lists of plain words with commas, tables of rows as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES[0] if value else NO[0]
    if isinstance(value, int):
        return value
    if isinstance(value, list):
        words = [_only(each) for each in value]
        plain = all(word is not None and word == word.strip() and word and "," not in word and word[0] not in "[{" for word in words)
        value = ", ".join(str(word) for word in words) if plain else json.dumps(value, ensure_ascii=False)
    return MARK + value if value.startswith((*RISKY, MARK)) else value


def from_cell(cell: str, schema: Schema) -> Any:
    """What a cell says. Raises BadCell; what it says may still be wrong."""
    text = cell[1:] if cell.startswith(MARK) and cell[1:].startswith((*RISKY, MARK)) else cell
    kinds = [schema, *schema.get("anyOf", ())]
    if any(kind.get("type") == "boolean" for kind in kinds):
        return True if text.strip().lower() in YES else False if text.strip().lower() in NO else text
    several = next((kind for kind in kinds if kind.get("type") == "array"), None)
    if several is None or any(kind.get("const") == text.strip() for kind in kinds):
        return text
    return _list(text.strip())


def _list(text: str) -> Any:
    if not text.startswith("["):
        return [word.strip() for word in text.split(",")] if text else []
    try:
        return json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        raise BadCell("is not JSON; write words with commas, or rows as they are exported") from None


def _only(value: Any) -> str | None:
    """A word, or the one word of a row that has no more."""
    if isinstance(value, Mapping) and len(value) == 1:
        value = next(iter(value.values()))
    return value if isinstance(value, str) else None


def _columns(path: Path, schema: Schema) -> Iterator[Column]:
    for name, kind in schema["properties"].items():
        if "properties" in kind:
            yield from _columns((*path, name), kind)
        else:
            yield Column((*path, name), kind)
