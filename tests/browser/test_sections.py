"""A tenant's own pages: phones with what addons add to them, lines, and what is refused."""

import pytest
from playwright.sync_api import expect

from dialplan.models import AstDBEntry, Extension, IncomingLine, Phone
from dialplan.trunks.models import Trunk
from tenants.models import Membership, Tenant
from tenants.schema import open_tenant
from tests.browser.conftest import Visiting
from tests.browser.setting_up import phones
from tests.browser.visiting import Visit
from tests.people import staff


@pytest.fixture
def alice(visiting: Visiting, acme: Tenant) -> Visit:
    staff(acme)
    return visiting("acme", "alice")


def test_the_first_steps_lead_to_a_phone_and_its_page_says_what_to_type_into_it(alice: Visit) -> None:
    page = alice.page
    expect(alice.body).to_contain_text("First steps")
    page.get_by_role("link", name="Add a phone").click()
    alice.field("number").fill("101")
    alice.field("name").fill("Alice Lee")
    secret = alice.field("secret").input_value()
    assert len(secret) == 20
    alice.tab("Place").click()
    alice.field("skeleton__floor").fill("3rd")
    alice.save("_continue")
    expect(alice.body).to_contain_text("was added successfully")
    expect(alice.field("secret")).to_have_value(secret)
    expect(page.locator(".facts")).to_contain_text("acme_101")
    alice.tab("Place").click()
    expect(alice.field("skeleton__floor")).to_have_value("3rd")
    with open_tenant("acme"):
        assert Phone.objects.get().extra["skeleton"] == {"floor": "3rd"}
        assert AstDBEntry.objects.get(family="skeleton-floor", key="101").value == "3rd"
    alice.goto("/")
    expect(alice.body).not_to_contain_text("First steps")
    expect(alice.body).to_contain_text("Phone 101 Alice Lee added")


def test_a_number_used_twice_is_refused_where_it_stands(alice: Visit) -> None:
    phones("acme", "101")
    alice.goto("/paging/record/add/")
    alice.field("number").fill("101")
    alice.field("name").fill("Everybody")
    alice.save()
    expect(alice.tab("General").get_by_test_id("error-count")).to_have_text("1")
    expect(alice.body).to_contain_text("101 is in use already in internal, by Phones; choose another number.")
    expect(alice.field("name")).to_have_value("Everybody")
    alice.goto("/dialplan/phone/add/")
    alice.field("number").fill("101")
    alice.save()
    expect(alice.body).to_contain_text("Phone with this Number already exists.")


def test_a_line_from_outside_to_a_phone(alice: Visit) -> None:
    phones("acme", "101")
    for page in ("/dialplan/incomingline/", "/dialplan/incomingline/add/"):
        alice.goto(page)
        expect(alice.body).to_contain_text("Your operator has lent you no trunk yet")
    Trunk.objects.create(name="carrier", host="127.0.0.9", all_tenants=True)
    alice.goto("/dialplan/incomingline/add/")
    alice.field("number").fill("5145550100")
    alice.field("destination").fill("102")
    alice.save()
    expect(alice.body).to_contain_text("There is no phone and no context '102'")
    alice.field("destination").fill("101")
    alice.save()
    expect(alice.body).to_contain_text("was added successfully")
    with open_tenant("acme"):
        assert IncomingLine.objects.get().number == "5145550100"


def test_what_names_a_phone_is_told_before_it_is_deleted(alice: Visit) -> None:
    phones("acme", "101", "102")
    alice.goto("/paging/record/add/")
    alice.field("number").fill("*70")
    alice.tab("Members").click()
    alice.page.get_by_role("button", name="Add all phones").click()
    alice.save()
    alice.goto("/dialplan/phone/")
    alice.page.get_by_role("link", name="102").click()
    alice.page.get_by_role("link", name="Delete phone").click()
    expect(alice.body).to_contain_text("The device can no longer register as acme_102")
    expect(alice.body).to_contain_text("It is still named by paging group *70")


def test_lines_that_others_wrote_are_shown_and_stay(alice: Visit) -> None:
    phones("acme", "101")
    alice.goto("/dialplan/extension/?context=internal")
    expect(alice.page.locator("#result_list")).to_contain_text("Phone 101")
    with open_tenant("acme"):
        count = Extension.objects.count()
    alice.page.locator("#action-toggle").check()
    alice.page.locator("select[name=action]").select_option("delete_selected")
    with alice.page.expect_navigation():
        alice.page.locator("button[name=index]").click()
    expect(alice.body).to_contain_text("These cannot be deleted together")
    expect(alice.body).to_contain_text("101,1 in internal, written by Phone 101")
    with open_tenant("acme"):
        assert Extension.objects.count() == count


def test_an_own_line_that_nobody_can_run_is_refused_with_its_reason(alice: Visit) -> None:
    alice.goto("/dialplan/extension/add/")
    alice.field("exten").fill("600")
    alice.field("application").fill("System")
    alice.field("data").fill("id")
    alice.save()
    expect(alice.body).to_contain_text("System")
    expect(alice.field("data")).to_have_value("id")
    with open_tenant("acme"):
        assert not Extension.objects.filter(exten="600").exists()


def test_a_viewer_reads_all_and_changes_nothing(visiting: Visiting, acme: Tenant) -> None:
    staff(acme, Membership.Role.VIEWER, "vera")
    phones("acme", "101")
    with open_tenant("acme"):
        phone = Phone.objects.get()
    vera = visiting("acme", "vera")
    vera.goto("/dialplan/phone/")
    expect(vera.page.get_by_role("link", name="Add phone")).to_have_count(0)
    vera.page.get_by_role("link", name="101").click()
    for shown in ("101", "Alice Lee", "internal", "acme_101"):
        expect(vera.body).to_contain_text(shown)
    expect(vera.body).not_to_contain_text(phone.secret)
    expect(vera.page.locator("#main input:not([type=hidden]), #main select, #main textarea, button[name=_save]")).to_have_count(0)
    vera.goto("/skeleton/record/")
    expect(vera.body).to_contain_text("No Information line yet")
    expect(vera.body).not_to_contain_text("Add Information line")
    vera.expect_fault("403")
    vera.goto("/dialplan/phone/add/")


def test_an_unknown_page_is_plain(alice: Visit) -> None:
    alice.expect_fault("404")
    alice.goto("/dialplan/nothing/")
    expect(alice.page.locator("body")).to_contain_text("There is no such page")
    assert "admin" not in alice.page.content().lower()
