"""What the browser does with params: fields that come and go, secrets that stay, rows that each decide for themselves."""

from typing import Any

import pytest
from playwright.sync_api import expect

from addons.models import Record
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.secrets import opened
from tests.browser.conftest import Visiting
from tests.browser.visiting import Visit
from tests.people import staff


@pytest.fixture
def alice(visiting: Visiting, acme: Tenant) -> Visit:
    staff(acme)
    return visiting("acme", "alice")


def stored() -> dict[str, Any]:
    with open_tenant("acme"):
        return dict(opened(Record.objects.get(addon="lock").data))


def test_fields_come_and_go_with_the_one_that_decides(alice: Visit) -> None:
    page = alice.page
    alice.goto("/lock/record/add/")
    days, heading = page.get_by_label("Sunday"), page.get_by_role("heading", name="Hours")
    expect(days).to_be_hidden()
    expect(heading).to_be_hidden()
    page.get_by_label("At some hours").check(force=True)
    expect(days).to_be_visible()
    expect(heading).to_be_visible()
    days.check()
    page.get_by_label("From", exact=True).fill("08:30")
    page.get_by_label("To", exact=True).fill("17:00")
    alice.save("_continue")
    expect(alice.body).to_contain_text("successfully")
    assert (stored()["days"], stored()["hours"]) == (["mon", "sun"], "08:30-17:00")
    expect(days).to_be_visible()
    page.get_by_label("At some hours").uncheck(force=True)
    expect(days).to_be_hidden()
    alice.save("_continue")
    expect(alice.body).to_contain_text("successfully")
    expect(days).to_be_hidden()
    assert (stored()["days"], stored()["hours"]) == ([], "")


def test_each_row_decides_for_itself_and_keeps_its_secret(alice: Visit) -> None:
    page = alice.page
    alice.goto("/lock/record/add/")
    for index, who in enumerate(("al", "bo")):
        page.get_by_role("button", name="Add row").click()
        page.get_by_label("Who").nth(index).fill(who)
    codes, modes = page.get_by_label("Code", exact=True), page.get_by_label("Mode")
    expect(codes.nth(0)).to_be_hidden()
    modes.nth(1).select_option("code")
    expect(codes.nth(0)).to_be_hidden()
    codes.nth(1).fill("2222")
    page.get_by_label("Master code").fill("9999")
    alice.save("_continue")
    expect(alice.body).to_contain_text("successfully")
    people = [{"who": "al", "mode": "free", "code": ""}, {"who": "bo", "mode": "code", "code": "2222"}]
    assert (stored()["master"], stored()["people"]) == ("9999", people)
    expect(codes.nth(0)).to_be_hidden()
    expect(codes.nth(1)).to_have_value("")
    page.get_by_role("button", name="Move up").click()
    alice.save("_continue")
    expect(alice.body).to_contain_text("successfully")
    assert (stored()["master"], stored()["people"]) == ("9999", people[::-1])
    page.get_by_label("Remove", exact=True).check()  # that of the master code alone, as a row needs its own
    page.get_by_role("button", name="Remove row").nth(0).click()
    alice.save("_continue")
    expect(alice.body).to_contain_text("successfully")
    assert (stored()["master"], stored()["people"]) == ("", people[:1])


def test_what_somebody_else_saved_meanwhile_is_not_lost(alice: Visit, visiting: Visiting, acme: Tenant) -> None:
    staff(acme, name="bob")
    alice.goto("/lock/record/add/")
    alice.page.get_by_label("At some hours").check(force=True)
    alice.save("_continue")
    expect(alice.body).to_contain_text("successfully")
    bob = visiting("acme", "bob")
    bob.goto(alice.page.url.removeprefix(alice.base))
    bob.page.get_by_label("Tuesday").check()
    bob.save("_continue")
    expect(bob.body).to_contain_text("successfully")
    alice.page.get_by_label("Friday").check()
    alice.save("_continue")
    expect(alice.body).to_contain_text("bob changed this record after you had opened it, so nothing was saved. It now says Days: Mon-Tue.")
    assert stored()["days"] == ["mon", "tue"]
    expect(alice.page.get_by_label("Friday")).to_be_checked()
    alice.save("_continue")
    expect(alice.body).to_contain_text("successfully")
    assert stored()["days"] == ["mon", "fri"]
