"""One Asterisk with all bundled addons for the whole run, phones that are registered there, and a carrier."""

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from dialplan.deploy.asterisk import PrivateAsterisk
from tests.addons.calls import acme
from tests.asterisk_fixture import need_asterisk
from tests.sip import Carrier, Phone, need_sipp
from tests.sip.sipp import reserve_port

# Of the dialplan, its expressions, functions and applications; not of a sound that a test left out.
FAULT = re.compile(r"(?:WARNING|ERROR)\[[^]]*\](?:\[[^]]*\])? (?:pbx|ast_expr|func_|app_|res_pjsip)")


class Server(PrivateAsterisk):
    """Asterisk, and what the tests ask it."""

    carrier_port: int

    def cli(self, command: str) -> str:
        with self.client() as client:
            return client.command(command)

    def value(self, key: str) -> str | None:
        """The value of an AstDB key such as "acme/cf/101"."""
        family, _, name = key.rpartition("/")
        with self.client() as client:
            answer = client.send("DBGet", Family=family, Key=name)
        return answer.events[0].get("Val") if answer.ok else None

    def lamp(self, exten: str) -> str:
        """What a phone's lamp that watches an extension of internal shows: "Idle" or "InUse"."""
        with self.client() as client:
            return client.do("ExtensionState", Context="acme-internal", Exten=exten).message.get("StatusText")

    def doing(self, what: str) -> None:
        """Wait until some channel runs this application, or has this in its data."""
        self.wait(lambda: what in self.cli("core show channels concise"))

    def doing_nothing(self) -> None:
        """Wait until all calls are over, and what Asterisk does after them is done."""
        self.wait(lambda: "0 active channels" in self.cli("core show channels count"))

    def wait(self, condition: Callable[[], object], seconds: float = 10) -> None:
        """Wait until it is so; a failure shows the end of what Asterisk did."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail((self.folder / "log" / "full").read_text(errors="replace")[-5000:])
            time.sleep(0.02)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    need_asterisk()
    need_sipp()
    server = Server(tmp_path_factory.mktemp("asterisk"))
    with reserve_port("127.0.0.2") as port:
        server.carrier_port = port.getsockname()[1]
        acme.write(server, server.carrier_port)
        with server:
            server.cli("logger add channel full verbose,dtmf")
            server.cli("core set verbose 3")
            acme.fill(server)
            yield server
            faults = [line for line in server.log.splitlines() if FAULT.search(line)]
            assert faults == [], "what the addons wrote, Asterisk ran with complaints"


@pytest.fixture(scope="module")
def all_phones(server: Server) -> Iterator[Mapping[str, Phone]]:
    with contextlib.ExitStack() as stack:
        phones = {
            number: stack.enter_context(Phone(("127.0.0.1", server.sip_port), f"acme_{number}", acme.secret(number)))
            for number in acme.PHONES
        }
        for phone in phones.values():
            phone.register()
            phone.answer(auto=False)
        yield phones


@pytest.fixture
def phones(server: Server, all_phones: Mapping[str, Phone]) -> Iterator[Mapping[str, Phone]]:
    """The phones, registered, idle, and never called so far; they ring until they are picked up."""
    server.doing_nothing()
    yield all_phones
    for phone in all_phones.values():
        phone.rest()


@pytest.fixture
def carrier(server: Server) -> Iterator[Carrier]:
    """The trunk's other end, which answers at once."""
    with Carrier(("127.0.0.1", server.sip_port), port=server.carrier_port) as carrier:
        carrier.answer()
        yield carrier
