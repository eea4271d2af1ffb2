"""Asterisk is away: saves go through, the page says so, and becomes true by itself when Asterisk is back."""

import re

from playwright.sync_api import expect

from dialplan.deploy import live
from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.models import Node
from tenants.models import Tenant
from tests.browser.conftest import Visiting
from tests.browser.setting_up import put_on
from tests.people import staff


def test_a_save_waits_for_asterisk_and_becomes_live_by_itself(
    visiting: Visiting, node: Node, asterisk: PrivateAsterisk, acme: Tenant
) -> None:
    staff(acme)
    put_on(node, "acme")
    alice = visiting("acme", "alice")
    expect(alice.status).to_contain_text("live on pbx1")
    asterisk.stop()
    alice.goto("/dialplan/phone/add/")
    alice.field("number").fill("101")
    alice.save("_continue")
    expect(alice.body).to_contain_text("was added successfully")
    expect(alice.status).to_contain_text("waiting for pbx1")
    expect(alice.status.locator("[title]")).to_have_attribute("title", re.compile("Your operator sees why"))
    alice.goto("/")
    expect(alice.body).to_contain_text("waiting for pbx1")
    asterisk.start()
    expect(alice.status).to_contain_text(re.compile(r"live on pbx1 after \d+ ms"), timeout=15_000)
    with asterisk.client() as client:
        assert any(line.exten == "101" for line in live.read_contexts(client, ["acme-internal"]))
