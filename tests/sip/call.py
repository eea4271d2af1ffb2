"""One call, as the endpoint sees it that placed or received it."""

import time

from tests.sip.message import Message
from tests.sip.sipp import SipError, Sipp

_BETWEEN_KEYS = 0.08  # what comes within 45 ms Asterisk puts off until it next hears something


class Call:
    """A call from its INVITE on; all it knows, it reads in the log of its sipp process."""

    def __init__(self, sipp: Sipp, invite: Message, answered_at_once: bool = False) -> None:
        self._sipp = sipp
        self.invite = invite
        self._answered_at_once = answered_at_once
        self.number, self.caller = invite.called, invite.caller
        self._call_id = invite.call_id or ""

    def __repr__(self) -> str:
        return f"<Call from {self.caller} to {self.number}, status {self.status}{', ended' if self.ended else ''}>"

    def header(self, name: str) -> str | None:
        """A header of the INVITE, say Call-Info; None when it has none."""
        return self.invite.header(name)

    @property
    def messages(self) -> list[Message]:
        """All of this call so far."""
        return [message for message in self._sipp.messages if message.call_id == self._call_id]

    @property
    def status(self) -> int | None:
        """The final SIP status, say 200 or 404; None as long as there is none."""
        finals = [answer.status for answer in self.messages if answer.belongs_to == "INVITE" and (answer.status or 0) >= 200]
        # The first 401 is the server's question for the secret, the second its refusal.
        return None if finals in ([], [401]) else finals[-1]

    @property
    def ringing(self) -> bool:
        """Whether the other side has been told to ring, and no more than that."""
        return self.status is None and any(answer.status == 180 for answer in self.messages)

    @property
    def answered(self) -> bool:
        """Whether it has been answered, and the answer acknowledged."""
        methods = [message.method or message.status for message in self.messages if message.belongs_to in ("INVITE", "ACK")]
        return 200 in methods and "ACK" in methods[methods.index(200) :]

    @property
    def ended(self) -> bool:
        """Whether it was refused, cancelled or hung up, and both sides know."""
        messages = self.messages
        last = [message for message in messages if message.belongs_to in ("INVITE", "ACK")][-1]
        refused = (self.status or 0) >= 300 and last.method == "ACK"
        return refused or any(message.belongs_to == "BYE" and message.status for message in messages)

    def wait_status(self, timeout: float = 10) -> int:
        """Wait for the final status, whichever it is."""
        return self._sipp.wait(lambda: self.status, timeout, f"{self!r} got no final status")

    def wait_ringing(self, timeout: float = 10) -> None:
        self._sipp.wait(lambda: self.ringing, timeout, f"{self!r} does not ring")

    def wait_answered(self, timeout: float = 10) -> None:
        """Wait until it is answered; an error when it is refused."""
        self._sipp.wait(lambda: self.answered or self.ended, timeout, f"{self!r} was not answered")
        if not self.answered:
            raise SipError(f"{self!r} was refused\n{self._sipp.report}")

    def wait_ended(self, timeout: float = 10) -> None:
        """Wait until one of the two sides has ended it."""
        self._sipp.wait(lambda: self.ended, timeout, f"{self!r} did not end")

    def pick_up(self, timeout: float = 10) -> None:
        """Answer a received call that rings."""
        self._sipp.tell("PICKUP", self._call_id)
        self.wait_answered(timeout)

    def press(self, keys: str, timeout: float = 10) -> None:
        """Press keys of the placing phone in a call that is answered, no faster than fingers do.

        As no sound comes from the phone, Asterisk is sure to hear several keys only while it waits for keys, or plays what Read() says.
        """
        for key in keys:
            pressed = len(self._taken_keys) + 1
            self._sipp.tell("PRESS", self._call_id, f"Key: {key}")
            self._sipp.wait(lambda: len(self._taken_keys) >= pressed, timeout, f"{self!r}: key {key} was not taken")  # noqa: B023
            time.sleep(_BETWEEN_KEYS)

    def hang_up(self, timeout: float = 10) -> None:
        """End it, unless it has ended: BYE when it is answered, CANCEL by who placed it before that, 486 by who received it."""
        self._sipp.wait(lambda: self.ended or self.answered or self._under_way, timeout, f"{self!r} cannot be hung up yet")
        if not self.ended:
            self._sipp.tell("HANGUP", self._call_id)
            self.wait_ended(timeout)

    @property
    def _taken_keys(self) -> list[Message]:
        return [message for message in self.messages if message.belongs_to == "INFO" and message.status == 200]

    @property
    def _under_way(self) -> bool:
        """Whether the scenario takes a HANGUP before the answer; none comes through between an answer and its ACK."""
        return not self._answered_at_once and self.status is None and any(100 <= (answer.status or 0) < 200 for answer in self.messages)
