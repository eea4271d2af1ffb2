"""An addon that takes for ever, or writes without end, or fails again and again, stops nobody else."""

import subprocess
import sys

import pytest

from addons.commits.running import CommitError
from addons.discovery import limits
from addons.models import AddonState
from dialplan.models import Extension, Phone
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon
from tests.addons.test_committing import commit, installed, internal, touch

pytestmark = pytest.mark.django_db


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.SECONDS, "tenant", 0.2)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "x = 0\nwhile x < 10**12: x += 1",
    ],
)
@pytest.mark.usefixtures("short")
def test_an_endless_commit_is_stopped_with_file_and_line(make_addon: MakeAddon, acme: Tenant, body: str) -> None:
    text = "\n".join(body.splitlines())
    with installed(commit(make_addon, text)) as name, pytest.raises(CommitError, match=r"commit.py, line \d.*longer than 0.2 seconds"):
        touch(name, own=name)


@pytest.mark.usefixtures("short")
def test_other_saves_go_on_beside_an_endless_addon(make_addon: MakeAddon, acme: Tenant) -> None:
    with installed(commit(make_addon, 'pbx.get_infos("phone")\nwhile True: pass')), open_tenant("acme"):
        Phone.objects.create(number="101")
        assert touch() == ["acme"]
        assert internal("101")[0] == ("Dial", "section:phone")
        assert "stopped" in AddonState.objects.get(addon="door").error


@pytest.mark.usefixtures("short")
def test_one_that_is_stopped_while_it_asks_the_database_spoils_no_save(make_addon: MakeAddon, acme: Tenant) -> None:
    body = 'while True:\n    pbx._infos._read.clear()\n    pbx.get_infos("phone")'
    with installed(commit(make_addon, body)):
        for run in range(1, AddonState.FUSE + 1):
            touch("phone")
            with open_tenant("acme"):
                assert AddonState.objects.get(addon="door").failures == run


def test_too_many_lines_are_refused(make_addon: MakeAddon, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addons.commits.pbx.MOST", 1000)
    body = 'for n in range(10**9):\n    pbx.add_to_dialplan("acme", "internal", str(n), 1, ["Answer"])'
    with installed(commit(make_addon, body)) as name, pytest.raises(CommitError, match="more than 1000 lines"):
        touch(name, own=name)


def test_after_some_failures_it_is_left_alone_until_retried(make_addon: MakeAddon, acme: Tenant, tmp_path) -> None:  # type: ignore[no-untyped-def]
    log = tmp_path / "runs"
    body = f'open({str(log)!r}, "a").write("x")\npbx.get_infos("phone")\nassert open({str(log)!r}).read().count("x") > 5, "not yet"'
    with installed(commit(make_addon, body)) as name:
        for _ in range(8):
            touch()
        assert log.read_text() == "x" * AddonState.FUSE
        with open_tenant("acme"):
            assert AddonState.objects.get(addon=name).is_stopped
        touch(name)
        with open_tenant("acme"):
            assert not AddonState.objects.get(addon=name).is_stopped
            assert not Extension.objects.filter(origin="addon:door").exists()


@pytest.mark.parametrize("ended", ["pass", "while True: pass"])
def test_a_process_that_has_run_addons_can_be_profiled(ended: str) -> None:
    code = f"""
import cProfile
from addons.discovery.limits import Overtime, Shield, time_limit
try:
    with time_limit(0.1, Shield()):
        {ended}
except Overtime:
    pass
cProfile.run("sum([1])")
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True)


def test_one_that_ends_just_as_its_time_is_up_harms_nobody() -> None:
    """Interruptions reach what is limited, and neither what comes after it nor the locks that watching needs."""
    code = """
import time
from addons.discovery import limits
limits.AGAIN = 0.0003
late = 0
for n in range(500):
    try:
        with limits.time_limit(0.001, limits.Shield()):
            near = 0.0055 + n % 14 * 0.0001  # after 5 ms CPython changes threads
            end = time.perf_counter() + {0: 0, 1: 0.05}.get(n % 50, near)  # some are surely in time, and some surely not
            while time.perf_counter() < end:
                pass
    except limits.Overtime:
        late += 1
    for _ in range(50):
        str(n)
assert 0 < late < 500, late
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True)
