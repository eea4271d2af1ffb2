"""One sipp process: a scenario on a UDP port, and the log of all it sent and received."""

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.sip.message import Message, read_log

Address = tuple[str, int]
T = TypeVar("T")
_SCENARIOS = Path(__file__).with_name("scenarios")
_POLL = 0.01
# No sipp outlives a test run that was killed by more than this.
_LIFETIME = 300


class SipError(Exception):
    """A SIP endpoint was refused, or what was waited for did not happen; the text ends with the messages."""


def need_sipp() -> None:
    """Skip where there is no sipp, but fail in CI: there its tests must run."""
    if shutil.which("sipp") is None:
        message = "no sipp on PATH: install Debian's package sip-tester"
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        pytest.skip(message)


def reserve_port(host: str) -> socket.socket:
    """A free UDP port of `host`: the name of the returned socket, which holds the TCP port of that number and so keeps other tests off.

    It lies below the ports which the kernel hands out, where anyone could get it before sipp does.
    """
    for port in random.sample(range(10_000, 20_000), 200):
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            held.bind((host, port))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.bind((host, port))
        except OSError:
            held.close()
        else:
            return held
    raise SipError(f"no UDP port between 10000 and 19999 is free on {host}")


class Sipp:
    """Runs one of the scenarios until it ends by itself or is stopped."""

    def __init__(
        self, scenario: str, server: Address, local: Address, folder: Path, options: tuple[str, ...], seconds: float = _LIFETIME
    ) -> None:
        self.local = local
        self._name = f"sipp's {scenario}.xml on {local[0]}:{local[1]}"
        self._log, self._errors = (folder / f"{scenario}-{local[1]}.{kind}" for kind in ("messages", "errors"))
        command = ["sipp", f"{server[0]}:{server[1]}", "-sf", str(_SCENARIOS / f"{scenario}.xml"), *options]
        # Sipp binds media ports even when none flows, and looks for free ones among 50 of an address: so each gets its own address.
        media = f"127.1.{local[1] >> 8}.{local[1] & 255}"
        command += ["-i", local[0], "-p", str(local[1]), "-bind_local", "-mi", media, "-ci", media, "-timeout", f"{seconds}s"]
        command += ["-nostdin", "-trace_msg", "-message_file", str(self._log)]
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)

    @property
    def exit_status(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    @property
    def messages(self) -> list[Message]:
        """All so far."""
        return read_log(self._log.read_bytes()) if self._log.exists() else []

    def wait(self, condition: Callable[[], T | None], timeout: float, what: str) -> T:
        """Wait until the condition gives something true, which is returned."""
        deadline = time.monotonic() + timeout
        while True:
            # Asked before the condition: its last message may come just before its end.
            ended = self.exit_status is not None
            found = condition()
            if found:
                return found
            if ended or time.monotonic() > deadline:
                why = f"it ended with status {self.exit_status}" if ended else f"not within {timeout} s"
                raise SipError(f"{what}: {why}\n{self.report}")
            time.sleep(_POLL)

    def wait_listening(self, timeout: float) -> None:
        """Wait until it answers; its scenario has to answer OPTIONS."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(self.local)
            probe.settimeout(0.1)

            def answers() -> bool:
                try:
                    probe.send(self._request("OPTIONS", f"listening@{self.local[0]}", probe.getsockname()))
                    return bool(probe.recv(4096))
                except (TimeoutError, ConnectionRefusedError):
                    return False

            self.wait(answers, timeout, "does not listen")

    def tell(self, word: str, call_id: str, *headers: str) -> None:
        """Send one of the words that its scenario takes from the test, meant for one call."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.connect(self.local)
            sender.send(self._request(word, call_id, sender.getsockname(), *headers))

    def _request(self, method: str, call_id: str, sender: Address, *headers: str) -> bytes:
        lines = (
            f"{method} sip:test@{self.local[0]}:{self.local[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {sender[0]}:{sender[1]};branch=z9hG4bK-{method}",
            f"From: <sip:test@{sender[0]}>;tag=test",
            f"To: <sip:test@{self.local[0]}>",
            f"Call-ID: {call_id}",
            f"CSeq: 1 {method}",
            *headers,
            "Content-Length: 0",
        )
        return "\r\n".join((*lines, "", "")).encode()

    @property
    def report(self) -> str:
        """For people: what it printed, and the messages but the checks whether it is there."""
        messages = (str(message) for message in self.messages if message.belongs_to != "OPTIONS")
        return "\n\n".join((self._name, self._errors.read_text(errors="replace").strip(), *messages))

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
