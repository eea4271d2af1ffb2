"""The SIP endpoints against a real Asterisk whose configuration is written by hand."""

import contextlib
import re
import time
from collections.abc import Iterator

import pytest

from dialplan.deploy.asterisk import PrivateAsterisk
from tests.asterisk_fixture import need_asterisk
from tests.sip import Address, Call, Carrier, Phone, SipError, need_sipp
from tests.sip.message import Message, read_log
from tests.sip.sipp import reserve_port

pytestmark = pytest.mark.asterisk

PHONES = [(f"{slug}_{number}", f"s{number}") for slug in ("acme", "globex") for number in (101, 102, 103, 104, 105)]
PAGE_HEADER = "<sip:page>;answer-after=0"


class Server(PrivateAsterisk):
    """A private Asterisk with two tenants of five phones, and a carrier at 127.0.0.2."""

    carrier_port: int

    @property
    def sip(self) -> Address:
        return ("127.0.0.1", self.sip_port)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    need_asterisk()
    need_sipp()
    server = Server(tmp_path_factory.mktemp("asterisk"))
    with reserve_port("127.0.0.2") as carrier:
        server.carrier_port = carrier.getsockname()[1]
        (server.folder / "pjsip.conf").write_text(pjsip_conf(server.sip_port, server.carrier_port))
        (server.folder / "extensions.conf").write_text(EXTENSIONS_CONF)
        with server:
            yield server


@pytest.fixture
def ten_phones(server: Server) -> Iterator[dict[str, Phone]]:
    """All ten, registered and answering."""
    with contextlib.ExitStack() as stack:
        phones = {user: stack.enter_context(Phone(server.sip, user, secret)) for user, secret in PHONES}
        for phone in phones.values():
            phone.register()
            phone.answer()
        yield phones


def test_a_phone_registers_with_its_secret_and_not_with_another(server: Server) -> None:
    with Phone(server.sip, "acme_101", "s101") as phone:
        phone.register()
        assert f":{phone.port}" in contacts(server, "acme_101")
    with Phone(server.sip, "acme_102", "wrong") as phone, pytest.raises(SipError, match=r"acme_102 was not registered[^$]*401 Unauth"):
        phone.register()


def test_one_phone_calls_another_and_hangs_up(server: Server) -> None:
    with Phone(server.sip, "acme_101", "s101") as alice, Phone(server.sip, "acme_102", "s102") as bob:
        bob.register()
        bob.answer()
        call = alice.call("102")
        call.wait_answered()
        arrived = bob.wait_call()
        assert (arrived.number, arrived.caller, arrived.header("Call-Info")) == ("acme_102", "101", None)
        assert (call.number, call.status, arrived.status) == ("102", 200, 200)
        assert not call.ended
        assert not arrived.ended
        call.hang_up()
        arrived.wait_ended()
        call.hang_up()
        await_no_channels(server)


def test_the_called_phone_hangs_up(server: Server) -> None:
    with Phone(server.sip, "acme_101", "s101") as alice, Phone(server.sip, "acme_102", "s102") as bob:
        bob.register()
        bob.answer()
        call = alice.call("102")
        bob.wait_call().hang_up()
        call.wait_ended()
        assert call.status == 200


def test_a_call_rings_until_it_is_picked_up(server: Server) -> None:
    with Phone(server.sip, "acme_101", "s101") as alice, Phone(server.sip, "acme_102", "s102") as bob:
        bob.register()
        bob.answer(auto=False)
        call = alice.call("102")
        call.wait_ringing()
        arrived = bob.wait_call()
        assert (call.status, arrived.status) == (None, None)
        arrived.pick_up()
        call.wait_answered()


def test_a_ringing_call_is_cancelled_or_declined(server: Server) -> None:
    with Phone(server.sip, "acme_101", "s101") as alice, Phone(server.sip, "acme_102", "s102") as bob:
        bob.register()
        bob.answer(auto=False)
        cancelled = alice.call("102")
        cancelled.wait_ringing()
        cancelled.hang_up()
        bob.wait_call().wait_ended()
        assert (cancelled.status, bob.received[0].status) == (487, 487)
        declined = alice.call("102")
        bob.wait_call().hang_up()
        assert declined.wait_status() == 486


def test_keys_are_pressed_in_a_call(server: Server) -> None:
    with Phone(server.sip, "acme_101", "s101") as alice, Phone(server.sip, "acme_102", "s102") as bob:
        bob.register()
        bob.answer()
        call = alice.call("600")
        call.wait_answered()
        call.press("102")
        bob.wait_call().wait_answered()
        call.hang_up()


def test_an_unknown_number_and_a_wrong_secret_are_refused(server: Server) -> None:
    with Phone(server.sip, "acme_101", "s101") as alice, Phone(server.sip, "acme_101", "wrong") as mallory:
        assert alice.call("555").wait_status() == 404
        assert mallory.call("102").wait_status() == 401
        with pytest.raises(SipError, match=r"status 404, ended> was refused[^$]*404 Not Found"):
            alice.call("555").wait_answered()


def test_waiting_for_what_does_not_happen_says_so(server: Server) -> None:
    with Phone(server.sip, "acme_102", "s102") as bob:
        bob.register()
        bob.answer()
        with pytest.raises(SipError, match=r"nobody called acme_102: not within 0.2 s\nsipp's answer.xml"):
            bob.wait_call(timeout=0.2)


def test_nothing_runs_after_a_failure(server: Server) -> None:
    def a_test_that_fails() -> None:
        with Phone(server.sip, "acme_101", "s101") as alice, Phone(server.sip, "acme_102", "s102") as bob:
            bob.register()
            bob.answer()
            alice.call("102").wait_answered()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as failure:
        a_test_that_fails()
    assert "sent INVITE sip:102@" in "".join(failure.value.__notes__)
    await_no_channels(server)


def test_a_page_reaches_three_phones_with_the_header_and_ends_with_its_caller(server: Server, ten_phones: dict[str, Phone]) -> None:
    page = ten_phones["acme_101"].call("*70")
    page.wait_answered()
    legs = [ten_phones[user].wait_call() for user in ("acme_102", "acme_103", "acme_104")]
    for leg in legs:
        leg.wait_answered()
        assert leg.header("Call-Info") == PAGE_HEADER
        assert not leg.ended
    page.hang_up()
    for leg in legs:
        leg.wait_ended()
    assert ten_phones["acme_101"].received == []


def test_a_page_across_tenants(server: Server, ten_phones: dict[str, Phone]) -> None:
    """What multi-tenant paging stands on: `*` in a Local channel's extension, and a variable that every leg inherits."""
    page = ten_phones["acme_101"].call("*80")
    page.wait_answered()
    members = [f"{slug}_{number}" for slug in ("acme", "globex") for number in (102, 103, 104)]
    legs: list[Call] = [ten_phones[user].wait_call() for user in members]
    for leg in legs:
        leg.wait_answered()
        assert (leg.header("Call-Info"), leg.header("X-Pager")) == (PAGE_HEADER, "acme_101")
    page.hang_up()
    for leg in legs:
        leg.wait_ended()


def test_a_carrier_brings_a_call_in(server: Server) -> None:
    with Carrier(server.sip) as carrier, Phone(server.sip, "acme_102", "s102") as bob:
        bob.register()
        bob.answer()
        call = carrier.call("5145550100", caller="5551234")
        call.wait_answered()
        assert bob.wait_call().caller == "5551234"
        call.hang_up()
        assert carrier.call("102").wait_status() == 404


def test_a_stranger_brings_no_call_in(server: Server) -> None:
    with Carrier(server.sip, host="127.0.0.3") as stranger:
        assert stranger.call("5145550100").wait_status() == 401


def test_a_carrier_takes_a_call_out(server: Server) -> None:
    with Carrier(server.sip, port=server.carrier_port) as carrier, Phone(server.sip, "acme_101", "s101") as alice:
        carrier.answer()
        call = alice.call("95145559999")
        call.wait_answered()
        assert carrier.wait_call().number == "5145559999"
        carrier.received[0].hang_up()
        call.wait_ended()


def test_asterisk_registers_with_a_carrier_again_and_again(server: Server) -> None:
    with Carrier(server.sip) as carrier:
        carrier.answer()
        with (server.folder / "pjsip.conf").open("a") as file:
            file.write(REGISTRATION.format(port=carrier.port))
        cli(server, "module reload res_pjsip_outbound_registration.so")
        await_cli(server, "pjsip show registrations", "Registered ")
        cli(server, "pjsip send unregister upstream")
        await_cli(server, "pjsip show registrations", "Unregistered ")


def test_a_log_that_is_still_being_written() -> None:
    whole = b"UDP message sent (31 bytes):\n\nSIP/2.0 200 OK\r\nCSeq: 7 BYE\r\n\r\n\n\n"
    growing = b"UDP message received [99] bytes :\n\nINVITE sip:101@"
    assert read_log(whole + growing) == [Message(True, "SIP/2.0 200 OK", (("CSeq", "7 BYE"),), "")]


def contacts(server: Server, endpoint: str) -> str:
    return cli(server, f"pjsip show aor {endpoint}")


def await_no_channels(server: Server) -> None:
    """Asterisk answers a BYE before it takes the channel down."""
    await_cli(server, "core show channels count", r"\A0 active channels")


def await_cli(server: Server, command: str, pattern: str) -> None:
    deadline = time.monotonic() + 5
    while not re.search(pattern, found := cli(server, command)):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def cli(server: Server, command: str) -> str:
    with server.client() as client:
        return client.command(command)


def pjsip_conf(port: int, carrier_port: int) -> str:
    phones = "".join(
        f"[{user}]\ntype=endpoint\ncontext={user.partition('_')[0]}-internal\ndisallow=all\nallow=ulaw\nauth={user}\naors={user}\n"
        f"direct_media=no\ncallerid={user[-3:]} <{user[-3:]}>\nset_var=AUTO_ANSWER=call-info\n"
        f"[{user}]\ntype=auth\nauth_type=userpass\nusername={user}\npassword={secret}\n"
        f"[{user}]\ntype=aor\nmax_contacts=1\nremove_existing=yes\nqualify_frequency=5\n"
        for user, secret in PHONES
    )
    return f"""
[global]
type=global
endpoint_identifier_order=username,auth_username,ip
[transport]
type=transport
protocol=udp
bind=127.0.0.1:{port}
[carrier]
type=endpoint
context=trunk-carrier
disallow=all
allow=ulaw
aors=carrier
direct_media=no
[carrier]
type=aor
contact=sip:127.0.0.2:{carrier_port}
[carrier]
type=identify
endpoint=carrier
match=127.0.0.2
{phones}"""


REGISTRATION = """
[upstream]
type=registration
server_uri=sip:127.0.0.2:{port}
client_uri=sip:acme@127.0.0.2:{port}
max_random_initial_delay=0
"""

TENANT = r"""
[SLUG-internal]
exten => _1XX,1,Dial(PJSIP/SLUG_${EXTEN},20)
exten => _1XX,2,Hangup()
exten => _9XXX.,1,Dial(PJSIP/${FILTER(0-9,${EXTEN:1})}@carrier,20)
exten => 600,1,Answer()
exten => 600,2,Read(NUMBER,,3,,1,5)
exten => 600,3,Dial(PJSIP/SLUG_${FILTER(0-9,${NUMBER})},20)
exten => *70,1,Page(PJSIP/SLUG_101&PJSIP/SLUG_102&PJSIP/SLUG_103&PJSIP/SLUG_104,b(SLUG-auto-answer^s^1)q)
exten => *80,1,Set(__PAGER=${CHANNEL(endpoint)})
exten => *80,2,Page(Local/*70@acme-page/n&Local/*70@globex-page/n,q)
[SLUG-page]
exten => *70,1,Page(PJSIP/SLUG_102&PJSIP/SLUG_103&PJSIP/SLUG_104,b(SLUG-auto-answer^s^1)q)
[SLUG-auto-answer]
exten => s,1,GotoIf($[${DIALPLAN_EXISTS(${CONTEXT},${AUTO_ANSWER},1)}]?${AUTO_ANSWER},1)
exten => s,2,Return()
exten => call-info,1,Set(PJSIP_HEADER(add,Call-Info)=<sip:page>\;answer-after=0)
exten => call-info,2,Set(PJSIP_HEADER(add,X-Pager)=${PAGER})
exten => call-info,3,Return()
"""
EXTENSIONS_CONF = (
    TENANT.replace("SLUG", "acme")
    + TENANT.replace("SLUG", "globex")
    + """
[trunk-carrier]
exten => 5145550100,1,Dial(PJSIP/acme_102,20)
"""
)
