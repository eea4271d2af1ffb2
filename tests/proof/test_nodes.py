"""A second Asterisk: a tenant of its own there, and what happens when it is away or killed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.test import Client

from dialplan.changes import changing
from dialplan.deploy.models import Deployment, Node
from dialplan.models import AstDBEntry, Extension
from tenants.models import User
from tenants.schema import open_tenant
from tests.people import browser
from tests.proof.conftest import Phones, reached
from tests.proof.forms import address, delete, save
from tests.proof.site import Pbx, Site, until
from tests.sip import Phone

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]

FILE = """
nodes:
  pbx2: {{dir: {folder}, ami: "127.0.0.1:{ami}", ami_user: console, ami_secret: {secret}, sip_address: "127.0.0.1:{sip}"}}
tenants:
  west:
    name: West Ltd
    node: pbx2
    domains: [west.localhost]
    staff: {{will: {{role: administrator, name: Will, email: will@west.example, password: pass-for-tests}}}}
    phones:
      "101": {{secret: west-101, auto_answer: call-info}}
      "102": {{secret: west-102, auto_answer: call-info}}
    astdb: {{cid: {{"1": One}}}}
    addons: {{paging: {{"*70": {{members: ["101", "102"]}}}}}}
"""


@pytest.fixture(scope="module")
def pbx2(site: Site, applied: str) -> Iterator[Pbx]:
    """The node of tenant west."""
    with Pbx(site.folder / "pbx2") as pbx2:
        site.apply(FILE.format(folder=pbx2.folder, ami=pbx2.ami_port, secret=pbx2.ami_secret, sip=pbx2.sip_port))
        yield pbx2
        site.manage("delete_tenant", "west", "--yes")
        Node.objects.get(name="pbx2").delete()


@pytest.fixture
def will(pbx2: Pbx) -> Client:
    """The browser of an administrator of tenant west."""
    return browser("west.localhost", User.objects.get(username="will"))


@contextmanager
def registered(pbx: Pbx, *numbers: str) -> Iterator[dict[str, Phone]]:
    """Phones of tenant west."""
    with ExitStack() as stack:
        phones = {number: stack.enter_context(Phone(pbx.sip, f"west_{number}", f"west-{number}")) for number in numbers}
        for phone in phones.values():
            phone.register()
            phone.answer()
        yield phones
    pbx.await_no_channels()


def they_talk(pbx: Pbx, caller: str, called: str) -> None:
    with registered(pbx, caller, called) as phones:
        phones[caller].call(called).wait_answered()
        assert phones[called].wait_call().caller == caller


def test_a_tenant_works_on_the_node_where_it_is_placed_and_is_on_no_other(site: Site, pbx2: Pbx, phones: Phones) -> None:
    with registered(pbx2, "101", "102") as here:
        here["101"].call("*70").wait_answered()
        assert here["102"].wait_call().header("Call-Info") == "<sip:page>;answer-after=0"
    assert pbx2.value("west/cid", "1") == "One"
    assert (site.pbx1.lines("west-internal"), site.pbx1.knows("west_101"), site.pbx1.value("west/cid", "1")) == ([], False, None)
    assert (pbx2.lines("north-internal"), pbx2.knows("north_101")) == ([], False)
    assert reached(phones) == set()
    assert (site.differs(), site.differs("pbx2")) == ({}, {})


def test_a_tenant_moves_to_another_node_and_leaves_nothing_behind(site: Site, pbx2: Pbx) -> None:
    site.apply("tenants: {west: {node: pbx1}}")
    site.await_live()
    assert (pbx2.lines("west-internal"), pbx2.knows("west_101"), pbx2.value("west/cid", "1")) == ([], False, None)
    assert list(pbx2.folder.glob("tenants/west*")) == []
    assert site.pbx1.value("west/cid", "1") == "One"
    they_talk(site.pbx1, "101", "102")
    site.apply("tenants: {west: {node: pbx2}}")
    site.await_live()
    assert not site.pbx1.knows("west_101")
    they_talk(pbx2, "101", "102")


def test_a_page_across_tenants_goes_on_without_those_of_other_nodes(pbx2: Pbx, phones: Phones) -> None:
    with registered(pbx2, "101") as elsewhere:
        phones["north_101"].call("*80").wait_answered()
        for user in phones.keys() - {"north_101"}:
            phones[user].wait_call().wait_answered()
        assert elsewhere["101"].received == []


def test_a_killed_asterisk_becomes_right_again_by_itself(site: Site, pbx2: Pbx) -> None:
    with changing() as change, open_tenant("west"):
        AstDBEntry.objects.create(family="cid", key="2", value="Two")
        change.touch("astdb")
    site.await_live()
    # Asterisk has acknowledged the key, and not written it yet.
    pbx2.kill()
    pbx2.start()
    until(lambda: pbx2.value("west/cid", "2") == "Two", site.report)
    until(lambda: site.differs("pbx2") == {}, site.report)
    they_talk(pbx2, "101", "102")


def test_what_is_saved_while_asterisk_is_down_waits_and_becomes_live_by_itself(site: Site, pbx2: Pbx, phones: Phones, will: Client) -> None:
    pbx2.stop()
    save(will, "dialplan_phone_add", number="103", secret="west-103")
    west = Deployment.objects.get(slug="west")
    until(lambda: Deployment.objects.get(pk=west.pk).error, site.report)
    (place,) = will.get(address("deploy_status")).json()["places"]
    assert (place["live"], place["text"]) == (False, "waiting for pbx2")
    assert place["reason"] == "Your operator sees why."
    assert "Is Asterisk running" in Node.objects.get(name="pbx2").error
    assert "west_103" in (pbx2.folder / "tenants" / "west.pjsip.conf").read_text()
    # The other node goes on as if nothing was.
    phones["north_101"].call("102").wait_answered()
    pbx2.start()
    site.await_live()
    (place,) = will.get(address("deploy_status")).json()["places"]
    assert (place["live"], place["reason"]) == (True, "")
    they_talk(pbx2, "103", "102")


def test_a_node_that_is_down_holds_up_no_other_one(site: Site, pbx2: Pbx, phones: Phones, nora: Client) -> None:
    pbx2.stop()
    try:
        save(nora, "dialplan_extension_add", exten="601", application="Goto", data="{tenant}-internal,102,1")
        until(lambda: Deployment.objects.get(slug="north").is_live, site.report)
        phones["north_101"].call("601").wait_answered()
        assert reached(phones) == {"north_102"}
        with open_tenant("north"):
            key = Extension.objects.get(exten="601").pk
        delete(nora, "dialplan_extension_delete", key)
    finally:
        pbx2.start()
    site.await_live()
