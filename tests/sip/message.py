"""SIP messages, as sipp's message log has them."""

import re
from dataclasses import dataclass
from typing import Self

# Either "UDP message sent (573 bytes):" or "UDP message received [448] bytes :", an empty line, then exactly that many bytes.
_ENTRY = re.compile(rb"^UDP message (sent|received) [(\[](\d+)(?: bytes\)|\] bytes ):\n\n", re.MULTILINE)
_USER = re.compile(r"sips?:([^@;>]*)@")


@dataclass(frozen=True, slots=True)
class Message:
    """One request or answer, sent or received."""

    sent: bool
    first_line: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def parse(cls, sent: bool, text: str) -> Self:
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        first_line, *lines = head.split("\n")
        pairs = (line.partition(":") for line in lines)
        return cls(sent, first_line, tuple((name.strip(), value.strip()) for name, _, value in pairs), body)

    def __str__(self) -> str:
        headers = "".join(f"\n    {name}: {value}" for name, value in self.headers)
        return f"{'sent' if self.sent else 'received'} {self.first_line}{headers}"

    def all(self, name: str) -> list[str]:
        """Every value of a header, in the order of the message."""
        return [value for each, value in self.headers if each.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next(iter(self.all(name)), None)

    @property
    def method(self) -> str | None:
        """INVITE, BYE, ... of a request; None for an answer."""
        return None if self.status else self.first_line.partition(" ")[0]

    @property
    def status(self) -> int | None:
        """200, 404, ... of an answer; None for a request."""
        return int(self.first_line.split()[1]) if self.first_line.startswith("SIP/2.0 ") else None

    @property
    def belongs_to(self) -> str:
        """The method of the request that this is or answers."""
        return (self.header("CSeq") or "").rpartition(" ")[2]

    @property
    def call_id(self) -> str | None:
        return self.header("Call-ID")

    @property
    def called(self) -> str:
        """The user of the request URI: the number that was dialled."""
        return _user(self.first_line)

    @property
    def caller(self) -> str:
        """The user of the From header: the number that calls."""
        return _user(self.header("From") or "")


def _user(text: str) -> str:
    found = _USER.search(text)
    return found[1] if found else ""


def read_log(log: bytes) -> list[Message]:
    """The messages of a log that may still be growing: one that is not there in full is left out."""
    messages = []
    for entry in _ENTRY.finditer(log):
        text = log[entry.end() : entry.end() + int(entry[2])]
        if len(text) == int(entry[2]):
            messages.append(Message.parse(entry[1] == b"sent", text.decode(errors="replace")))
    return messages
