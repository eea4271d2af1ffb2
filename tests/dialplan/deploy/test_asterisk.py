"""The private Asterisk: boots quickly and quietly, stays on the loopback, and goes with who started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dialplan.deploy.ami import AMIClient
from dialplan.deploy.asterisk import AsteriskError, Installation, PrivateAsterisk, find_asterisk, free_port, write_config
from tests.asterisk_fixture import need_asterisk

pytestmark = pytest.mark.asterisk


@pytest.fixture(autouse=True)
def _needed() -> None:
    need_asterisk()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


def test_boots_with_a_clean_log_and_the_applications_that_paging_needs() -> None:
    with PrivateAsterisk() as asterisk, asterisk.client() as client:
        assert "WARNING" not in asterisk.log
        assert "ERROR" not in asterisk.log
        for name in ("Page", "ConfBridge", "Dial", "Playback", "Gosub", "VoiceMail"):
            assert f"'{name}'" in client.command(f"core show application {name}"), name
        assert list((asterisk.folder / "lib/sounds/en").glob("hello-world.*"))


def test_listens_on_the_loopback_alone(asterisk: PrivateAsterisk) -> None:
    sockets = subprocess.run(["ss", "-Hltunp"], capture_output=True, text=True, check=True).stdout
    mine = [line.split() for line in sockets.splitlines() if f"pid={asterisk.pid}," in line]
    assert [words[4] for words in mine if words[0] == "tcp"] == [f"127.0.0.1:{asterisk.ami_port}"]
    # PJSIP opens two more UDP sockets, on all addresses and ports that the kernel picks; no setting of ours is behind them.
    assert [words[4] for words in mine if words[0] == "udp" and words[4].endswith(f":{asterisk.sip_port}")] == [
        f"127.0.0.1:{asterisk.sip_port}"
    ]


def test_everything_it_writes_is_in_its_folder(asterisk: PrivateAsterisk, client: AMIClient) -> None:
    paths = client.command("core show settings")
    for name in ("Configuration directory", "Data directory", "Spool directory", "Log directory", "Run/Sockets directory", "astdb"):
        assert f"{asterisk.folder}" in next(line for line in paths.splitlines() if name.lower() in line.lower()), name


def test_ends_when_its_starter_is_killed() -> None:
    code = "import time; from dialplan.deploy.asterisk import *; a = PrivateAsterisk(); a.start(); print(a.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]) as starter:
        assert starter.stdout
        pid = int(starter.stdout.readline())
        assert alive(pid)
        starter.kill()
    assert wait_until_gone(pid)


def test_ends_when_its_starter_is_killed_while_it_boots() -> None:
    code = """
import os, time
from dialplan.deploy.asterisk import PrivateAsterisk

class Killed(PrivateAsterisk):
    def _await_boot(self, deadline):
        while not (self.folder / "run/asterisk.ctl").exists():
            time.sleep(0.005)
        print(self.pid, flush=True)
        os.kill(os.getpid(), 9)

Killed().start()
"""
    starter = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3], check=False)
    assert wait_until_gone(int(starter.stdout))


def test_starts_again_in_the_same_folder_and_keeps_what_was_deployed(tmp_path: Path) -> None:
    asterisk = PrivateAsterisk(tmp_path)
    with asterisk:
        first = asterisk.pid
        (tmp_path / "extensions.conf").write_text("[kept]\nexten => 1,1,NoOp()\n")
    assert not alive(first)
    with asterisk, asterisk.client() as client:
        assert client.send("ShowDialPlan", Context="kept").ok
        os.kill(asterisk.pid, signal.SIGKILL)
        assert asterisk.wait() == -signal.SIGKILL
        assert not asterisk.running
    asterisk.start()
    asterisk.kill()
    assert not asterisk.running


def test_says_why_it_did_not_start(tmp_path: Path) -> None:
    broken = find_asterisk()
    assert broken
    with pytest.raises(
        AsteriskError, match=r"did not start: it ended with status 1. The end of its log:\n(?s:.*)Unable to open modules directory"
    ):
        PrivateAsterisk(tmp_path, installation=Installation(broken.command, Path("/nonexistent"), broken.data)).start()


def test_a_taken_ami_port_is_noticed(asterisk: PrivateAsterisk, tmp_path: Path) -> None:
    with pytest.raises(AsteriskError, match=f"Port {asterisk.ami_port} of 127.0.0.1 cannot be used: Address already in use"):
        PrivateAsterisk(tmp_path, ami_port=asterisk.ami_port).start()


def test_refuses_a_secret_that_would_break_manager_conf(tmp_path: Path) -> None:
    with pytest.raises(AsteriskError, match="secret"):
        write_config(tmp_path, free_port(), free_port(), "x\n[admin]\nsecret = y")
    assert not list(tmp_path.iterdir())


def test_its_secret_is_for_the_owner_alone(asterisk: PrivateAsterisk) -> None:
    assert (asterisk.folder / "manager.conf").stat().st_mode & 0o077 == 0


def test_none_is_found_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_asterisk(tmp_path) is None
