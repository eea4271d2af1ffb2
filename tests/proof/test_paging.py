"""A number that makes many phones speak: of one tenant, and of several."""

import time

import pytest

from tests.proof.conftest import Phones, reached
from tests.proof.site import Site
from tests.sip import Call, Carrier

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]

SECONDS = 2
NORTH = {"north_101", "north_102", "north_103", "north_104"}
SOUTH = {"south_101", "south_102", "south_103"}
CALL_INFO = ("<sip:page>;answer-after=0", None)
HEADERS = {  # Call-Info and Alert-Info, as each phone of site.yaml asks for them
    "north_101": CALL_INFO,
    "north_102": (None, "info=alert-autoanswer"),
    "north_103": (None, "Ring Answer"),
    "north_104": (None, None),
    "south_101": CALL_INFO,
    "south_102": CALL_INFO,
    "south_103": (None, "Ring Answer"),
}


def spoken(phones: Phones, page: Call, members: set[str]) -> list[Call]:
    """The calls of the members: all have answered in time, each asked in its own way, and no other phone was reached."""
    deadline = time.monotonic() + SECONDS
    calls = {user: phones[user].wait_call(max(0.0, deadline - time.monotonic())) for user in sorted(members)}
    for call in (page, *calls.values()):
        call.wait_answered(max(0.0, deadline - time.monotonic()))
    assert {user: (call.header("Call-Info"), call.header("Alert-Info")) for user, call in calls.items()} == {
        user: HEADERS[user] for user in members
    }
    assert reached(phones) == members
    return list(calls.values())


@pytest.mark.parametrize("caller", ["north_101", "north_102"])
def test_every_member_but_the_caller_answers_and_hanging_up_clears_all(caller: str, site: Site, phones: Phones) -> None:
    page = phones[caller].call("*70")
    legs = spoken(phones, page, NORTH - {caller})
    assert not any(leg.ended for leg in legs)
    page.hang_up()
    for leg in legs:
        leg.wait_ended()
    site.pbx1.await_no_channels()
    assert reached(phones) == NORTH - {caller}


def test_the_same_number_of_another_tenant_is_its_own_group(phones: Phones) -> None:
    spoken(phones, phones["south_102"].call("*70"), SOUTH - {"south_102"})


def test_a_member_that_hangs_up_leaves_the_others_in_the_page(phones: Phones) -> None:
    page = phones["north_101"].call("*70")
    first, *others = spoken(phones, page, NORTH - {"north_101"})
    first.hang_up()
    assert not any(leg.ended for leg in (page, *others))


def test_a_busy_member_is_left_out(site: Site, phones: Phones) -> None:
    talk = phones["north_103"].call("102")
    talk.wait_answered()
    page = phones["north_101"].call("*70")
    page.wait_answered()
    phones["north_104"].wait_call().wait_answered()
    page.hang_up()
    assert not talk.ended
    talk.hang_up()
    site.pbx1.await_no_channels()
    assert {user: len(phone.received) for user, phone in phones.items() if phone.received} == {"north_102": 1, "north_104": 1}


def test_a_page_across_tenants_reaches_all_phones_but_the_callers_own(site: Site, phones: Phones) -> None:
    page = phones["north_101"].call("*80")
    legs = spoken(phones, page, (NORTH | SOUTH) - {"north_101"})
    page.hang_up()
    for leg in legs:
        leg.wait_ended()
    site.pbx1.await_no_channels()


def test_a_tenant_that_is_not_among_the_callers_gets_number_unknown(phones: Phones) -> None:
    assert phones["south_101"].call("*80").wait_status() == 404
    assert reached(phones) == set()


def test_a_pin_comes_before_the_page(site: Site, phones: Phones) -> None:
    page = phones["north_101"].call("*81")
    page.wait_answered()
    site.pbx1.press("north_101", "1357#")
    site.pbx1.press("north_101", "2468#")
    spoken(phones, page, SOUTH)


def test_without_the_pin_nobody_is_paged(site: Site, phones: Phones) -> None:
    page = phones["north_101"].call("*81")
    page.wait_answered()
    site.pbx1.press("north_101", "1#2#3#")
    page.wait_ended()
    assert reached(phones) == set()


def test_a_page_from_outside_only_rings(site: Site, phones: Phones, carrier: Carrier) -> None:
    """Whoever answers by itself would let a stranger listen in."""
    page = carrier.call("5145550102")
    page.wait_answered()
    legs = [phones[user].wait_call() for user in sorted(NORTH)]
    assert {(leg.header("Call-Info"), leg.header("Alert-Info")) for leg in legs} == {(None, None)}


def test_nobody_from_outside_is_heard_at_other_tenants(phones: Phones, carrier: Carrier) -> None:
    assert carrier.call("5145550103").wait_status() == 403
    assert reached(phones) == set()
