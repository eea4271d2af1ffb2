"""PJSIP objects, as whole texts."""

import pytest

from dialplan.build.pjsip import Section, phone_sections, transport_sections, trunk_sections
from dialplan.build.sections import PhoneSpec, TrunkSpec
from dialplan.build.text import UnsafeText, node_pjsip_text, pjsip_text

from .hostile import REFUSED


def test_phone() -> None:
    phones = [PhoneSpec("101", "Alice", "s;1\\", "lobby", "ring-answer")]
    assert pjsip_text(phone_sections("acme", phones)) == (
        "[acme_101]\n"
        "type = endpoint\n"
        "context = acme-lobby\n"
        "disallow = all\n"
        "allow = ulaw,alaw,g722\n"
        "direct_media = no\n"
        "rtp_symmetric = yes\n"
        "force_rport = yes\n"
        "rewrite_contact = yes\n"
        "auth = acme_101\n"
        "aors = acme_101\n"
        'callerid = "Alice" <101>\n'
        "tenantid = acme\n"
        "set_var = AUTO_ANSWER=ring-answer\n"
        "\n"
        "[acme_101]\n"
        "type = auth\n"
        "auth_type = userpass\n"
        "username = acme_101\n"
        "password = s\\;1\\\n"
        "\n"
        "[acme_101]\n"
        "type = aor\n"
        "max_contacts = 1\n"
        "remove_existing = yes\n"
    )


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('Al "Bo"', r'"Al \"Bo\"" <101>'),
        ("a\\", r'"a\\" <101>'),
        ("a;--b", r'"a\;--b" <101>'),
        ("a <666>", '"a <666>" <101>'),
        ("", "101"),  # as Asterisk gives it back
        ("é 😀", '"é 😀" <101>'),
    ],
)
def test_names_stay_within_their_quotes(name: str, written: str) -> None:
    assert f"callerid = {written}\n" in pjsip_text(phone_sections("acme", [PhoneSpec("101", name, "s")]))


def test_order_of_phones_does_not_matter() -> None:
    phones = [PhoneSpec(number, "A", "s") for number in ("102", "101")]
    assert phone_sections("acme", phones) == phone_sections("acme", phones[::-1])


def test_trunk_with_account() -> None:
    trunk = TrunkSpec("carrier", "sip.example.net", 5070, "u@x", "s", register=True)
    assert pjsip_text(trunk_sections(trunk)) == (
        "[carrier]\n"
        "type = endpoint\n"
        "context = trunk-carrier\n"
        "disallow = all\n"
        "allow = ulaw,alaw,g722\n"
        "direct_media = no\n"
        "aors = carrier\n"
        "identify_by = ip\n"
        "outbound_auth = carrier\n"
        "\n"
        "[carrier]\n"
        "type = aor\n"
        "contact = sip:sip.example.net:5070\n"
        "\n"
        "[carrier]\n"
        "type = identify\n"
        "endpoint = carrier\n"
        "match = sip.example.net\n"
        "\n"
        "[carrier]\n"
        "type = auth\n"
        "auth_type = userpass\n"
        "username = u@x\n"
        "password = s\n"
        "\n"
        "[carrier]\n"
        "type = registration\n"
        "outbound_auth = carrier\n"
        "server_uri = sip:sip.example.net:5070\n"
        "client_uri = sip:u%40x@sip.example.net:5070\n"
        "contact_user = u%40x\n"
    )


def test_trunk_known_by_address_alone() -> None:
    sections = trunk_sections(TrunkSpec("carrier", "192.0.2.10"))
    assert [dict(section.options)["type"] for section in sections] == ["endpoint", "aor", "identify"]
    assert "outbound_auth" not in dict(sections[0].options)


def test_a_stranger_cannot_call_himself_by_a_trunks_name() -> None:
    assert ("identify_by", "ip") in trunk_sections(TrunkSpec("carrier", "192.0.2.10"))[0].options


def test_transport() -> None:
    assert transport_sections("") == ()
    assert pjsip_text(transport_sections("127.0.0.1:5060")) == "[transport-udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:5060\n"
    assert transport_sections("[::1]:5060")


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "localhost:5060", "127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:70000", ":5060", "a;b:1", *REFUSED]
)
def test_bad_transport(address: str) -> None:
    with pytest.raises(ValueError, match=r"^sip_address: "):
        transport_sections(address)


def test_node() -> None:
    assert node_pjsip_text(["globex", "acme"], transport_sections("127.0.0.1:5060")) == (
        "[global]\n"
        "type = global\n"
        "endpoint_identifier_order = username,auth_username,ip\n"
        "\n"
        "[transport-udp]\n"
        "type = transport\n"
        "protocol = udp\n"
        "bind = 127.0.0.1:5060\n"
        "\n"
        '#tryinclude "tenants/acme.pjsip.conf"\n'
        '#tryinclude "tenants/globex.pjsip.conf"\n'
        '#tryinclude "pjsip_local.conf"\n'
    )


@pytest.mark.parametrize("hostile", [*REFUSED, " a", "a "], ids=ascii)
def test_hostile_values_are_refused_and_not_shown(hostile: str) -> None:
    with pytest.raises(UnsafeText, match=r"^\[acme_101\] password: ") as refused:
        pjsip_text([Section("acme_101", (("password", f"{hostile}"),))])
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize("name", ["", "a]", "a\n", "A", "a b", "[a](+)", "a;b", "-a"])
def test_hostile_sections_are_refused(name: str) -> None:
    with pytest.raises(UnsafeText):
        pjsip_text([Section(name, ())])
    with pytest.raises(UnsafeText):
        pjsip_text([Section("a", ((name, "x"),))] if name != "-a" else [Section("a", (("#exec", "x"),))])
