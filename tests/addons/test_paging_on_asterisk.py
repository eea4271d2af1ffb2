"""Paging on a real Asterisk, with SIP phones of two tenants."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from addons.discovery.registry import registry
from addons.modules.paging import commit as paging_commit
from addons.testing import SERVER, committed
from dialplan.build.layers import merge
from dialplan.build.names import place_line
from dialplan.build.pjsip import phone_sections, transport_sections
from dialplan.build.sections import PhoneSpec, phone_layer
from dialplan.build.text import dialplan_text, node_dialplan_text, node_pjsip_text, pjsip_text
from dialplan.deploy.asterisk import PrivateAsterisk
from tests.asterisk_fixture import need_asterisk
from tests.sip import Call, Phone, need_sipp

pytestmark = pytest.mark.asterisk

SLUGS = ("acme", "globex")
NUMBERS = ("101", "102", "103")
HEADER = "<sip:page>;answer-after=0"
GROUPS = [
    {"number": "*70", "name": "All", "members": NUMBERS},
    {"number": "*71", "name": "Those who call only", "members": ["101"]},
    {"number": "*72", "name": "Talk back, quiet", "members": ["102"], "duplex": True, "quiet": True},
]
PAGES = [
    {"number": "*80", "callers": ["acme"]},
    {"number": "*81", "callers": ["acme"], "tenants": ["globex"], "quiet": True, "duplex": True},
]

Phones = Mapping[str, Phone]


@pytest.fixture(scope="module", params=[100, 2], ids=["one list", "lists of two"])
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[PrivateAsterisk]:
    need_asterisk()
    need_sipp()
    server = PrivateAsterisk(tmp_path_factory.mktemp("asterisk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paging_commit, "CHUNK", request.param)
        write_tenants(server)
    with server:
        yield server


def write_tenants(server: PrivateAsterisk) -> None:
    phones = [PhoneSpec(number, f"Phone {number}", f"secret{number}", "internal", "call-info", 30) for number in NUMBERS]
    infos: dict[str, Sequence[Mapping[str, Any]]] = {
        "phone": [{"tenant": slug, "number": number} for slug in SLUGS for number in NUMBERS],
        "tenant": [{"tenant": slug} for slug in SLUGS],
        "paging": [{"tenant": slug, **group} for slug in SLUGS for group in GROUPS],
    }
    multipage = committed(registry.get("multipage"), {SERVER: PAGES}, **infos)
    tenants = server.folder / "tenants"
    tenants.mkdir(parents=True)
    for slug in SLUGS:
        paging = committed(registry.get("paging"), {slug: GROUPS}, **infos)
        merged = merge([phone_layer(phones), paging.layer(slug), multipage.layer(slug)])
        (tenants / f"{slug}.conf").write_text(dialplan_text(place_line(slug, line) for line in merged.live_lines))
        (tenants / f"{slug}.pjsip.conf").write_text(pjsip_text(phone_sections(slug, phones)))
    (server.folder / "extensions.conf").write_text(node_dialplan_text(SLUGS, {}))
    (server.folder / "pjsip.conf").write_text(node_pjsip_text(SLUGS, transport_sections(f"127.0.0.1:{server.sip_port}")))


@pytest.fixture
def phones(server: PrivateAsterisk) -> Iterator[Phones]:
    """All six, registered and answering."""
    with contextlib.ExitStack() as stack:
        phones = {
            f"{slug}_{number}": stack.enter_context(Phone(("127.0.0.1", server.sip_port), f"{slug}_{number}", f"secret{number}"))
            for slug in SLUGS
            for number in NUMBERS
        }
        for phone in phones.values():
            phone.register()
            phone.answer()
        yield phones


def reached(phones: Phones, *users: str) -> list[Call]:
    """The calls that these phones got; all others got none."""
    calls = [phones[user].wait_call() for user in users]
    for call in calls:
        call.wait_answered()
        assert call.header("Call-Info") == HEADER
    assert {user for user, phone in phones.items() if phone.received} == set(users)
    return calls


def test_a_group_rings_all_members_but_the_caller_and_ends_with_the_call(phones: Phones) -> None:
    call = phones["acme_101"].call("*70")
    call.wait_answered()
    paged = reached(phones, "acme_102", "acme_103")
    call.hang_up()
    for each in paged:
        each.wait_ended()


def test_a_page_across_tenants_leaves_out_the_phone_that_calls_and_no_other_of_its_number(phones: Phones) -> None:
    call = phones["acme_101"].call("*80")
    call.wait_answered()
    paged = reached(phones, "acme_102", "acme_103", "globex_101", "globex_102", "globex_103")
    call.hang_up()
    for each in paged:
        each.wait_ended()


def test_a_page_to_another_tenant_alone(phones: Phones) -> None:
    call = phones["acme_101"].call("*81")
    call.wait_answered()
    reached(phones, "globex_101", "globex_102", "globex_103")


def test_only_the_tenants_that_may_call_can_dial_it(phones: Phones) -> None:
    assert phones["globex_101"].call("*80").wait_status() == 404


def test_who_would_speak_to_nobody_gets_a_busy_tone(phones: Phones) -> None:
    assert phones["acme_101"].call("*71").wait_status() == 486
    assert not any(phone.received for phone in phones.values())
    busy = phones["acme_103"].call("102")
    busy.wait_answered()
    assert phones["acme_101"].call("*70").wait_status() == 486
    assert phones["acme_101"].call("*72").wait_status() == 486
    assert not busy.ended
    assert [len(phones[f"acme_{number}"].received) for number in NUMBERS] == [0, 1, 0]


def test_a_group_that_talks_back(phones: Phones) -> None:
    call = phones["acme_101"].call("*72")
    call.wait_answered()
    reached(phones, "acme_102")
