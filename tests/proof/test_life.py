"""What operators do to a whole tenant, on a real Asterisk."""

import pytest

from tests.proof.conftest import Phones, reached
from tests.proof.site import Site
from tests.proof.test_changes import tenant_of_its_own
from tests.sip import Carrier, Phone, SipError

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]

OK, BUSY, CONGESTION = 200, 486, 503
WEST = """, phones: {"101": {secret: west-101}, "102": {secret: west-102}},
    lines_in: {"5145550300": {trunk: carrier, destination: "101"}, "5145550301": {trunk: carrier, destination: "102"}},
    lines_out: {long: {pattern: "9NXXXXXXXXX", trunk: carrier, strip: 1}},
    addons: {paging: {"*70": {name: All phones, members: ["101", "102"]}}}"""


def test_a_suspended_tenant_is_silent_and_comes_back(site: Site, phones: Phones, carrier: Carrier) -> None:
    contexts = ("west-internal", "west-page", "west-in-carrier", "west-outside")
    with tenant_of_its_own(site, "west", WEST), Phone(site.pbx1.sip, "west_101", "west-101") as first:
        first.register()
        first.answer()
        carrier.call("5145550300").wait_answered()
        first.wait_call()
        first.rest()
        before = sorted(site.pbx1.lines(*contexts))
        with site.pbx1.client() as client:
            client.do("DBPut", Family="west/cf-own", Key="101", Val="102.none")  # as a call of *72 does
        command(site, "suspend_tenant", "west", says="Tenant west is suspended.")
        assert site.pbx1.lines(*contexts) == []
        assert not site.pbx1.knows("west_101")
        assert "west_101" not in site.pbx1.ask("database show registrar/contact")
        assert carrier.call("5145550300").wait_status() == 404
        page = phones["north_101"].call("*80")  # over all tenants
        page.wait_answered()
        phones["south_101"].wait_call().wait_answered()
        page.hang_up()
        assert first.received == []
        assert {user.partition("_")[0] for user in reached(phones)} == {"north", "south"}
        with Phone(site.pbx1.sip, "west_102", "west-102") as second:
            with pytest.raises(SipError, match="was not registered"):
                second.register()
            assert second.call("101").wait_status() == 401
            assert site.differs() == {}
            command(site, "resume_tenant", "west", says="Tenant west is back.")
            assert sorted(site.pbx1.lines(*contexts)) == before
            assert site.pbx1.value("west/cf-own", "101") == "102.none"
            second.register()
            second.answer()
            carrier.call("5145550301").wait_answered()
            assert second.wait_call().caller == "5551234"


def test_no_more_calls_at_once_than_allowed(site: Site, phones: Phones, carrier: Carrier) -> None:
    with (
        tenant_of_its_own(site, "west", f"{WEST}, call_limit: 1"),
        Phone(site.pbx1.sip, "west_101", "west-101") as first,
        Phone(site.pbx1.sip, "west_102", "west-102") as second,
    ):
        for phone in (first, second):
            phone.register()
            phone.answer()
        incoming = carrier.call("5145550300")
        incoming.wait_answered()
        first.wait_call()
        assert carrier.call("5145550301").wait_status() == BUSY
        assert second.call("95145559999").wait_status() == CONGESTION
        assert second.received == carrier.received == []
        assert second.call("101").wait_status() == OK  # among themselves they are free
        second.rest()
        carrier.call("5145550100").wait_answered()  # and so is another tenant
        incoming.hang_up()
        carrier.rest()
        site.pbx1.await_no_channels()
        outgoing = second.call("95145559999")
        outgoing.wait_answered()
        carrier.wait_call()
        assert carrier.call("5145550300").wait_status() == BUSY
        site.apply("tenants: {west: {call_limit: 2}}")
        carrier.call("5145550300").wait_answered()
        assert carrier.call("5145550301").wait_status() == BUSY
        site.apply("tenants: {west: {call_limit: null}}")
        carrier.call("5145550301").wait_answered()
        assert not any("GROUP" in line.data for line in site.pbx1.lines("west-internal", "west-outside", "west-in-carrier"))
        for endpoint in (first, second, carrier):
            endpoint.rest()
        site.pbx1.await_no_channels()


def command(site: Site, *words: str, says: str) -> None:
    done = site.manage(*words, "--wait", "20")
    assert (done.returncode, done.stdout.strip()) == (0, says), f"{done.stderr}\n{site.report()}"
