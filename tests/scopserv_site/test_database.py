"""The embedded PostgreSQL: shared by processes, gone with the last."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction

from scopserv_site.database import embedded, faults
from scopserv_site.database.faults import DatabaseDown
from tenants.models import Tenant

HOME = Path(__file__).resolve().parents[2]
USER = """
import sys
from pathlib import Path
import psycopg
from scopserv_site.database import embedded
folder = Path(sys.argv[1])
embedded.use(folder, ["fsync=off"])
with psycopg.connect(host=str(embedded.socket_folder(folder)), user="postgres", autocommit=True) as connection:
    print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
sys.stdin.read()
"""


def start_user(folder: Path) -> subprocess.Popen[str]:
    """A process that uses the server until its standard input is closed, and prints when that server was started."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        cwd=HOME,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def started(user: subprocess.Popen[str]) -> str:
    line = user.stdout.readline()
    assert line, user.stderr.read()
    return line


def finish(user: subprocess.Popen[str]) -> None:
    user.communicate()
    assert user.returncode == 0


def runs(folder: Path) -> bool:
    return (embedded.socket_folder(folder) / embedded.SOCKET).exists()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users may pass through, which pytest's own is not."""
    place = Path(tempfile.mkdtemp(prefix="postgres-tests-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def folder(place: Path) -> Iterator[Path]:
    folder = place / "postgres"
    yield folder
    embedded.leave(folder)
    embedded.stop(folder)


@pytest.fixture
def deep_folder(place: Path) -> Iterator[Path]:
    folder = place / ("long" * 25) / "postgres"
    yield folder
    shutil.rmtree(embedded.socket_folder(folder))


def test_many_first_users_at_once_make_one_server_and_the_last_stops_it(folder):
    users = [start_user(folder) for _ in range(4)]
    assert len({started(user) for user in users}) == 1
    for user in users:
        assert runs(folder)
        finish(user)
    assert not runs(folder)


def test_data_stays(folder):
    def ask(query: str) -> object:
        embedded.use(folder)
        with psycopg.connect(host=str(embedded.socket_folder(folder)), user="postgres", autocommit=True) as connection:
            found = connection.execute(query)
            answer = found.fetchone() if found.description else None
        embedded.leave(folder)
        assert not runs(folder)
        return answer

    ask("CREATE TABLE kept AS SELECT 'here' AS word")
    assert ask("SELECT word FROM kept") == ("here",)


def test_a_killed_user_is_forgotten(folder):
    killed = start_user(folder)
    first = started(killed)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert runs(folder)
    other = start_user(folder)
    assert started(other) == first
    finish(other)
    assert not runs(folder)


def test_a_killed_server_comes_back(folder):
    embedded.use(folder)
    pid = int((folder / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert embedded.revive(folder)
    assert not embedded.revive(folder)
    with psycopg.connect(host=str(embedded.socket_folder(folder)), user="postgres") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_set_up_cut_short_is_begun_again(folder):
    leftover = folder.with_name("postgres.new")
    leftover.mkdir()
    (leftover / "PG_VERSION").write_text("18")
    finish(start_user(folder))
    assert (folder / "PG_VERSION").exists()
    assert not leftover.exists()


def test_only_the_owner_gets_in(folder):
    embedded.use(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with psycopg.connect(host=str(embedded.socket_folder(folder)), user="postgres") as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_path_too_long_for_a_socket(deep_folder):
    finish(start_user(deep_folder))
    sockets = embedded.socket_folder(deep_folder)
    assert sockets != deep_folder
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700


def test_a_folder_that_another_made_for_the_socket_is_refused(deep_folder):
    sockets = embedded.socket_folder(deep_folder)
    sockets.mkdir()
    sockets.chmod(0o777)
    with pytest.raises(DatabaseDown, match="not a folder of this user's alone"):
        embedded.use(deep_folder)


def test_what_the_server_says_is_told(folder):
    with pytest.raises(DatabaseDown, match=r"(?s)pg_ctl failed.*no_such_setting"):
        embedded.use(folder, ["no_such_setting=1"])


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseDown, match=r"cannot be used: .*Run as the user who owns"):
        embedded.use(tmp_path / "file" / "postgres")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else; every other test here ran as an ordinary user")
def test_an_ordinary_user_runs_it_and_root_shares_it(place):
    var = place / "var"
    var.mkdir()
    os.chown(var, 65534, 65534)
    folder = var / "postgres"
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            embedded.use(folder)
            with psycopg.connect(host=str(embedded.socket_folder(folder)), user="postgres") as connection:
                connection.execute("SELECT 1")
            embedded.leave(folder)
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert folder.stat().st_uid == 65534
    finish(start_user(folder))
    assert folder.stat().st_uid == 65534
    assert not runs(folder)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "is_lost"),
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())", True),
        ("SELECT 1 / 0", False),
        ("SELECT pg_sleep(1)", False),
    ],
)
def test_a_broken_connection_is_told_from_a_failed_query(query, is_lost):
    own = connections.create_connection("default")
    try:
        with own.cursor() as cursor:
            cursor.execute("SET statement_timeout = 100")
            with pytest.raises(DatabaseError) as told:
                cursor.execute(query)
        assert faults.lost(told.value) is is_lost
    finally:
        own.close()


@pytest.mark.django_db
def test_what_was_read_half_and_is_collected_later_fails_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        rows = Tenant.objects.iterator(chunk_size=1)
        assert next(rows)
        raise ZeroDivisionError
    with transaction.atomic():
        rows.close()
        assert Tenant.objects.exists()
