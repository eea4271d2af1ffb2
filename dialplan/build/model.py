"""The values that every other module of the build passes around."""

from __future__ import annotations

from dataclasses import dataclass

HINT = 0
"""How the priority of a hint is stored; Asterisk itself counts from 1."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One priority of an extension; a hint has priority HINT, no application, and its device in data."""

    context: str
    exten: str
    priority: int
    application: str
    data: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One AstDB key and its value."""

    family: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class AddLine:
    """Add a line, in place of any other with the same context, exten and priority; `source` is the key of the record that it comes from."""

    line: Line
    source: str = ""


@dataclass(frozen=True, slots=True)
class RemoveLines:
    """Take away the lines of a context, narrowed by whatever else is given."""

    context: str
    exten: str | None = None
    priority: int | None = None
    application: str | None = None
    data: str | None = None


@dataclass(frozen=True, slots=True)
class PutEntry:
    """Add or update an AstDB key; `source` is the key of the record that it comes from."""

    entry: Entry
    source: str = ""


@dataclass(frozen=True, slots=True)
class RemoveEntries:
    """Take away a family and all below it, or one key and the keys below it."""

    family: str
    key: str | None = None


Operation = AddLine | RemoveLines | PutEntry | RemoveEntries


@dataclass(frozen=True, slots=True)
class Layer:
    """What one origin asks for, in the order in which it asked: "section:phone", "staff", "addon:paging"."""

    origin: str
    operations: tuple[Operation, ...] = ()
