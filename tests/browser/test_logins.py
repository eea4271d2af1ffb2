"""Logging in with a second factor: set up from its key, then a code, then a recovery code; and choosing a password first."""

from pathlib import Path

from playwright.sync_api import expect

from tenants.models import Tenant, User
from tests.browser.conftest import Visiting
from tests.browser.looking import faint_texts, too_wide
from tests.browser.visiting import PASSWORD, Visit
from tests.people import staff
from tests.tenants.logins.codes import code_of


def log_out(visit: Visit) -> None:
    visit.page.locator("#logout-form").evaluate("(form) => form.submit()")
    visit.page.get_by_role("link", name="Log in again").wait_for()


def give_password(visit: Visit, name: str) -> None:
    visit.goto("/login/")
    visit.page.get_by_label("Username").fill(name)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Log in").click()


def give_code(visit: Visit, code: str) -> None:
    visit.page.get_by_label("Code").fill(code)
    visit.page.get_by_role("button", name="Log in").click()


def test_a_second_factor(visiting: Visiting, acme: Tenant) -> None:
    staff(acme)
    alice = visiting("acme", "alice")
    page = alice.page
    alice.goto("/account/")
    page.get_by_role("link", name="Set up").click()
    assert page.locator(".qr-code svg path").count()
    wrong = [*faint_texts(page), *too_wide(page)]
    key = page.locator("#key").inner_text()
    page.get_by_label("The code that the app shows").fill(code_of(key))
    page.get_by_role("button", name="Switch on").click()
    expect(alice.body).to_contain_text("Your recovery codes")
    wrong += [*faint_texts(page), *too_wide(page)]
    codes = page.locator("#recovery-codes code").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a file").click()
    kept = Path(download.value.path()).read_text()
    assert len(codes) == 10
    assert all(code in kept for code in codes)
    page.get_by_role("link", name="I have kept them").click()
    expect(alice.body).to_contain_text("On, with 10 recovery codes left")

    log_out(alice)
    give_password(alice, "alice")
    wrong += [*faint_texts(page), *too_wide(page)]
    give_code(alice, code_of(key, 1))
    expect(alice.title).to_have_text("Dashboard")

    log_out(alice)
    give_password(alice, "alice")
    give_code(alice, codes[0])
    expect(alice.title).to_have_text("Dashboard")
    alice.goto("/account/second-factor/")
    expect(alice.body).to_contain_text("9 recovery codes are left")
    wrong += [*faint_texts(page), *too_wide(page)]
    assert not wrong, "\n".join(wrong)


def test_a_tenant_that_requires_it_and_a_password_that_was_given(visiting: Visiting, acme: Tenant) -> None:
    staff(acme)
    User.objects.update(must_change_password=True)
    Tenant.objects.filter(pk=acme.pk).update(second_factor_required=True)
    alice = visiting("acme")
    page = alice.page
    give_password(alice, "alice")
    expect(alice.body).to_contain_text("Choose a password of your own")
    wrong = [*faint_texts(page), *too_wide(page)]
    page.get_by_label("Old password").fill(PASSWORD)
    for name in ("new_password1", "new_password2"):
        alice.field(name).fill("my-own-password-3")
    page.get_by_role("button", name="Change password").click()
    expect(alice.body).to_contain_text("asks everybody for a second factor")
    page.get_by_label("The code that the app shows").fill(code_of(page.locator("#key").inner_text()))
    page.get_by_role("button", name="Switch on").click()
    page.get_by_role("link", name="I have kept them").click()
    alice.goto("/")
    expect(alice.title).to_have_text("Dashboard")
    assert not wrong, "\n".join(wrong)
