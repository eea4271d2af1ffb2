"""Phones, which register, and carriers, which Asterisk knows by their address."""

import contextlib
import shutil
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.sip.call import Call
from tests.sip.sipp import Address, SipError, Sipp, reserve_port

_REPORT = 5_000


class Endpoint:
    """What answers calls on its one port, and places each of its own calls from a port more. No media flows."""

    def __init__(self, server: Address, host: str, port: int | None, user: str, secret: str) -> None:
        self.server, self.host, self.user = server, host, user
        self._reserved: list[socket.socket] = []
        self.port = port or self._reserve()
        self._login = ("-au", user, "-ap", secret)
        self._folder = Path(tempfile.mkdtemp(prefix="sip-"))
        self._listener: Sipp | None = None
        self._at_once = True
        self._placed: list[Call] = []
        self._processes: list[Sipp] = []
        self._handed_out = self._forgotten = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None:
            error.add_note("\n".join((f"The messages of {self.user}:", *(sipp.report for sipp in self._processes)))[-_REPORT:])
        self.close()

    def rest(self) -> None:
        """Hang up what is still up, and forget all calls so far: for a next test, nobody has called yet."""
        calls = self.received
        for call in (*self._placed, *calls):
            with contextlib.suppress(SipError):
                call.hang_up(timeout=2)
        self._placed.clear()
        self._forgotten += len(calls)
        self._handed_out = 0

    def close(self) -> None:
        """Hang up what is still up, and stop every process."""
        self.rest()
        for sipp in self._processes:
            sipp.stop()
        for port in self._reserved:
            port.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def answer(self, seconds: float = 300, auto: bool = True) -> None:
        """From now on, and for so many seconds at most, answer every call at once; with `auto=False` let it ring until it is picked up."""
        if self._listener is not None:
            raise SipError(f"{self.user} answers already, on {self.host}:{self.port}")
        self._at_once = auto
        # Asterisk registers again and again with one Call-ID, which sipp would ignore once the first has been answered.
        options = ("-deadcall_wait", "0", *(("-set", "at_once", "yes") if auto else ()))
        self._listener = self._run("answer", self.port, *options, seconds=seconds)
        self._listener.wait_listening(timeout=10)

    @property
    def received(self) -> list[Call]:
        """The calls that have arrived here so far, in their order."""
        if self._listener is None:
            return []
        calls: dict[str | None, Call] = {}
        for message in self._listener.messages:
            if message.method == "INVITE" and message.call_id not in calls:
                calls[message.call_id] = Call(self._listener, message, self._at_once)
        return list(calls.values())[self._forgotten :]

    def wait_call(self, timeout: float = 10) -> Call:
        """Wait for the next call: the first one that this has not returned yet."""
        if self._listener is None:
            raise SipError(f"{self.user} does not answer calls: .answer() comes first")
        call = self._listener.wait(lambda: next(iter(self.received[self._handed_out :]), None), timeout, f"nobody called {self.user}")
        self._handed_out += 1
        return call

    def _place(self, number: str, caller: str) -> Call:
        sipp = self._run("call", self._reserve(), "-m", "1", "-s", number, "-key", "user", caller, *self._login)
        call = Call(sipp, sipp.wait(lambda: next(iter(sipp.messages), None), 10, f"{self.user} sent no INVITE"))
        self._placed.append(call)
        return call

    def _reserve(self) -> int:
        self._reserved.append(reserve_port(self.host))
        return int(self._reserved[-1].getsockname()[1])

    def _run(self, scenario: str, port: int, *options: str, **lifetime: float) -> Sipp:
        sipp = Sipp(scenario, self.server, (self.host, port), self._folder, options, **lifetime)
        self._processes.append(sipp)
        return sipp


class Phone(Endpoint):
    """A phone of a tenant, with a user name and a secret."""

    def __init__(self, server: Address, user: str, secret: str, host: str = "127.0.0.1") -> None:
        super().__init__(server, host, None, user, secret)

    def register(self, timeout: float = 10) -> None:
        """Register the port where `answer` will listen; an error when it is refused."""
        sipp = self._run("register", self.port, "-m", "1", "-key", "user", self.user, *self._login)
        sipp.wait(lambda: sipp.exit_status is not None, timeout, f"{self.user} got no answer to REGISTER")
        if sipp.exit_status != 0:
            raise SipError(f"{self.user} was not registered\n{sipp.report}")

    def call(self, number: str) -> Call:
        """Dial a number; the call may still be refused."""
        return self._place(number, self.user)


class Carrier(Endpoint):
    """A trunk's other end, where Asterisk sends calls to `host` and `port`. It takes any registration."""

    def __init__(self, server: Address, host: str = "127.0.0.2", port: int | None = None) -> None:
        super().__init__(server, host, port, f"carrier-{host}", "none")

    def call(self, did: str, caller: str = "5551234") -> Call:
        """Bring a call in from outside, for the number `did`."""
        return self._place(did, caller)
