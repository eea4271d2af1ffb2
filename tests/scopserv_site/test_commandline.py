"""What manage.py says when something outside of it is not as it should be."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from dialplan.deploy import asterisk

HOME = Path(__file__).resolve().parents[2]
# As a service finds itself: nobody asks for lines at once, and a proxy stands before whatever is not on this machine.
AT_SERVICE = {"DJANGO_SETTINGS_MODULE": "scopserv_site.settings", "PYTHONUNBUFFERED": "", "http_proxy": "http://127.0.0.1:1"}
ELSEWHERE = {"DATABASE_URL": "postgresql://user:hunter2@127.0.0.1:1/console", "SECRET_KEY": "k" * 50}


@pytest.fixture
def var_dir() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="console-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield folder


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    return asterisk.free_port()


def begin(var_dir: str, *arguments: str, start_new_session: bool = False, **variables: str) -> subprocess.Popen[str]:
    environment = os.environ | AT_SERVICE | {"VAR_DIR": var_dir} | variables
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=HOME, env=environment, start_new_session=start_new_session,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def manage(var_dir: str, *arguments: str, **variables: str) -> tuple[int, str, list[str]]:
    process = begin(var_dir, *arguments, **variables)
    said, complained = process.communicate(timeout=60)
    return process.returncode, said, complained.splitlines()


@pytest.mark.parametrize("command", ["list_tenants", "migrate_schemas", "console"])
def test_a_database_that_is_down_is_one_clear_line(var_dir, free_port, command):
    options = ["--port", str(free_port)] if command == "console" else []  # its own port may be taken: somebody tries the console here
    code, said, complained = manage(var_dir, command, *options, **ELSEWHERE)
    assert (code, said) == (1, "")
    (line,) = complained
    assert line.startswith("PostgreSQL at 127.0.0.1, database console does not answer: ")
    assert line.endswith("Start it, or mend DATABASE_URL.")
    assert "hunter2" not in line


def test_wrong_variables_are_one_line_each(var_dir):
    code, said, complained = manage(var_dir, "check", DEBUG="maybe", TIME_ZONE="Mars")
    assert (code, said) == (1, "")
    assert [line.split(":")[0] for line in complained] == ["DEBUG", "TIME_ZONE"]


def test_first_commands_on_a_fresh_machine_find_a_database_even_two_at_once(var_dir):
    first, second = (begin(var_dir, "create_tenant", slug, "--name", slug.title()) for slug in ("acme", "globex"))
    for process in (first, second):
        said, complained = process.communicate(timeout=120)
        assert process.returncode == 0, complained
        assert "is ready" in said
    code, said, complained = manage(var_dir, "list_tenants")
    assert (code, complained) == (0, [])
    assert [line.split()[0] for line in said.splitlines()] == ["acme", "globex"]


def test_a_lost_key_is_one_clear_line(var_dir):
    assert manage(var_dir, "add_node", "pbx1", "--dir", var_dir, "--ami", "127.0.0.1:1", "--ami-user", "u", AMI_SECRET="s3cret")[0] == 0
    (Path(var_dir) / "secrets_key").unlink()
    code, said, complained = manage(var_dir, "list_tenants")
    assert (code, said) == (1, "")
    (line,) = complained
    assert "secrets_key is gone" in line
    other = Fernet.generate_key().decode()
    code, said, complained = manage(var_dir, "export", "--secrets", SECRETS_KEYS=other)
    assert (code, said) == (1, "")
    (line,) = complained
    assert line.startswith("A stored secret opens with none of the keys; put the key")


def test_help_needs_no_database(var_dir):
    code, said, complained = manage(var_dir, "create_tenant", "--help", **ELSEWHERE)
    assert (code, complained) == (0, [])
    assert "--name" in said


def test_a_port_that_is_taken_is_said(var_dir, taken_port):
    code, _, complained = manage(var_dir, "console", "--port", str(taken_port))
    assert code == 1
    (line,) = complained
    assert f"Port {taken_port} cannot be used" in line
    assert f"--port {taken_port + 1}" in line


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_port_that_is_none(var_dir, port):
    code, _, complained = manage(var_dir, "console", "--port", port)
    assert code == 1
    assert complained == [f"CommandError: {port} is not a port: give one of 1 to 65535."]


def test_a_signal_while_an_addon_is_imported_ends_the_command(var_dir, tmp_path):
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "info.py").write_text("import time\nprint('importing')\ntime.sleep(60)\n")
    command = begin(var_dir, "list_tenants", ADDON_DIRS=str(tmp_path))
    assert "importing" in command.stderr.readline()
    command.terminate()
    assert command.communicate(timeout=20) == ("", "")
    assert command.returncode == 143


def run_console(var_dir: str, port: int) -> subprocess.Popen[str]:
    """The console, once it and its worker have said that they are ready."""
    console = begin(var_dir, "console", "--no-demo", "--port", str(port), start_new_session=True)
    missing = {f"Ready at http://localhost:{port} ", "Worker for all nodes"}
    for line in console.stdout:
        missing = {words for words in missing if words not in line}
        if not missing:
            return console
    raise AssertionError(console.communicate()[1])


def status(port: int, host: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/login/", headers={"Host": host})
    with contextlib.closing(connection):
        return connection.getresponse().status


def soon(true: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def in_group(group: int) -> list[str]:
    """The processes of a process group that still run."""
    found = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split(maxsplit=2) for line in found]
    return [row[2] for row in rows if int(row[0]) == group and not row[1].startswith("Z")]


def test_the_console_from_start_to_stop_and_again(var_dir, free_port):
    server = Path(var_dir) / "postgres" / "postmaster.pid"
    console = run_console(var_dir, free_port)
    running = " ".join(in_group(console.pid))
    assert "manage.py worker" in running
    assert "gunicorn" in running

    code, _, complained = manage(var_dir, "create_tenant", "acme", "--name", "Acme")
    assert (code, complained) == (0, [])
    assert [status(free_port, host) for host in ("localhost", "acme.localhost", "nobody.localhost")] == [200, 200, 404]
    assert server.exists()

    console.terminate()
    console.communicate(timeout=30)
    assert console.returncode == 0
    assert in_group(console.pid) == []
    assert not server.exists()

    again = run_console(var_dir, free_port)
    again.terminate()
    again.communicate(timeout=30)
    assert again.returncode == 0


def test_a_killed_console_leaves_nothing_behind(var_dir, free_port):
    console = run_console(var_dir, free_port)
    console.kill()
    console.communicate(timeout=30)
    assert soon(lambda: not in_group(console.pid))
    assert soon(lambda: not (Path(var_dir) / "postgres" / "postmaster.pid").exists())
