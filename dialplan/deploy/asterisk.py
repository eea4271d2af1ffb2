"""A private Asterisk: loopback only, in a folder of its own, gone when the process that started it is gone."""

import os
import random
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from dialplan.deploy import asterisk_conf
from dialplan.deploy.ami import AMIClient, AMIError, AMIUnreachable

PROJECT = Path(__file__).resolve().parents[2]
AMI_USER = "console"
_SECRET = re.compile(r"[A-Za-z0-9._~+/=-]{1,80}")
# Becomes the Asterisk given as arguments, which the kernel kills together with the starter (1 is PR_SET_PDEATHSIG); nothing gentler,
# as an Asterisk that starts loses a SIGTERM, and would stay for ever.
_LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
_OUTPUT = "log/output"
_MESSAGES = "log/messages.log"


class AsteriskError(Exception):
    """A private Asterisk is missing, or did not start."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where an Asterisk is: how to start it, its modules, its data (sounds, documentation)."""

    command: tuple[str, ...]
    modules: Path
    data: Path


def find_asterisk(root: Path = PROJECT / "var" / "asterisk") -> Installation | None:
    """The Asterisk on PATH, else the private one that `make asterisk` puts into `root`; None when there is neither."""
    on_path = shutil.which("asterisk")
    if on_path:
        prefix = Path(on_path).resolve().parents[1]
        modules = _first(prefix, "lib/*/asterisk/modules", "lib64/asterisk/modules", "lib/asterisk/modules")
        data = _first(prefix, "share/asterisk", "../var/lib/asterisk", "var/lib/asterisk", holding="documentation")
        if modules and data:
            return Installation((on_path,), modules, data)
    # The private one runs without chroot, so by its own loader with its own libraries.
    loader = root / "lib64" / "ld-linux-x86-64.so.2"
    program = root / "usr" / "sbin" / "asterisk"
    modules = _first(root / "usr", "lib/*/asterisk/modules")
    if not (loader.exists() and program.exists() and modules):
        return None
    libraries = f"{modules.parents[1]}:{root / 'lib' / modules.parents[1].name}"
    return Installation((str(loader), "--library-path", libraries, str(program)), modules, root / "usr" / "share" / "asterisk")


def need_asterisk() -> Installation:
    """The same. Raises AsteriskError when there is none."""
    found = find_asterisk()
    if found is None:
        raise AsteriskError(
            "There is no Asterisk on PATH nor under var/asterisk: run `make asterisk`, or install your distribution's package"
        )
    return found


def _first(prefix: Path, *patterns: str, holding: str = "") -> Path | None:
    for pattern in patterns:
        for found in sorted(prefix.glob(pattern)):
            if (found / holding).is_dir():
                return found.resolve()
    return None


def write_config(
    folder: Path,
    sip_port: int,
    ami_port: int,
    ami_secret: str,
    *,
    installation: Installation | None = None,
    rtp_ports: tuple[int, int] = (20000, 29999),
) -> Installation:
    """Make `folder` the configuration directory of a private node, with its own lib/ spool/ log/ run/ below it.

    Its extensions.conf and pjsip.conf are written only where there is none yet: from then on they belong to the deployment.
    """
    if not _SECRET.fullmatch(ami_secret):
        raise AsteriskError("The AMI secret of a private Asterisk may hold letters, digits and . _ ~ + / = - only, 80 at most")
    installation = installation or need_asterisk()
    folder = folder.resolve()
    for name in ("lib/keys", "lib/sounds", "lib/moh", "spool", "log", "run", "tenants"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _link_data(installation.data, folder / "lib")
    always, once = asterisk_conf.files(folder, installation.modules, sip_port, ami_port, AMI_USER, ami_secret, rtp_ports)
    (folder / "manager.conf").touch(mode=0o600)
    for name, text in always.items():
        (folder / name).write_text(text)
    for name, text in once.items():
        if not (folder / name).exists():
            (folder / name).write_text(text)
    return installation


def _link_data(data: Path, lib: Path) -> None:
    """Sounds by links: the package's own `en` is an absolute link, which points nowhere when the tree is not the root."""
    sounds = data / "sounds"
    english = next((found for found in (sounds / "en", *sorted(sounds.glob("en_*"))) if found.is_dir()), None)
    links = {"documentation": data / "documentation", "sounds/en": english}
    if english:
        links |= {f"moh/{found.name}": found for found in english.glob("demo-instruct.*")}
    for name, target in links.items():
        link = lib / name
        if target is None or (link.is_symlink() and link.readlink() == target):
            continue
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def free_port() -> int:
    """A port of the loopback that nobody uses right now, neither for TCP nor for UDP.

    It lies below those which the kernel hands out: there any connection could get it before its user does, or while a node is down.
    """
    for port in random.sample(range(10_000, 20_000), 200):
        with suppress(AsteriskError):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                _require_free(port, kind)
            return port
    raise AsteriskError("Of the ports 10000 to 19999 of 127.0.0.1, none of 200 can be used")


def _require_free(port: int, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(kind == socket.SOCK_STREAM))
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise AsteriskError(f"Port {port} of 127.0.0.1 cannot be used: {error.strerror}. Choose another one") from None


class PrivateAsterisk:
    """Runs a private Asterisk for the length of a `with`, or between `start` and `stop`.

    Linux ends it together with the *thread* that started it: start it from one that lives as long as it is needed.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        sip_port: int | None = None,
        ami_port: int | None = None,
        ami_secret: str | None = None,
        rtp_ports: tuple[int, int] = (20000, 29999),
        installation: Installation | None = None,
    ) -> None:
        self._own_folder = folder is None
        self.folder = (folder or Path(tempfile.mkdtemp(prefix="asterisk-"))).resolve()
        self.sip_port = sip_port or free_port()
        self.ami_port = ami_port or free_port()
        self.ami_host, self.ami_user = "127.0.0.1", AMI_USER
        self.ami_secret = ami_secret or secrets.token_urlsafe(18)
        self._rtp_ports, self._installation = rtp_ports, installation
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        if self._process is None:
            raise AsteriskError(f"The Asterisk in {self.folder} is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """What it printed and logged."""
        parts = (self.folder / name for name in (_OUTPUT, _MESSAGES))
        return "\n".join(part.read_text(errors="replace") for part in parts if part.exists())

    def client(self, **options: float) -> AMIClient:
        """A client, not yet connected."""
        return AMIClient(self.ami_host, self.ami_port, self.ami_user, self.ami_secret, **options)  # type: ignore[arg-type]

    def check(self) -> Installation:
        """What is to be started; writes nothing yet. Raises AsteriskError when there is no Asterisk, or a port is taken."""
        installation = self._installation or need_asterisk()
        _require_free(self.ami_port, socket.SOCK_STREAM)
        _require_free(self.sip_port, socket.SOCK_DGRAM)
        return installation

    def start(self, timeout: float = 60.0) -> None:
        """Start it and wait until it is fully booted."""
        if self.running:
            raise AsteriskError(f"The Asterisk in {self.folder} already runs, with process id {self.pid}")
        installation = self.check()
        write_config(self.folder, self.sip_port, self.ami_port, self.ami_secret, installation=installation, rtp_ports=self._rtp_ports)
        for name in (_OUTPUT, _MESSAGES):
            (self.folder / name).unlink(missing_ok=True)
        with (self.folder / _OUTPUT).open("wb") as output:
            self._process = subprocess.Popen(
                self._arguments(installation),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._await_boot(time.monotonic() + timeout)
        except BaseException:
            self.kill()
            raise

    def _arguments(self, installation: Installation) -> Sequence[str]:
        return (
            sys.executable,
            "-ISc",
            _LAUNCHER,
            str(os.getpid()),
            *installation.command,
            "-f",
            "-n",
            "-C",
            str(self.folder / "asterisk.conf"),
        )

    def _await_boot(self, deadline: float) -> None:
        assert self._process is not None
        while True:
            try:
                client = self.client()
                client.connect(boot_timeout=max(0.1, deadline - time.monotonic()))
                client.close()
                return
            except AMIError as error:
                ended = self._process.poll()
                if ended is not None:
                    raise self._failed(f"it ended with status {ended}") from error
                if not isinstance(error, AMIUnreachable) or time.monotonic() > deadline:
                    raise self._failed(str(error)) from error
            time.sleep(0.02)

    def _failed(self, why: str) -> AsteriskError:
        return AsteriskError(f"The Asterisk in {self.folder} did not start: {why}. The end of its log:\n{self.log[-3000:]}")

    def wait(self) -> int:
        """Wait until it ends; its status."""
        if self._process is None:
            raise AsteriskError(f"The Asterisk in {self.folder} is not running")
        return self._process.wait()

    def stop(self, timeout: float = 10.0) -> None:
        """End it; by force when it does not end in time."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it as a crash would: no chance to write anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None
