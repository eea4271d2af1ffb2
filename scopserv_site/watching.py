"""While addons are written: notices what changes in their folders, and has the running console take it in."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from subprocess import Popen

LOOK_SECONDS = 1.0
QUIET_SECONDS = 0.2  # an editor, or a copy of a folder, writes several files

Snapshot = dict[Path, tuple[int, int]]


class Watcher:
    """Starts `take_in` with the names of the addons that changed since the last time that this went well; one at a time."""

    def __init__(self, places: Iterable[Path], folders: Iterable[Path], take_in: Callable[[list[str]], "Popen[bytes]"]) -> None:
        self._places, self._folders = tuple(places), tuple(folders)
        self._take_in = take_in
        self._seen = self.snapshot()
        self._changed: set[str] = set()
        self._tried: set[str] = set()
        self._due = False
        self._running: Popen[bytes] | None = None

    def look(self) -> float:
        """One look; gives the seconds until the next one is wanted."""
        if self._running is not None:
            if self._running.poll() is None:
                return LOOK_SECONDS
            if self._running.returncode == 0:
                self._changed -= self._tried
            self._running = None
        now = self.snapshot()
        if now != self._seen:
            self._changed |= {self._name(path) for path, _ in now.items() ^ self._seen.items()}
            self._seen, self._due = now, True
            return QUIET_SECONDS
        if self._due:
            self._due, self._tried = False, set(self._changed)
            self._running = self._take_in(sorted(self._tried))
        return LOOK_SECONDS

    def snapshot(self) -> Snapshot:
        """Time and size of every Python file in the addons' folders."""
        return {path: (found.st_mtime_ns, found.st_size) for folder in self._all_folders() for path, found in _files(folder)}

    def _all_folders(self) -> Iterator[Path]:
        yield from self._folders
        for place in self._places:
            yield from (Path(each.path) for each in _entries(place) if _is_folder(each))

    def _name(self, path: Path) -> str:
        roots = [*(folder.parent for folder in self._folders), *self._places]
        root = max((root for root in roots if path.is_relative_to(root)), key=lambda root: len(root.parts))
        return path.relative_to(root).parts[0]


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for entry in _entries(folder):
        if entry.name.endswith(".py"):
            try:
                yield Path(entry.path), entry.stat()
            except FileNotFoundError:
                continue
        elif _is_folder(entry):
            yield from _files(Path(entry.path))


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:  # gone, or never there
        return []


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    return not entry.name.startswith((".", "_")) and entry.is_dir()
