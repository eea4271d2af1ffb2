"""The main job: from the login to a paging group that Asterisk has, and away again."""

import re

from playwright.sync_api import expect

from dialplan.deploy import live
from dialplan.deploy.asterisk import PrivateAsterisk
from dialplan.deploy.models import Node
from tenants.models import Tenant
from tests.browser.conftest import Visiting
from tests.browser.setting_up import phones, put_on
from tests.people import staff

LIVE = re.compile(r"^\s*live on pbx1 after \d+ ms\s*$")


def paged(asterisk: PrivateAsterisk, number: str) -> list[str]:
    """The phones that Asterisk itself says it pages on a number, in their order."""
    with asterisk.client() as client:
        lines = [line for line in live.read_contexts(client, ["acme-page"]) if line.exten == number]
    return re.findall(r"&PJSIP/acme_(\d+)", " ".join(line.data for line in lines))


def answers(asterisk: PrivateAsterisk, number: str) -> bool:
    with asterisk.client() as client:
        return any(line.exten == number for line in live.read_contexts(client, ["acme-internal"]))


def test_a_paging_group_reaches_asterisk_and_leaves_it(visiting: Visiting, node: Node, asterisk: PrivateAsterisk, acme: Tenant) -> None:
    staff(acme)
    phones("acme", "101", "102", "103")
    put_on(node, "acme")
    alice = visiting("acme", "alice")
    page = alice.page
    page.get_by_role("link", name="Paging groups").first.click()
    expect(alice.body).to_contain_text("No paging group yet")
    page.get_by_role("link", name="Add paging group").first.click()
    expect(alice.title).to_contain_text("New paging group")

    alice.field("number").fill("*70")
    alice.field("name").fill("All phones")
    alice.tab("Members").click()
    expect(page.get_by_text("No rows yet.")).to_be_visible()
    rows = page.locator(".multilist-row")
    for number in ("101", "999", "103"):
        page.get_by_role("button", name="Add row").click()
        rows.last.get_by_role("textbox").or_(rows.last.get_by_role("combobox")).fill(number)
    alice.tab("General").click()
    alice.save()

    expect(page.get_by_test_id("error-count")).to_have_text("1")
    expect(alice.tab("Members").get_by_test_id("error-count")).to_be_visible()
    alice.tab("Members").click()
    wrong = page.locator(".multilist td.errors")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("There is no phone '999'.")
    expect(wrong.locator("input")).to_have_css("border-top-color", "rgb(220, 38, 38)")
    expect(rows.nth(0).locator("td:nth-child(2) input")).not_to_have_css("border-top-color", "rgb(220, 38, 38)")
    assert [each.input_value() for each in page.locator(".multilist td:nth-child(2) input").all()] == ["101", "999", "103"]
    expect(page.locator("#id_name")).to_have_value("All phones")

    wrong.locator("input").fill("102")
    expect(rows.nth(1)).to_contain_text("Bob Martin")
    alice.save("_continue")
    expect(alice.body).to_contain_text("was added successfully")
    expect(alice.status).to_have_text(LIVE)
    assert paged(asterisk, "*70") == ["101", "102", "103"]
    assert answers(asterisk, "*70")

    page.get_by_role("link", name="Delete paging group").click()
    expect(alice.body).to_contain_text("Delete paging group *70?")
    page.get_by_role("link", name="Cancel").click()
    expect(alice.title).to_contain_text("*70")
    page.get_by_role("link", name="Delete paging group").click()
    page.get_by_role("button", name="Delete paging group").click()
    expect(alice.body).to_contain_text("was deleted successfully")
    expect(alice.status).to_have_text(LIVE)
    assert not answers(asterisk, "*70")
    assert paged(asterisk, "*70") == []
    assert answers(asterisk, "101")
