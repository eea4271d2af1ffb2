"""How an addon's operations are stored: compact lists in JSON, in the order in which they were made."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from dialplan.build.layers import merge
from dialplan.build.model import AddLine, Entry, Layer, Line, Operation, PutEntry, RemoveEntries, RemoveLines


def dump(operations: Iterable[Operation]) -> list[list[Any]]:
    """The operations as JSON values; `load` is the inverse."""
    rows: list[list[Any]] = []
    for operation in operations:
        match operation:
            case AddLine(line, source):
                rows.append(["add", line.context, line.exten, line.priority, line.application, line.data, source])
            case RemoveLines(context, exten, priority, application, data):
                rows.append(["drop", context, exten, priority, application, data])
            case PutEntry(entry, source):
                rows.append(["put", entry.family, entry.key, entry.value, source])
            case RemoveEntries(family, key):
                rows.append(["del", family, key])
    return rows


def load(addon: str, rows: Iterable[list[Any]]) -> Layer:
    """The layer that stored operations make."""
    return Layer(f"addon:{addon}", tuple(_operation(*row) for row in rows))


def entries_of(operations: Iterable[Operation]) -> dict[tuple[str, str], str]:
    """The AstDB values that operations leave behind, by family and key."""
    layer = Layer("before", tuple(each for each in operations if isinstance(each, PutEntry | RemoveEntries)))
    return {(entry.family, entry.key): entry.value for entry in merge([layer]).live_entries}


def fingerprint(rows: list[list[Any]]) -> str:
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _operation(name: str, *values: Any) -> Operation:
    if name == "add":  # most are
        context, exten, priority, application, data, *source = values
        return AddLine(Line(context, exten, priority, application, data), *source)
    if name == "put":
        family, key, value, *source = values
        return PutEntry(Entry(family, key, value), *source)
    return RemoveLines(*values) if name == "drop" else RemoveEntries(*values)
