"""What has to change for one state to become another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import HINT, Entry, Line


@dataclass(frozen=True, slots=True)
class LineDelta:
    """Lines whose place becomes empty, and lines to put, in place of what is there."""

    removed: tuple[Line, ...]
    put: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class EntryDelta:
    """AstDB keys to delete, and entries to put, in place of what is there."""

    removed: tuple[Entry, ...]
    put: tuple[Entry, ...]


def diff_lines(old: Iterable[Line], new: Iterable[Line]) -> LineDelta:
    """Find the fewest lines to remove and put so that old becomes new; sorted, so the same states give the same delta."""
    before, after = _lines_by_place(old), _lines_by_place(new)
    removed = sorted(line for place, line in before.items() if place not in after)
    put = sorted(line for place, line in after.items() if before.get(place) != line)
    return LineDelta(tuple(removed), tuple(put))


def diff_entries(old: Iterable[Entry], new: Iterable[Entry]) -> EntryDelta:
    """Find the fewest AstDB keys to delete and put so that old becomes new; sorted, so the same states give the same delta."""
    before, after = _entries_by_place(old), _entries_by_place(new)
    removed = sorted(entry for place, entry in before.items() if place not in after)
    put = sorted(entry for place, entry in after.items() if before.get(place) != entry)
    return EntryDelta(tuple(removed), tuple(put))


def plan_text(old_lines: Iterable[Line], new_lines: Iterable[Line], old_entries: Iterable[Entry], new_entries: Iterable[Entry]) -> str:
    """Write for people what would change: a line with + for what comes, - for what goes, ~ for what becomes something else."""
    lines_before, lines_after = _lines_by_place(old_lines), _lines_by_place(new_lines)
    entries_before, entries_after = _entries_by_place(old_entries), _entries_by_place(new_entries)
    written = [
        _change(
            f"{context} {exten},{'hint' if priority == HINT else priority}",
            _command(lines_before.get((context, exten, priority))),
            _command(lines_after.get((context, exten, priority))),
        )
        for context, exten, priority in sorted(lines_before.keys() | lines_after.keys())
    ]
    written += [
        _change(f"AstDB {family}/{key}", _value(entries_before.get((family, key))), _value(entries_after.get((family, key))))
        for family, key in sorted(entries_before.keys() | entries_after.keys())
    ]
    return "".join(f"{line}\n" for line in written if line)


def _change(place: str, before: str | None, after: str | None) -> str:
    if before == after:
        return ""
    if before is None:
        return f"+ {place} {after}"
    if after is None:
        return f"- {place} {before}"
    return f"~ {place} {before} -> {after}"


def _command(line: Line | None) -> str | None:
    if line is None:
        return None
    return line.data if line.priority == HINT else f"{line.application}({line.data})"


def _value(entry: Entry | None) -> str | None:
    return None if entry is None else f"= {entry.value}"


def _lines_by_place(lines: Iterable[Line]) -> dict[tuple[str, str, int], Line]:
    return {(line.context, line.exten, line.priority): line for line in lines}


def _entries_by_place(entries: Iterable[Entry]) -> dict[tuple[str, str], Entry]:
    return {(entry.family, entry.key): entry for entry in entries}
