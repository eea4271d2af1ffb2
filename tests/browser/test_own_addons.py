"""Addons that a site made itself: one settings form, and one whose commit function fails."""

import pytest
from playwright.sync_api import expect

from dialplan.models import AstDBEntry, Extension
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.browser.conftest import Visiting
from tests.browser.setting_up import phones
from tests.browser.visiting import Visit
from tests.people import staff


@pytest.fixture
def alice(visiting: Visiting, acme: Tenant) -> Visit:
    staff(acme)
    return visiting("acme", "alice")


def greeting() -> list[str]:
    with open_tenant("acme"):
        return list(AstDBEntry.objects.filter(family="greeting").values_list("value", flat=True))


def test_settings_are_one_form_that_is_filled_again_and_again(alice: Visit) -> None:
    page = alice.page
    for words in ("Good morning", "Good evening"):
        page.get_by_role("link", name="Greeting").first.click()
        expect(alice.title).to_contain_text("Settings")
        alice.field("words").fill(words)
        alice.field("pause").fill("5")
        alice.save("_continue")
        expect(alice.body).to_contain_text("successfully")
        assert greeting() == [words]
    expect(alice.field("words")).to_have_value("Good evening")
    alice.field("words").fill("")
    alice.field("pause").fill("77")
    alice.save()
    expect(alice.body).to_contain_text("77")
    expect(alice.field("pause")).to_have_value("77")
    assert greeting() == ["Good evening"]


def test_a_save_that_the_addons_own_commit_refuses_keeps_what_was_typed(alice: Visit) -> None:
    phones("acme", "101")
    page = alice.page
    alice.goto("/gong/record/add/")
    alice.field("number").fill("*99")
    alice.field("metal").select_option("tin")
    alice.tab("Strokes").click()
    page.get_by_role("button", name="Add row").click()
    page.get_by_label("Phone").fill("101")
    page.get_by_label("Times").fill("3")
    alice.save()
    expect(alice.body).to_contain_text("Addon 'gong' failed in commit.py, line 4: nobody hears a gong of tin")
    expect(alice.field("number")).to_have_value("*99")
    expect(alice.field("metal")).to_have_value("tin")
    alice.tab("Strokes").click()
    expect(page.get_by_label("Phone")).to_have_value("101")
    expect(page.get_by_label("Times")).to_have_value("3")
    with open_tenant("acme"):
        assert not Extension.objects.filter(origin="addon:gong").exists()

    alice.tab("General").click()
    alice.field("metal").select_option("brass")
    alice.save()
    expect(alice.body).to_contain_text("was added successfully")
    with open_tenant("acme"):
        assert Extension.objects.get(origin="addon:gong").exten == "*99"
