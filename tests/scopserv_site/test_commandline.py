"""What manage.py says when something outside of it is not as it should be."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
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


def begin(var_dir: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "scopserv_site.settings", "VAR_DIR": var_dir} | variables
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments], cwd=HOME, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def manage(var_dir: str, *arguments: str, **variables: str) -> tuple[int, str, list[str]]:
    process = begin(var_dir, *arguments, **variables)
    said, complained = process.communicate(timeout=60)
    return process.returncode, said, complained.splitlines()


@pytest.mark.parametrize("command", ["list_tenants", "migrate_schemas", "console"])
def test_a_database_that_is_down_is_one_clear_line(var_dir, command):
    code, said, complained = manage(var_dir, command, **ELSEWHERE)
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
