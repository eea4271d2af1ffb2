"""An invitation in the browser, from making a role to the first login of whom it is given to."""

import re

from playwright.sync_api import expect

from tenants.models import Tenant
from tests.browser.conftest import Visiting
from tests.browser.looking import faint_texts, too_wide
from tests.people import staff

GOOD = "tr1cky-Pass-77"


def test_an_administrator_makes_a_role_and_invites_somebody_to_it(visiting: Visiting, acme: Tenant) -> None:
    staff(acme)
    alice = visiting("acme", "alice")
    alice.goto("/staff/role/add/")
    alice.field("name").fill("Reception")
    row = alice.page.get_by_role("row", name="Phones")
    row.get_by_label("Change: Phones").check()
    expect(row.get_by_label("View: Phones")).to_be_checked()
    row.get_by_label("View: Phones").uncheck()
    expect(row.get_by_label("Change: Phones")).not_to_be_checked()
    row.get_by_label("Delete: Phones").check()
    alice.save()
    expect(alice.body).to_contain_text("was added successfully")

    alice.goto("/staff/person/")
    alice.page.get_by_role("link", name="Add person").click()
    alice.field("email").fill("bob@example.net")
    alice.field("given").select_option(label="Reception")
    alice.page.get_by_role("button", name="Invite").click()
    link = alice.page.locator("#invitation-link").inner_text()
    expect(alice.body).to_contain_text("Invited, and not here yet")
    assert not [*faint_texts(alice.page), *too_wide(alice.page)]

    bob = visiting("acme")
    bob.page.goto(link)
    expect(bob.page.locator("body")).to_contain_text("bob@example.net")
    assert not [*faint_texts(bob.page), *too_wide(bob.page)]
    bob.page.get_by_text("I have a login already").click()
    expect(bob.field("known-username")).to_be_visible()
    expect(bob.field("new-username")).to_be_hidden()
    bob.page.get_by_text("I have no login yet").click()
    bob.field("new-name").fill("Bob Lee")
    bob.field("new-username").fill("bob")
    bob.field("new-password1").fill("12345678")
    bob.field("new-password2").fill("12345678")
    bob.page.get_by_role("button", name="Make my login").click()
    expect(bob.page.locator("body")).to_contain_text("too common")
    bob.field("new-password1").fill(GOOD)
    bob.field("new-password2").fill(GOOD)
    bob.page.get_by_role("button", name="Make my login").click()
    expect(bob.title).to_have_text("Dashboard")
    expect(bob.body).to_contain_text("Welcome to Acme Corp")
    expect(bob.page.locator("#nav-sidebar-apps a[href='/dialplan/phone/']")).to_be_visible()
    expect(bob.page.locator("#nav-sidebar-apps a[href='/dialplan/context/']")).to_have_count(0)

    bob.expect_fault("403")
    bob.goto("/dialplan/phone/add/")
    expect(bob.body).to_contain_text("Here you are Reception.")
    expect(bob.body).to_contain_text("Who may give you the right: alice.")
    assert not [*faint_texts(bob.page), *too_wide(bob.page)]

    bob.context.clear_cookies()
    bob.goto("/login/")
    bob.page.get_by_label("Username").fill("bob")
    bob.page.get_by_label("Password").fill(GOOD)
    bob.page.get_by_role("button", name="Log in").click()
    expect(bob.title).to_have_text("Dashboard")
    bob.expect_fault("410")
    bob.page.goto(link)
    expect(bob.page.locator("body")).to_contain_text(re.compile("This invitation was used"))
    alice.goto("/staff/person/")
    expect(alice.page.locator("#result_list")).to_contain_text("Bob Lee")
