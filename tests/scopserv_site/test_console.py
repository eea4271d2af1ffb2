"""The console's processes end together, however the end comes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scopserv_site import console

HOME = Path(__file__).resolve().parents[2]
PARENT = """
import sys
from pathlib import Path
from scopserv_site.console import Group, Part
group = Group(Path.cwd(), lambda text: print(text, flush=True))
for number, code in enumerate(sys.argv[1:]):
    group.start(Part(f"part {number}", (sys.executable, "-c", code)))
sys.exit(group.run())
"""
SLEEP = "import os, time; os.write(1, b'%d\\n' % os.getpid()); time.sleep(60)"
QUIET = "import time; time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP


def start(*codes: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PARENT, *codes], cwd=HOME, text=True, stdout=subprocess.PIPE, start_new_session=True)


def pids(parent: subprocess.Popen[str], count: int) -> list[int]:
    return [int(parent.stdout.readline()) for _ in range(count)]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def soon(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_all(number):
    parent = start(SLEEP, SLEEP)
    children = pids(parent, 2)
    parent.send_signal(number)
    said, _ = parent.communicate(timeout=20)
    assert (parent.returncode, said) == (0, "Stopping.\n")
    assert all(map(gone, children))


def test_ctrl_c_in_a_terminal_reaches_every_process_and_is_no_fault_of_theirs():
    parent = start(SLEEP, SLEEP)
    children = pids(parent, 2)
    assert {os.getpgid(child) for child in children} == {parent.pid}
    os.killpg(parent.pid, signal.SIGINT)
    said, _ = parent.communicate(timeout=20)
    assert (parent.returncode, said) == (0, "Stopping.\n")


@pytest.mark.parametrize(
    ("end", "words"), [("raise SystemExit(3)", "exit code 3"), ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL")]
)
def test_one_that_ends_is_named_and_ends_all(end, words):
    parent = start(SLEEP, f"import sys; sys.stdin.read(); import time; time.sleep(0.3); {end}")
    (child,) = pids(parent, 1)
    said, _ = parent.communicate(timeout=20)
    assert parent.returncode == 1
    assert said == f"The part 1 ended by itself ({words}); what it said is above. Stopping the rest.\n"
    assert gone(child)


def test_a_second_signal_ends_what_does_not_listen():
    parent = start(STUBBORN)
    (child,) = pids(parent, 1)
    parent.send_signal(signal.SIGTERM)
    assert parent.stdout.readline() == "Stopping.\n"
    parent.send_signal(signal.SIGINT)
    parent.communicate(timeout=5)
    assert parent.returncode == 0
    assert gone(child)


def test_a_killed_parent_takes_its_children_along():
    parent = start(SLEEP, SLEEP)
    children = pids(parent, 2)
    parent.kill()
    parent.communicate(timeout=20)
    assert soon(lambda: all(map(gone, children)))


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            console.listen_addresses(port)
    assert not console.answers(port)
    assert f"127.0.0.1:{port}" in console.listen_addresses(port)


WAITING = """
import signal, sys
from pathlib import Path
from scopserv_site import console
console.TELL_SECONDS = float(sys.argv[3])
group = console.Group(Path.cwd(), lambda text: print(text, flush=True))
group.start(console.Part("pbx", (sys.executable, "-c", sys.argv[1]), again=True))
group.start(console.Part("web", (sys.executable, "-c", sys.argv[2])))
print(group.wait_for("pbx", lambda: False), flush=True)
sys.exit(group.run())
"""


def wait_in_vain(pbx: str, web: str, tell_seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WAITING, pbx, web, str(tell_seconds)], cwd=HOME, text=True, stdout=subprocess.PIPE)


def test_what_is_waited_for_is_said_and_a_signal_meanwhile_is_not_lost():
    parent = wait_in_vain(QUIET, QUIET, tell_seconds=0)
    assert parent.stdout.readline() == "The pbx is not ready yet; it is waited for\n"
    parent.terminate()
    *_, came, last = parent.communicate(timeout=20)[0].splitlines()
    assert (came, last, parent.returncode) == ("False", "Stopping.", 0)


@pytest.mark.parametrize(("pbx", "web"), [("pass", QUIET), (QUIET, "pass")], ids=["it ends", "another ends"])
def test_what_is_waited_for_may_never_come(pbx, web):
    parent = wait_in_vain(pbx, web, tell_seconds=60)
    assert parent.stdout.readline() == "False\n"
    parent.terminate()
    parent.communicate(timeout=20)


AGAIN = """
import sys
from pathlib import Path
from scopserv_site import console
console.AGAIN_SECONDS = float(sys.argv[1])
group = console.Group(Path.cwd(), lambda text: print(text, flush=True))
group.start(console.Part("pbx", (sys.executable, "-c", sys.argv[2]), again=True))
group.start(console.Part("web", (sys.executable, "-c", sys.argv[2])))
sys.exit(group.run())
"""


@pytest.mark.parametrize(("least", "said"), [("0", "it is started again"), ("60", "it stays away")])
def test_what_is_started_again_takes_no_other_along(least, said):
    parent = subprocess.Popen([sys.executable, "-c", AGAIN, least, SLEEP], cwd=HOME, text=True, stdout=subprocess.PIPE)
    children = pids(parent, 2)
    os.kill(int(Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()[0]), signal.SIGKILL)
    assert said in parent.stdout.readline()
    if least == "0":
        children += pids(parent, 1)
    assert parent.poll() is None
    parent.terminate()
    assert parent.communicate(timeout=20)[0] == "Stopping.\n"
    assert all(map(gone, children))
