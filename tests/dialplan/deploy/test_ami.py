"""The AMI client, against a real Asterisk and against servers that misbehave."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dialplan.deploy.ami import Action, AMIClient, AMIRefused, AMITimeout, AMIUnreachable, AMIValueError, action
from dialplan.deploy.ami_messages import HEADERS, LINE_BYTES, encode
from dialplan.deploy.asterisk import PrivateAsterisk, free_port


def put(key: str, value: str) -> Action:
    return action("DBPut", Family="ami-test", Key=key, Val=value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("Bob\r\n\r\nAction: Command\r\nCommand: core show version", "Val holds a carriage return"),
        ("Bob\nVal: x", "Val holds a line feed"),
        ("Bob\rx", "Val holds a carriage return"),
        ("Bob\0x", "Val holds a NUL"),
        ("x" * (LINE_BYTES - 4), "Val makes a line of 1023 bytes"),
        ("é" * 510, "Val makes a line of 1025 bytes"),
        ("\ud800", "Val is not valid Unicode"),
    ],
)
def test_refuses_what_would_break_out_of_its_header(value: str, says: str) -> None:
    with pytest.raises(AMIValueError, match=says):
        encode(put("k", value), "1")


@pytest.mark.parametrize("name", ["Val: x\r\nKey", "Val\n", "Va l", "", "Val\0", "Väl", "-Val"])
def test_refuses_header_names(name: str) -> None:
    with pytest.raises(AMIValueError, match="is not a header name"):
        encode(Action("DBPut", ((name, "x"),)), "1")


def test_refuses_an_injection_by_the_actions_own_name() -> None:
    with pytest.raises(AMIValueError, match="Action holds"):
        encode(Action("Ping\r\nAction: Command"), "1")


def test_refuses_more_headers_than_asterisk_reads() -> None:
    encode(Action("X", (("A", "b"),) * (HEADERS - 2)), "1")
    with pytest.raises(AMIValueError, match="has 129 headers"):
        encode(Action("X", (("A", "b"),) * (HEADERS - 1)), "1")


@pytest.mark.asterisk
def test_nothing_is_sent_when_one_of_many_is_refused(client: AMIClient) -> None:
    with pytest.raises(AMIValueError):
        client.send_all([put("first", "1"), put("second", "a\nb")])
    assert not client.send("DBGet", Family="ami-test", Key="first").ok
    assert client.connected


@pytest.mark.asterisk
def test_values_come_back_byte_for_byte(client: AMIClient) -> None:
    values = ["plain", "a;b", r"a\;b", 'é "x" ${Y} $[1+1]', "a:b: c", "x" * (LINE_BYTES - len("Val: "))]
    assert all(answer.ok for answer in client.send_all([put(str(number), value) for number, value in enumerate(values)]))
    answers = client.send_all([action("DBGet", Family="ami-test", Key=str(number)) for number in range(len(values))])
    assert [answer.events[0].get("Val") for answer in answers] == values
    client.send_all([action("DBDel", Family="ami-test", Key=str(number)) for number in range(len(values))])


@pytest.mark.asterisk
def test_one_byte_more_than_the_limit_is_what_asterisk_refuses(client: AMIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialplan.deploy.ami_messages.LINE_BYTES", LINE_BYTES + 1)
    answer = client.send("DBPut", Family="ami-test", Key="long", Val="x" * (LINE_BYTES + 1 - len("Val: ")))
    assert (answer.ok, answer.text) == (False, "Failed to parse message: line too long")


@pytest.mark.asterisk
def test_answers_keep_the_order_of_many_in_flight(client: AMIClient) -> None:
    requests = [put(str(number), str(number)) if number % 2 else action("DBGet", Family="ami-test", Key="none") for number in range(1000)]
    assert [answer.ok for answer in client.send_all(requests)] == [bool(number % 2) for number in range(1000)]
    client.send_all([action("DBDel", Family="ami-test", Key=str(number)) for number in range(1000)])


@pytest.mark.asterisk
def test_speed(client: AMIClient) -> None:
    """A bound for loaded machines; two idle cores do 96,000 writes/s with 64 in flight, 9,800 one by one (medians of five runs)."""
    requests = [put(str(number), "x") for number in range(5000)]
    start = time.monotonic()
    client.send_all(requests)
    assert time.monotonic() - start < 2
    client.send_all([action("DBDel", Family="ami-test", Key=str(number)) for number in range(5000)])


@pytest.mark.asterisk
def test_lists_are_collected_and_commands_print(client: AMIClient) -> None:
    place = {"Context": "ami-test", "Extension": "1"}
    client.do("DialplanExtensionAdd", **place, Priority="1", Application="NoOp", ApplicationData="a;b")
    (event,) = client.do("ShowDialPlan", **place).events
    assert (event.get("Application"), event.get("AppData")) == ("NoOp", "a;b")
    client.do("DialplanExtensionRemove", **place, Priority="1")
    output = client.command("core show application Page")
    assert "Page series of phones" in output
    assert "\n" in output
    assert "No such command" in client.command("nonsense")


@pytest.mark.asterisk
def test_an_error_is_an_answer_for_send_and_an_exception_for_do(client: AMIClient) -> None:
    assert client.send("Nonsense").text.startswith("Invalid/unknown command")
    with pytest.raises(AMIRefused, match=r"AMI 127.0.0.1:\d+ \(user console\): Nonsense was refused: Invalid/unknown command"):
        client.do("Nonsense")


@pytest.mark.asterisk
def test_a_wrong_secret_is_refused_and_says_what_to_check(asterisk: PrivateAsterisk) -> None:
    with pytest.raises(AMIRefused, match=r"login refused: Authentication failed. Check the user's name, secret and permit lines"):
        AMIClient("127.0.0.1", asterisk.ami_port, "console", "wrong").connect()


def test_nobody_listens() -> None:
    port = free_port()
    with pytest.raises(AMIUnreachable, match=rf"AMI 127.0.0.1:{port} \(user u\): cannot connect: .*refused.*Is Asterisk running"):
        AMIClient("127.0.0.1", port, "u", "s").connect()


@contextmanager
def server(*sends: bytes, close: bool = False) -> Iterator[int]:
    """Sends its texts, one for each thing received, and then says nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                for number, text in enumerate(sends):
                    if number and not connection.recv(4096):
                        return
                    connection.sendall(text)
                while not close and connection.recv(4096):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]


BANNER = b"Asterisk Call Manager/11.0.0\r\n"
CHALLENGE = b"Response: Success\r\nActionID: 0\r\nChallenge: 1\r\n\r\n"
WELCOME = b"Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n"


def test_another_service_is_recognized() -> None:
    with (
        server(b"220 mail.example ESMTP\r\n") as port,
        pytest.raises(AMIRefused, match="not Asterisk's manager interface; it says b'220 mail"),
    ):
        AMIClient("127.0.0.1", port, "u", "s", connect_timeout=5).connect()


def test_silence_is_a_time_out() -> None:
    with server(BANNER) as port, pytest.raises(AMITimeout, match=r"no answer to Challenge within 0.1 s"):
        AMIClient("127.0.0.1", port, "u", "s", connect_timeout=0.1).connect()


def test_an_asterisk_that_never_finishes_booting() -> None:
    with server(BANNER, CHALLENGE, WELCOME) as port, pytest.raises(AMITimeout, match="has not finished booting"):
        AMIClient("127.0.0.1", port, "u", "s").connect(boot_timeout=0.1)


def test_a_connection_that_ends_is_unreachable_and_closed() -> None:
    with server(BANNER, CHALLENGE, close=True) as port:
        client = AMIClient("127.0.0.1", port, "u", "s")
        with pytest.raises(AMIUnreachable, match="the connection is lost"):
            client.connect()
        assert not client.connected


def test_messages_that_come_in_pieces_and_events_between_them() -> None:
    booted = b"Event: FullyBooted\r\n\r\nEvent: Noise\r\nActionID: 77\r\n\r\nResponse: Succ"
    pieces = (BANNER[:7], BANNER[7:] + CHALLENGE[:-1], CHALLENGE[-1:] + WELCOME + booted, b"ess\r\nActionID: 2\r\n\r\n")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(0.05)
                connection.recv(4096)
                time.sleep(0.2)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with AMIClient("127.0.0.1", listening.getsockname()[1], "u", "s") as client:
            assert client.connected
        thread.join()


@pytest.mark.parametrize(("window", "windows"), [(1, [1, 1, 1]), (64, [64, 64, 64, 8])])
def test_as_many_are_in_flight_as_the_window_allows_and_no_more(window: int, windows: list[int]) -> None:
    """A server that answers only when nothing more comes sees whole windows."""
    seen: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(BANNER + CHALLENGE + WELCOME + b"Event: FullyBooted\r\n\r\nResponse: Success\r\nActionID: 2\r\n\r\n")
                received = b""
                connection.settimeout(0.3)
                while sum(seen) < sum(windows):
                    try:
                        received += connection.recv(65536)
                        continue
                    except TimeoutError:
                        ids = re.findall(rb"Action: DBPut\r\nActionID: (\d+)", received)
                    received = b""
                    seen.append(len(ids))
                    connection.sendall(b"".join(b"Response: Success\r\nActionID: %s\r\n\r\n" % number for number in ids))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with AMIClient("127.0.0.1", listening.getsockname()[1], "u", "s", window=window) as client:
            client.send_all([put(str(number), "x") for number in range(sum(windows))])
            assert [count for count in seen if count] == windows
