"""What goes over a manager connection: actions as bytes, responses and events, and what can go wrong."""

import re
from dataclasses import dataclass

LINE_BYTES = 1022  # Asterisk fails to parse a message with a longer header line
HEADERS = 128
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
END = b"\r\n\r\n"


class AMIError(Exception):
    """Anything that goes wrong between the console and a manager interface."""


class AMIUnreachable(AMIError):
    """The manager interface could not be connected to, or the connection was lost."""


class AMIRefused(AMIError):
    """Asterisk refused the login or an action."""


class AMITimeout(AMIError):
    """Asterisk did not answer in time."""


class AMIValueError(AMIError, ValueError):
    """A header would not reach Asterisk as it is; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action with its headers, in order."""

    name: str
    headers: tuple[tuple[str, str], ...] = ()


def action(name: str, **headers: str) -> Action:
    """An action from keyword headers: `action("DBGet", Family="acme/cid", Key="1")`."""
    return Action(name, tuple(headers.items()))


@dataclass(frozen=True, slots=True)
class Message:
    """A response or event as received."""

    headers: tuple[tuple[str, str], ...]

    def get(self, name: str, default: str = "") -> str:
        """The first header of this name, which is spelled as Asterisk does."""
        return next((value for key, value in self.headers if key == name), default)

    def all(self, name: str) -> tuple[str, ...]:
        """All headers of this name."""
        return tuple(value for key, value in self.headers if key == name)


@dataclass(frozen=True, slots=True)
class Response:
    """What Asterisk answered to one action, with the events of its list."""

    message: Message
    events: tuple[Message, ...] = ()

    @property
    def ok(self) -> bool:
        return self.message.get("Response") != "Error"

    @property
    def text(self) -> str:
        return self.message.get("Message")

    @property
    def output(self) -> str:
        return "\n".join(self.message.all("Output"))


def encode(request: Action, action_id: str) -> bytes:
    """The bytes of an action; raises AMIValueError, naming the field, on what Asterisk would misread."""
    headers = (("Action", request.name), ("ActionID", action_id), *request.headers)
    if len(headers) > HEADERS:
        raise AMIValueError(f"AMI action {request.name!r} has {len(headers)} headers; Asterisk reads at most {HEADERS}")
    lines = []
    for name, value in headers:
        if not _NAME.fullmatch(name):
            raise AMIValueError(f"AMI action {request.name!r}: {name!r} is not a header name (letters, digits, - and _)")
        for char, called in (("\r", "a carriage return"), ("\n", "a line feed"), ("\0", "a NUL")):
            if char in value:
                raise AMIValueError(f"AMI action {request.name!r}: {name} holds {called}, which would end the header: {value[:60]!r}")
        try:
            line = f"{name}: {value}".encode()
        except UnicodeEncodeError:
            raise AMIValueError(f"AMI action {request.name!r}: {name} is not valid Unicode: {value[:60]!r}") from None
        if len(line) > LINE_BYTES:
            raise AMIValueError(
                f"AMI action {request.name!r}: {name} makes a line of {len(line)} bytes; Asterisk reads at most {LINE_BYTES}"
            )
        lines.append(line)
    return b"\r\n".join(lines) + END


def decode(block: bytes) -> Message:
    """A response or event from its bytes, without the blank line that ends it."""
    headers = []
    for line in block.decode("utf-8", "surrogateescape").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            headers.append((name, value.removeprefix(" ")))
    return Message(tuple(headers))
