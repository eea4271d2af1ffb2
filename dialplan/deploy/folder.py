"""The files of a node: the one place that touches them, whole files only, each replaced in one step."""

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from dialplan.build.names import check_slug
from dialplan.build.sounds import sounds_folder

MARKER = "; Written by the console; changes to this file are lost. Your own lines go into extensions_local.conf and pjsip_local.conf."
NODE_DIALPLAN, NODE_PJSIP, NODE_ENTRIES = "extensions.conf", "pjsip.conf", "server.astdb"
_NODE = "; Node "  # begins the line below the marker, which says whose folder it is
_TENANTS = "tenants"
_MODE = 0o640  # pjsip files hold passwords; the folder's group is the one Asterisk reads with


class FolderError(Exception):
    """A node's folder cannot be used as it is."""


def tenant_files(slug: str) -> tuple[str, str, str]:
    """The names of a tenant's files: dialplan, PJSIP, and the manifest of its AstDB keys."""
    check_slug(slug)
    return f"{_TENANTS}/{slug}.conf", f"{_TENANTS}/{slug}.pjsip.conf", f"{_TENANTS}/{slug}.astdb"


def unfinished_file(slug: str) -> str:
    """The name of the note of what a tenant's files (or the node's own: slug "") said before, there until a job has ended."""
    return f"{_TENANTS}/{check_slug(slug)}.unfinished" if slug else "server.unfinished"


def node_files() -> tuple[str, str, str]:
    """The names of the node's own files, in the same order."""
    return NODE_DIALPLAN, NODE_PJSIP, NODE_ENTRIES


def fingerprint(texts: Mapping[str, str | None]) -> str:
    """One value for what a number of files hold."""
    found = hashlib.sha256()
    for _, text in sorted(texts.items()):
        found.update(b"-" if text is None else b"+" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest())
    return found.hexdigest()


class NodeFolder:
    """The configuration directory of a node's Asterisk, as far as the console owns it. One writer at a time."""

    def __init__(self, folder: Path | str, node: str) -> None:
        self.path = Path(folder)
        self._start = f"{MARKER}\n{_NODE}{node}\n"

    def check(self) -> None:
        """Raise FolderError unless the folder is there and the two files that Asterisk starts from are ours to write."""
        if not self.path.is_dir():
            raise FolderError(
                f"{self.path} is not a directory: give the node the configuration directory of its Asterisk, as seen from here"
            )
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise FolderError(f"{self.path} cannot be used by the worker's user: let it read and write there")
        for name in (NODE_DIALPLAN, NODE_PJSIP):
            self._check_ours(name)

    def read(self, name: str) -> str | None:
        """The text of one of our files; None when it is not there."""
        try:
            text = (self.path / name).read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FolderError(f"{self.path / name} cannot be read: {error.strerror}") from error
        return text.removeprefix(self._start).removeprefix(f"{MARKER}\n") if name in (NODE_DIALPLAN, NODE_PJSIP) else text

    def write(self, texts: Mapping[str, str]) -> list[str]:
        """Bring files to these texts; the names of those that changed. A crash leaves each either old or new."""
        changed = [name for name, text in texts.items() if self.read(name) != text]
        try:
            for name in changed:
                if name in (NODE_DIALPLAN, NODE_PJSIP):
                    self._check_ours(name)
                    self._replace(name, f"{self._start}{texts[name]}".encode())
                else:
                    self._replace(name, texts[name].encode())
            for folder in {(self.path / name).parent for name in changed}:
                _sync(folder)
        except OSError as error:
            raise FolderError(
                f"{self.path}: {error.filename or ''} cannot be written: {error.strerror}. Free space, or change its owner"
            ) from error
        return changed

    def remove(self, names: Iterable[str]) -> bool:
        """Remove files; False when there were none."""
        found = [path for path in (self.path / name for name in names) if path.exists()]
        try:
            for path in found:
                path.unlink(missing_ok=True)
            for folder in {path.parent for path in found}:
                _sync(folder)
        except OSError as error:
            raise FolderError(f"{error.filename} cannot be removed: {error.strerror}") from error
        return bool(found)

    def texts(self, names: Iterable[str]) -> dict[str, str | None]:
        """Several files at once."""
        return {name: self.read(name) for name in names}

    def sounds(self, slug: str) -> dict[str, str]:
        """A tenant's recordings: the digest of each file."""
        folder = sounds_folder(slug)
        try:
            found = [each for each in os.scandir(self.path / folder) if each.is_file(follow_symlinks=False)]
            return {f"{folder}/{each.name}": _digest(each.path, each.stat().st_mtime_ns, each.inode()) for each in found}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise FolderError(f"{error.filename} cannot be read: {error.strerror}") from error

    def write_sound(self, name: str, data: bytes) -> None:
        """Bring a recording there."""
        try:
            self._replace(name, data)
            _sync((self.path / name).parent)
        except OSError as error:
            raise FolderError(f"{self.path / name} cannot be written: {error.strerror}. Free space, or change its owner") from error

    def remove_sounds_folder(self, slug: str) -> None:
        """Take away a tenant's folder of recordings, unless somebody else keeps something there."""
        with contextlib.suppress(OSError):
            (self.path / sounds_folder(slug)).rmdir()

    def _check_ours(self, name: str) -> None:
        path = self.path / name
        try:
            with path.open("rb") as file:
                start = file.read(65_536)
        except FileNotFoundError:
            return
        except OSError as error:
            raise FolderError(f"{path} cannot be read: {error.strerror}") from error
        first, second, *_ = [*(line.rstrip("\r") for line in start.decode("utf-8", "replace").split("\n")), ""]
        if start.strip() and first != MARKER:
            local = name.replace(".conf", "_local.conf")
            raise FolderError(f"{path} was not written by this console: move what you need of it into {local} beside it, then remove it")
        if second.startswith(_NODE) and f"{first}\n{second}\n" != self._start:
            other = second.removeprefix(_NODE)
            raise FolderError(
                f"{path} is written for node {other}: give each node a folder of its own, or remove the file if {other} is gone"
            )

    def _replace(self, name: str, content: bytes) -> None:
        path = self.path / name
        for folder in (path.parent.parent, path.parent):
            if not folder.exists():
                folder.mkdir(mode=0o750)
                _give_to_owner_of(self.path, folder)
        new = path.with_name(f".{path.name}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _MODE), "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _MODE)
            _give_to_owner_of(self.path, file.fileno())
            os.fsync(file.fileno())
        new.replace(path)


@lru_cache(maxsize=10_000)
def _digest(path: str, modified: int, number: int) -> str:
    """Of a file as it was then; none is read twice."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _give_to_owner_of(folder: Path, target: Path | int) -> None:
    """Asterisk often runs as a user of its own, who must be able to read what the worker writes."""
    owner = folder.stat()
    with contextlib.suppress(PermissionError):  # not in that group: then Asterisk runs as the worker's own user
        os.chown(target, owner.st_uid if os.geteuid() == 0 else -1, owner.st_gid)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
