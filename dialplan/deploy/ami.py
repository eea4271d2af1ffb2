"""A synchronous client of Asterisk's manager interface: many actions in flight on one connection, no threads."""

import hashlib
import select
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from dialplan.deploy.ami_messages import (
    END,
    Action,
    AMIError,
    AMIRefused,
    AMITimeout,
    AMIUnreachable,
    AMIValueError,
    Message,
    Response,
    action,
    decode,
    encode,
)

__all__ = [
    "AMIClient",
    "AMIError",
    "AMIRefused",
    "AMITimeout",
    "AMIUnreachable",
    "AMIValueError",
    "Action",
    "Message",
    "Response",
    "action",
]

WINDOW = 64


class AMIClient:
    """One connection to the manager interface of one Asterisk."""

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str,
        *,
        connect_timeout: float = 5.0,
        answer_timeout: float = 30.0,
        window: int = WINDOW,
    ) -> None:
        self.host, self.port, self.user = host, port, user
        self._secret = secret
        self._connect_timeout, self._answer_timeout, self._window = connect_timeout, answer_timeout, window
        self._socket: socket.socket | None = None
        self._received = bytearray()
        self._messages: deque[Message] = deque()
        self._banner_seen = False
        self._count = 0

    def __str__(self) -> str:
        return f"AMI {self.host}:{self.port} (user {self.user})"

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        return self._socket is not None

    def fileno(self) -> int:
        """The socket's number, so that a caller can wait on it: readable while idle means that the connection is going."""
        if self._socket is None:
            raise self._lost("not connected")
        return self._socket.fileno()

    def connect(self, boot_timeout: float = 60.0) -> None:
        """Connect, log in, and wait until Asterisk has fully booted."""
        self.close()
        try:
            self._socket = socket.create_connection((self.host, self.port), self._connect_timeout)
        except OSError as error:
            raise AMIUnreachable(
                f"{self}: cannot connect: {error}. Is Asterisk running there, and enabled = yes with that port in its manager.conf?"
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._socket.setblocking(False)
        try:
            self._log_in()
            self._await_boot(time.monotonic() + boot_timeout)
            self.send("Events", EventMask="off")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Drop the connection; a next `connect` starts anew."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._received.clear()
        self._messages.clear()
        self._banner_seen = False

    def send(self, name: str, /, *, timeout: float | None = None, **headers: str) -> Response:
        """Send one action and return its answer, also when that is an error."""
        return self.send_all([action(name, **headers)], timeout=timeout)[0]

    def do(self, name: str, /, *, timeout: float | None = None, **headers: str) -> Response:
        """Send one action; raise AMIRefused when Asterisk answers with an error."""
        response = self.send(name, timeout=timeout, **headers)
        if not response.ok:
            raise AMIRefused(f"{self}: {name} was refused: {response.text or 'no reason given'}")
        return response

    def command(self, text: str, *, timeout: float | None = None) -> str:
        """What an Asterisk CLI command prints."""
        response = self.send("Command", Command=text, timeout=timeout)
        if not response.ok and not response.output:
            raise AMIRefused(f"{self}: the command {text!r} was refused: {response.text or 'no reason given'}")
        return response.output

    def send_all(self, actions: Iterable[Action], *, timeout: float | None = None) -> list[Response]:
        """Send many actions with a window of them in flight; the answers come in the order of the actions.

        `timeout` is the longest silence. After AMITimeout or AMIUnreachable the connection is closed, and how much took effect is unknown.
        """
        requests = list(actions)
        first = self._count
        waiting = deque((str(first + number), encode(request, str(first + number))) for number, request in enumerate(requests))
        self._count += len(requests)
        answers: dict[str, Response] = {}
        try:
            self._exchange(waiting, requests, answers, self._answer_timeout if timeout is None else timeout)
        except AMIError:
            self.close()
            raise
        return [answers[str(first + number)] for number in range(len(requests))]

    def _exchange(self, waiting: deque[tuple[str, bytes]], requests: list[Action], answers: dict[str, Response], timeout: float) -> None:
        in_flight: dict[str, tuple[Message | None, list[Message]]] = {}
        outgoing = bytearray()
        while waiting or in_flight:
            while waiting and len(in_flight) < self._window:
                action_id, data = waiting.popleft()
                in_flight[action_id] = (None, [])
                outgoing += data
            if not self._messages and not self._transfer(outgoing, timeout):
                late = requests[len(answers)].name
                raise AMITimeout(f"{self}: no answer to {late} within {timeout:g} s. Asterisk is overloaded or hangs: look at its log")
            while self._messages and in_flight:
                message = self._messages.popleft()
                action_id = message.get("ActionID")
                if action_id not in in_flight:
                    continue
                response, events = in_flight[action_id]
                if response is None:
                    in_flight[action_id] = (message, events)
                    done = message.get("EventList").lower() != "start"
                    response = message
                else:
                    done = message.get("EventList").lower() in ("complete", "cancelled")
                    if not done:
                        events.append(message)
                if done:
                    del in_flight[action_id]
                    answers[action_id] = Response(response, tuple(events))

    def _transfer(self, outgoing: bytearray, timeout: float) -> bool:
        """Write what the socket takes and read what it has, until a message has come; False when nothing moved within the time-out."""
        if self._socket is None:
            raise self._lost("not connected")
        poll = select.poll()
        while not self._messages:
            poll.register(self._socket, select.POLLIN | (select.POLLOUT if outgoing else 0))
            ready = poll.poll(timeout * 1000)
            if not ready:
                return False
            try:
                if ready[0][1] & ~select.POLLOUT:
                    self._receive()
                elif outgoing:
                    del outgoing[: self._socket.send(outgoing)]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._lost(str(error)) from error
        return True

    def _receive(self) -> None:
        assert self._socket is not None
        data = self._socket.recv(262_144)
        if not data:
            raise self._lost("Asterisk closed it")
        self._received += data
        if not self._banner_seen:
            banner, newline, rest = self._received.partition(b"\r\n")
            if not newline:
                return
            if not banner.startswith(b"Asterisk Call Manager"):
                raise AMIRefused(f"{self}: this is not Asterisk's manager interface; it says {bytes(banner[:60])!r}. Check host and port")
            self._banner_seen, self._received = True, rest
        *blocks, last = self._received.split(END)
        self._received = last
        self._messages.extend(decode(bytes(block)) for block in blocks)

    def _log_in(self) -> None:
        challenge = self.send("Challenge", AuthType="MD5", timeout=self._connect_timeout).message.get("Challenge")
        key = hashlib.md5((challenge + self._secret).encode(), usedforsecurity=False).hexdigest()
        # FullyBooted comes only to a session that listens to the system class.
        answer = self.send("Login", AuthType="MD5", Username=self.user, Key=key, Events="system", timeout=self._connect_timeout + 5)
        if not answer.ok:
            raise AMIRefused(f"{self}: login refused: {answer.text}. Check the user's name, secret and permit lines in manager.conf")

    def _await_boot(self, deadline: float) -> None:
        for event in self._events(deadline):
            if event.get("Event") == "FullyBooted":
                return
        raise AMITimeout(f"{self}: Asterisk has not finished booting, or the user lacks read = system in manager.conf. Look at its log")

    def _events(self, deadline: float) -> Iterator[Message]:
        while True:
            while self._messages:
                yield self._messages.popleft()
            left = deadline - time.monotonic()
            if left <= 0 or not self._transfer(bytearray(), left):
                return

    def _lost(self, why: str) -> AMIUnreachable:
        return AMIUnreachable(f"{self}: the connection is lost: {why}. Is Asterisk running?")
