"""Who the embedded PostgreSQL runs as: the present user; as root, who PostgreSQL refuses to run as, a system user of its own."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .faults import DatabaseDown

SYSTEM_USER = "scopserv-postgres"
SEARCH = stat.S_IXOTH
READ_AND_SEARCH = stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True, slots=True)
class Owner:
    """The user who owns the data and runs the server; `switch` when that is not who we are."""

    uid: int
    gid: int
    switch: bool

    def as_user(self) -> dict[str, Any]:
        """What subprocess needs to run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def make_private(self, folder: Path) -> None:
        """Make this folder, which is then the user's alone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.switch and not folder.is_symlink() and folder.stat().st_uid == 0:
            os.chown(folder, self.uid, self.gid)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.uid or stat.S_IMODE(found.st_mode) & 0o077:
            raise DatabaseDown(f"{folder} is not a folder of this user's alone; PostgreSQL needs it so. Remove it.")

    def remove(self, folder: Path) -> None:
        """Remove a folder that a set-up cut short has left."""
        shutil.rmtree(folder)

    def open_way_to(self, folder: Path, programs: Path) -> None:
        """As root: let the user pass through to its data and run the programs; opens no more than that takes, and says so."""
        if not self.switch:
            return
        for parent in (*folder.parents, *programs.parents):
            if not self._may(parent, SEARCH):
                parent.chmod(parent.stat().st_mode | SEARCH)
                print(f"{parent}: others may now pass through (chmod o+x), so that {self._name()} reaches {folder}", file=sys.stderr)
        if not self._may(programs / "postgres", READ_AND_SEARCH):
            for path in (programs.parent, *programs.parent.rglob("*")):
                path.chmod(path.stat().st_mode | (READ_AND_SEARCH if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else stat.S_IROTH))

    def _may(self, path: Path, others: int) -> bool:
        found = path.stat()
        if found.st_uid == self.uid:
            others <<= 6
        elif found.st_gid == self.gid:
            others <<= 3
        return found.st_mode & others == others

    def _name(self) -> str:
        return pwd.getpwuid(self.uid).pw_name


def owner_of(folder: Path) -> Owner:
    """Who owns this server, or will when it is made."""
    if folder.exists() and (found := folder.stat()).st_uid != 0:
        if os.geteuid() not in (0, found.st_uid):
            raise DatabaseDown(
                f"{folder} belongs to {_user_name(found.st_uid)}. Run as that user or as root, or set VAR_DIR or DATABASE_URL."
            )
        return Owner(found.st_uid, found.st_gid, switch=os.geteuid() != found.st_uid)
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), switch=False)
    entry = _system_user()
    return Owner(entry.pw_uid, entry.pw_gid, switch=True)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/sh", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", None) or error
        raise DatabaseDown(
            f"PostgreSQL does not run as root, and {' '.join(command)} failed: {told}. Run as an ordinary user, or set DATABASE_URL."
        ) from error
    return pwd.getpwnam(SYSTEM_USER)
