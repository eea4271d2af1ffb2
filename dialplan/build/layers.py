"""Lays the layers over one another: the later layer wins, and what it covered is kept, marked with who covered it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from .model import AddLine, Entry, Layer, Line, Operation, PutEntry, RemoveEntries, RemoveLines

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, who wrote it from which record, and who replaced or removed it ("" while it is live)."""

    line: Line
    origin: str
    replaced_by: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An AstDB entry, who wrote it from which record, and who replaced or removed it ("" while it is live)."""

    entry: Entry
    origin: str
    replaced_by: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """All that the layers wrote, sorted by place, and by layer within a place."""

    lines: tuple[Placed, ...]
    entries: tuple[PlacedEntry, ...]

    @property
    def live_lines(self) -> tuple[Line, ...]:
        """The lines that Asterisk should have."""
        return tuple(placed.line for placed in self.lines if not placed.replaced_by)

    @property
    def live_entries(self) -> tuple[Entry, ...]:
        """The AstDB entries that Asterisk should have."""
        return tuple(placed.entry for placed in self.entries if not placed.replaced_by)


def merge(layers: Iterable[Layer]) -> Merged:
    """Build the effective dialplan and AstDB of one tenant (or of the server) from its layers, lowest first."""
    lines: _Shelf[AddLine] = _Shelf()
    entries: _Shelf[PutEntry] = _Shelf()
    rank: dict[str, int] = {}
    for layer in layers:
        if not layer.origin or layer.origin in rank:
            raise ValueError(f"origin: {layer.origin!r} is empty or used by two layers; give each layer a name of its own")
        rank[layer.origin] = len(rank)
        for operation in layer.operations:
            _apply(operation, layer.origin, lines, entries)
    placed_lines = [Placed(add.line, origin, replaced_by, add.source) for add, origin, replaced_by in lines.rows()]
    placed_entries = [PlacedEntry(put.entry, origin, replaced_by, put.source) for put, origin, replaced_by in entries.rows()]
    placed_lines.sort(key=lambda placed: (placed.line.context, placed.line.exten, placed.line.priority, rank[placed.origin]))
    placed_entries.sort(key=lambda placed: (placed.entry.family, placed.entry.key, rank[placed.origin]))
    return Merged(tuple(placed_lines), tuple(placed_entries))


def _apply(operation: Operation, origin: str, lines: _Shelf[AddLine], entries: _Shelf[PutEntry]) -> None:
    match operation:
        case AddLine(line):
            lines.put((line.context, line.exten), line.priority, operation, origin)
        case PutEntry(entry):
            entries.put((entry.family,), entry.key, operation, origin)
        case RemoveLines(context, exten, priority, application, data):
            groups = [(context, exten)] if exten is not None else [group for group in lines.groups if group[0] == context]
            for group in groups:
                for line in [add.line for add in lines.items(group)]:
                    wanted = (
                        (priority is None or line.priority == priority)
                        and (application is None or line.application == application)
                        and (data is None or line.data == data)
                    )
                    if wanted:
                        lines.cover(group, line.priority, origin)
        case RemoveEntries(family, key):
            # Asterisk stores /family/key, so what is below key "b" of family "a" is family "a/b".
            below = f"{family}/" if key is None else f"{family}/{key}/"
            whole = [group for group in entries.groups if f"{group[0]}/".startswith(below)]
            for group in whole:
                for entry in [put.entry for put in entries.items(group)]:
                    entries.cover(group, entry.key, origin)
            if key is not None:
                entries.cover((family,), key, origin)


class _Shelf(Generic[T]):
    """What is live now, by group and by slot in the group, and what was covered on the way."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, ...], dict[int | str, tuple[T, str]]] = {}
        self._covered: list[tuple[T, str, str]] = []

    def items(self, group: tuple[str, ...]) -> list[T]:
        return [item for item, _ in self.groups.get(group, {}).values()]

    def put(self, group: tuple[str, ...], slot: int | str, item: T, origin: str) -> None:
        self.cover(group, slot, origin)
        self.groups.setdefault(group, {})[slot] = (item, origin)

    def cover(self, group: tuple[str, ...], slot: int | str, origin: str) -> None:
        """Take a slot's item away: for ever when it is the origin's own, else remembering who did it."""
        item, owner = self.groups.get(group, {}).pop(slot, (None, origin))
        if item is not None and owner != origin:
            self._covered.append((item, owner, origin))

    def rows(self) -> Iterator[tuple[T, str, str]]:
        yield from self._covered
        for group in self.groups.values():
            for item, origin in group.values():
                yield item, origin, ""
