"""The SIP endpoints when both sides act at once; a peer that the tests play message by message takes Asterisk's place."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sip import Phone, need_sipp
from tests.sip.message import Message


class Peer:
    """The other side of one phone, on a UDP port."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(10)
        self.address = self._socket.getsockname()
        self._phone = self.address

    def take(self, expected: str) -> Message:
        """The next message, which has to be of this method or status."""
        data, self._phone = self._socket.recvfrom(65_535)
        message = Message.parse(False, data.decode())
        assert expected in (message.method, str(message.status)), message
        return message

    def answer(self, request: Message, status: str) -> None:
        copied = [f"{name}: {request.header(name)}" for name in ("Via", "From", "Call-ID", "CSeq")]
        self._send(f"SIP/2.0 {status}", *copied, f"To: {request.header('To')};tag=peer", self._contact)

    def ask(self, phone_port: int, method: str, to: str = "<sip:phone@127.0.0.1>") -> None:
        self._phone = ("127.0.0.1", phone_port)
        number, branch = (2, "bye") if method == "BYE" else (1, "call")
        via = f"Via: SIP/2.0/UDP {self.address[0]}:{self.address[1]};branch=z9hG4bK-{branch}"
        names = ("From: <sip:peer@127.0.0.1>;tag=peer", f"To: {to}", "Call-ID: one", f"CSeq: {number} {method}")
        self._send(f"{method} sip:phone@127.0.0.1 SIP/2.0", via, *names, self._contact)

    @property
    def _contact(self) -> str:
        return f"Contact: <sip:{self.address[0]}:{self.address[1]}>"

    def _send(self, *lines: str) -> None:
        self._socket.sendto("\r\n".join((*lines, "Content-Length: 0", "", "")).encode(), self._phone)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    need_sipp()
    peer = Peer()
    yield peer
    peer.close()


@pytest.fixture
def phone(peer: Peer) -> Iterator[Phone]:
    with Phone(peer.address, "alice", "secret") as phone:
        yield phone


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    """For what the test's user does while the test plays the peer."""
    with ThreadPoolExecutor() as threads:
        yield threads


def test_a_phone_is_cancelled_before_it_hears_that_the_other_rings(peer: Peer, phone: Phone, aside: ThreadPoolExecutor) -> None:
    call = phone.call("102")
    invite = peer.take("INVITE")
    peer.answer(invite, "100 Trying")
    hanging_up = aside.submit(call.hang_up)
    cancel = peer.take("CANCEL")
    peer.answer(invite, "180 Ringing")
    peer.answer(cancel, "200 OK")
    peer.answer(invite, "183 Session Progress")
    peer.answer(invite, "487 Request Terminated")
    peer.take("ACK")
    hanging_up.result()
    assert (call.status, call.ended) == (487, True)


@pytest.mark.parametrize("of_cancel", ["200 OK", "481 Call/Transaction Does Not Exist"])
def test_a_phone_is_answered_while_it_cancels(peer: Peer, phone: Phone, aside: ThreadPoolExecutor, of_cancel: str) -> None:
    call = phone.call("102")
    invite = peer.take("INVITE")
    peer.answer(invite, "100 Trying")
    hanging_up = aside.submit(call.hang_up)
    cancel = peer.take("CANCEL")
    peer.answer(invite, "200 OK")
    peer.answer(cancel, of_cancel)
    peer.take("ACK")
    peer.answer(peer.take("BYE"), "200 OK")
    hanging_up.result()
    assert (call.status, call.ended) == (200, True)


def test_both_hang_up(peer: Peer, phone: Phone, aside: ThreadPoolExecutor) -> None:
    phone.answer()
    peer.ask(phone.port, "INVITE")
    peer.take("180")
    answered = peer.take("200")
    peer.ask(phone.port, "ACK", answered.header("To") or "")
    call = phone.wait_call()
    call.wait_answered()
    hanging_up = aside.submit(call.hang_up)
    bye = peer.take("BYE")
    peer.ask(phone.port, "BYE", answered.header("To") or "")
    peer.take("200")
    peer.answer(bye, "200 OK")
    hanging_up.result()


def test_an_answered_phone_is_cancelled(peer: Peer, phone: Phone) -> None:
    phone.answer()
    peer.ask(phone.port, "INVITE")
    peer.take("180")
    answered = peer.take("200")
    peer.ask(phone.port, "CANCEL")
    peer.take("481")
    peer.ask(phone.port, "ACK", answered.header("To") or "")
    peer.ask(phone.port, "BYE", answered.header("To") or "")
    peer.take("200")
    phone.wait_call().wait_ended()


def test_a_phone_declines_while_it_is_cancelled(peer: Peer, phone: Phone, aside: ThreadPoolExecutor) -> None:
    phone.answer(auto=False)
    peer.ask(phone.port, "INVITE")
    peer.take("180")
    call = phone.wait_call()
    hanging_up = aside.submit(call.hang_up)
    declined = peer.take("486")
    peer.ask(phone.port, "CANCEL")
    peer.take("481")
    peer.ask(phone.port, "ACK", declined.header("To") or "")
    hanging_up.result()
    assert call.status == 486
