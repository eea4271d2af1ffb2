"""The commands about nodes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection

from dialplan.build.model import Entry
from dialplan.deploy import live, wanted
from dialplan.deploy.ami import AMIClient
from dialplan.deploy.asterisk import Installation, PrivateAsterisk, free_port
from dialplan.deploy.models import Deployment, Node
from dialplan.management.nodes import read_address
from tests.asterisk_fixture import need_asterisk
from tests.dialplan.deploy.test_worker import add_node, add_staff, asterisk, wait_for

__all__ = ["asterisk"]

pytestmark = pytest.mark.django_db(transaction=True)
PROJECT = Path(__file__).parents[3]


def run(*words: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("text", "address"), [("127.0.0.1:5038", ("127.0.0.1", 5038)), ("[::1]:1", ("::1", 1)), ("pbx.example:65535", ("pbx.example", 65535))]
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert read_address("--ami", text) == address


@pytest.mark.parametrize("text", ["", "5038", ":5038", "host:", "host:0", "host:65536", "host:x", "host:²"])
def test_bad_addresses_are_named(text: str) -> None:
    with pytest.raises(CommandError, match=r"--ami: .* is not HOST:PORT"):
        read_address("--ami", text)


@pytest.mark.asterisk
def test_add_node_tells_that_it_answers(asterisk: PrivateAsterisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMI_SECRET", asterisk.ami_secret)
    ami = f"127.0.0.1:{asterisk.ami_port}"
    out, err = run("add_node", "pbx1", "--dir", str(asterisk.folder), "--ami", ami, "--ami-user", "console", "--sip", "127.0.0.1:5060")
    assert "Node pbx1 is added" in out
    assert "It answers: Asterisk 22." in out
    assert err == ""
    assert Node.objects.get().sip_address == "127.0.0.1:5060"
    with pytest.raises(CommandError, match="name: Node with this Name already exists"):
        run("add_node", "pbx1", "--dir", str(asterisk.folder), "--ami", ami, "--ami-user", "console")


def test_add_node_tells_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMI_SECRET", "s")
    out, err = run("add_node", "pbx1", "--dir", str(tmp_path / "none"), "--ami", f"127.0.0.1:{free_port()}", "--ami-user", "u")
    assert "is added" in out
    assert "is not a directory" in err
    assert "cannot connect" in err
    monkeypatch.delenv("AMI_SECRET")
    with pytest.raises(CommandError, match="The AMI secret is missing: set AMI_SECRET"):
        run("add_node", "pbx2", "--dir", "/x", "--ami", "127.0.0.1:5038", "--ami-user", "u")


@pytest.mark.parametrize("command", ["check_node", "sync_node", "cli"])
def test_an_unknown_node(command: str) -> None:
    with pytest.raises(CommandError, match=r"There is no node 'pbx9'; add it with 'manage.py add_node'"):
        run(command, "pbx9", *(["x"] if command == "cli" else []))


def test_a_worker_for_an_unknown_node() -> None:
    with pytest.raises(CommandError, match="There is no node pbx9"):
        run("worker", "--node", "pbx9")


@pytest.mark.asterisk
def test_sync_brings_it_there_check_finds_drift_and_sync_mends_it(asterisk: PrivateAsterisk, client: AMIClient) -> None:
    node = add_node(asterisk)
    wanted.place("acme", node)
    add_staff("acme", entry=Entry("cid", "k", "v"))
    with pytest.raises(CommandError, match=r"pbx1 is not as it should be in 2 of 2 parts; 'manage.py sync_node pbx1' repairs"):
        run("check_node", "pbx1")
    assert run("sync_node", "pbx1")[0] == "pbx1 is as it should be (2 parts).\n"
    assert run("check_node", "pbx1")[0] == "pbx1 is as it should be (2 parts).\n"
    live.apply_entries(client, live.EntryDelta((Entry("acme/cid", "k", "v"),), ()))
    out = StringIO()
    with pytest.raises(CommandError, match="pbx1 is not as it should be in 1 of 2 parts"):
        call_command("check_node", "pbx1", stdout=out)
    assert out.getvalue() == "acme: + AstDB acme/cid/k = v\n"
    run("sync_node", "pbx1")
    run("check_node", "pbx1")


@pytest.mark.asterisk
def test_sync_and_check_say_when_asterisk_is_down(asterisk: PrivateAsterisk) -> None:
    add_node(asterisk)
    asterisk.kill()
    with pytest.raises(CommandError, match=r"Node pbx1 cannot be checked: AMI .* cannot connect"):
        run("check_node", "pbx1")
    err = StringIO()
    with pytest.raises(CommandError, match="1 part of pbx1 could not be brought there"):
        call_command("sync_node", "pbx1", stderr=err)
    assert "own files: Its files are written; waiting for Asterisk. AMI 127.0.0.1" in err.getvalue()


@pytest.mark.asterisk
def test_cli(asterisk: PrivateAsterisk) -> None:
    add_node(asterisk)
    assert run("cli", "pbx1", "core show version")[0].startswith("Asterisk 22.")
    assert run("cli", "pbx1", "core", "show", "uptime")[0].startswith("System uptime")
    asterisk.kill()
    with pytest.raises(CommandError, match="cannot connect"):
        run("cli", "pbx1", "core show version")


@contextmanager
def running(var_dir: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command of manage.py in a process of its own, on the test database; ended if the test did not."""
    script = (
        "import sys; from django.conf import settings; from scopserv_site.commandline import run;"
        "settings.DATABASES['default']['NAME'], settings.VAR_DIR = sys.argv[1:3]; sys.exit(run(sys.argv[2:]))"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONUNBUFFERED": ""}
    arguments = [sys.executable, "-c", script, connection.settings_dict["NAME"], str(var_dir), *words]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=PROJECT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.asterisk
def test_run_asterisk_registers_a_node_that_keeps_its_ports_and_ends_with_the_command(tmp_path: Path) -> None:
    need_asterisk()
    ports = set()
    for _ in range(2):
        with running(tmp_path, "run_asterisk", "try1") as process:
            assert process.stdout
            said = process.stdout.readline()
            node = Node.objects.get(name="try1")
            assert said.startswith(
                f"Asterisk try1: SIP {node.sip_address}/udp, AMI 127.0.0.1:{node.ami_port}, files {tmp_path}/nodes/try1."
            )
            ports.add((node.sip_address, node.ami_port))
            run("sync_node", "try1")
            with node.client() as client:
                assert node.sip_address in client.command("pjsip list transports")
            process.send_signal(signal.SIGTERM)
            assert process.stdout.read() == "Asterisk try1 is stopped.\n"
            assert process.wait(15) == 0
        with pytest.raises(CommandError, match="cannot connect"):
            run("cli", "try1", "core show version")
    assert len(ports) == 1


def test_run_asterisk_without_an_asterisk_or_its_ports_leaves_no_node(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("dialplan.deploy.asterisk.find_asterisk", lambda: None)
    with pytest.raises(CommandError, match="There is no Asterisk on PATH"):
        run("run_asterisk", "try1")
    monkeypatch.setattr("dialplan.deploy.asterisk.find_asterisk", lambda: Installation(("/bin/false",), tmp_path, tmp_path))
    for option, kind in (("--ami-port", socket.SOCK_STREAM), ("--sip-port", socket.SOCK_DGRAM)):
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(CommandError, match=f"Port {port} of 127.0.0.1 cannot be used"):
                run("run_asterisk", "try1", option, str(port))
    assert not Node.objects.exists()
    assert not list(tmp_path.iterdir())


def test_run_asterisk_takes_no_other_nodes_name() -> None:
    Node.objects.create(name="pbx1", folder="/srv/pbx1", ami_user="u", ami_secret="s")
    with pytest.raises(CommandError, match=r"Node pbx1 is another Asterisk, with its files in /srv/pbx1; choose a different name"):
        run("run_asterisk", "pbx1")


@pytest.mark.asterisk
def test_the_worker_command_ends_orderly_on_sigterm(asterisk: PrivateAsterisk, tmp_path: Path) -> None:
    add_node(asterisk)
    with running(tmp_path, "worker") as process:
        wait_for(lambda: Deployment.objects.get().is_live)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
