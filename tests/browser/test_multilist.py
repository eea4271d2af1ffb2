"""The table of a Multi List: rows come, go and change their places; what is posted is what one sees."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from addons.discovery.registry import registry
from addons.stored.generated import record_model
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.browser.conftest import Visiting
from tests.browser.setting_up import phones
from tests.browser.visiting import Visit
from tests.people import staff


class Table:
    """The members of a new paging group."""

    def __init__(self, visit: Visit) -> None:
        self.page = visit.page
        self.rows = visit.page.locator(".multilist-row")
        self.inputs = visit.page.locator(".multilist-row input[type=text]")

    @property
    def values(self) -> list[str]:
        return [each.input_value() for each in self.inputs.all()]

    def fill(self, *numbers: str) -> None:
        for number in numbers:
            self.page.get_by_role("button", name="Add row").click()
            self.inputs.last.fill(number)

    def press(self, name: str, row: int) -> None:
        self.rows.nth(row).get_by_role("button", name=name).click()

    def handle(self, row: int) -> Locator:
        return self.rows.nth(row).locator("[data-handle]")


@pytest.fixture
def alice(visiting: Visiting, acme: Tenant) -> Visit:
    staff(acme)
    phones("acme", "101", "102", "103", "104")
    visit = visiting("acme", "alice")
    visit.goto("/paging/record/add/")
    visit.field("number").fill("*70")
    visit.tab("Members").click()
    return visit


@pytest.fixture
def table(alice: Visit) -> Table:
    return Table(alice)


def stored() -> list[str]:
    with open_tenant("acme"):
        return [row["phone"] for row in record_model(registry.get("paging")).objects.get().data["members"]]


def test_rows_are_ordered_by_buttons_and_by_dragging_and_removed(alice: Visit, table: Table) -> None:
    table.fill("101", "102", "103", "104")
    table.press("Move up", 3)
    assert table.values == ["101", "102", "104", "103"]
    table.press("Move down", 0)
    assert table.values == ["102", "101", "104", "103"]
    table.handle(3).drag_to(table.rows.nth(0), target_position={"x": 60, "y": 4})
    assert table.values == ["103", "102", "101", "104"]
    table.press("Remove row", 1)
    assert table.values == ["103", "101", "104"]
    alice.save()
    expect(alice.body).to_contain_text("was added successfully")
    assert stored() == ["103", "101", "104"]


def test_all_phones_at_one_click_each_once(alice: Visit, table: Table) -> None:
    table.fill("103")
    alice.page.get_by_role("button", name="Add all phones").click()
    assert table.values == ["103", "101", "102", "104"]
    expect(table.rows.nth(3)).to_contain_text("Dmitri Ivanov")
    alice.save("_continue")
    assert stored() == ["103", "101", "102", "104"]
    alice.tab("Members").click()
    assert table.values == ["103", "101", "102", "104"]
    expect(table.rows.nth(0)).to_contain_text("Carla Diaz")


def test_enter_goes_to_the_next_row_and_saves_nothing(alice: Visit, table: Table) -> None:
    press: Callable[[str], None] = alice.page.keyboard.press
    table.fill("101")
    press("Enter")
    alice.page.keyboard.type("102")
    press("Enter")
    alice.page.keyboard.type("104")
    assert table.values == ["101", "102", "104"]
    expect(alice.title).to_contain_text("New paging group")


def test_a_table_takes_no_more_rows_than_its_addon_says(alice: Visit) -> None:
    alice.goto("/gong/record/add/")
    alice.tab("Strokes").click()
    add = alice.page.get_by_role("button", name="Add row")
    for _ in range(4):
        add.click()
    expect(add).to_be_disabled()
    alice.page.get_by_role("button", name="Remove row").first.click()
    expect(add).to_be_enabled()


def test_a_fault_in_one_form_does_not_show_in_the_next(alice: Visit, table: Table) -> None:
    table.fill("999", "")
    alice.save()
    expect(alice.page.locator(".multilist td.errors")).to_have_count(2)
    alice.goto("/paging/record/add/")
    alice.tab("Members").click()
    table.fill("101", "102")
    expect(alice.page.locator(".multilist td.errors, .multilist-error")).to_have_count(0)
