"""From console to console in a real browser: the switcher by keyboard, looking as somebody, and consoles by path."""

import re
import socket

import pytest
from playwright.sync_api import Browser, Page, expect

from dialplan.models import Phone
from tenants.models import Membership, Tenant
from tenants.schema import open_tenant
from tests.browser.conftest import VIEWPORT, Visiting
from tests.browser.looking import NARROW, faint_texts, too_wide
from tests.browser.serving import served
from tests.browser.visiting import Visit
from tests.people import operator, staff


def open_switcher(page: Page) -> None:
    page.locator(".switcher-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#switcher")).to_be_visible()


def test_the_switcher(visiting: Visiting, acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    Membership.objects.create(user=alice, tenant=globex, role=Membership.Role.VIEWER)
    visit = visiting("acme", "alice")
    page = visit.page
    page.set_viewport_size({"width": NARROW, "height": 700})
    open_switcher(page)
    page.keyboard.press("Escape")
    expect(page.locator("#switcher")).to_be_hidden()
    open_switcher(page)
    wrong = [*faint_texts(page), *too_wide(page)]
    page.set_viewport_size(VIEWPORT)
    expect(page.get_by_role("button", name="Globex")).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^http://globex\.localhost:\d+/$"))
    expect(visit.title).to_have_text("Dashboard")
    open_switcher(page)
    page.get_by_role("button", name="Acme Corp").click()
    page.wait_for_url(re.compile(r"^http://acme\.localhost:\d+/$"))
    assert not wrong, "\n".join(wrong)


def test_looking_as_somebody(visiting: Visiting, acme: Tenant) -> None:
    operator()
    staff(acme, Membership.Role.EDITOR)
    staff(acme, name="anna")
    olga = visiting("", "olga")
    page = olga.page
    olga.goto(f"/tenants/tenant/{acme.pk}/change/")
    page.get_by_role("link", name="Look as its staff do").click()
    page.get_by_role("button", name="Look at Acme Corp as alice (Editor)").click()
    page.wait_for_url(re.compile(r"^http://acme\.localhost:\d+/$"))
    banner = page.locator(".looking")
    expect(banner).to_contain_text("You, olga, look at Acme Corp as alice (Editor). Nothing can be changed.")
    page.get_by_role("link", name="Phones").first.click()
    page.get_by_role("link", name="Add phone").first.click()
    expect(banner).to_be_in_viewport()
    wrong = [*faint_texts(page), *too_wide(page)]
    olga.field("number").fill("101")
    olga.expect_fault("403")
    olga.save()
    expect(page.locator("h1")).to_have_text("Nothing was changed")
    wrong += [*faint_texts(page), *too_wide(page)]
    with open_tenant("acme"):
        assert not Phone.objects.exists()
    banner.get_by_role("button", name="Stop looking").click()
    page.wait_for_url(re.compile(r"^http://localhost:\d+/$"))
    expect(olga.title).to_have_text("Dashboard")
    assert not wrong, "\n".join(wrong)
    anna = visiting("acme", "anna")
    anna.page.get_by_role("link", name="Audit trail").click()
    for words in ("began", "ended"):
        expect(anna.page.locator("#result_list tr", has_text="as alice (Editor)").filter(has_text=words)).to_be_visible()


@pytest.mark.usefixtures("transactional_db")
def test_by_path(browser: Browser, acme: Tenant, globex: Tenant) -> None:
    operator()
    alice = staff(acme)
    Membership.objects.create(user=alice, tenant=globex)
    with served(paths=True) as console:
        main = f"http://localhost:{console.port}"
        context = browser.new_context(viewport=VIEWPORT)
        context.set_default_timeout(10_000)
        at_acme, site = Visit(context, f"{main}/t/acme"), Visit(context, main)
        at_acme.log_in("alice")
        site.log_in("olga")
        page = at_acme.page
        page.get_by_role("link", name="Phones").first.click()
        page.get_by_role("link", name="Add phone").first.click()
        at_acme.field("number").fill("101")
        at_acme.save()
        expect(at_acme.body).to_contain_text("was added successfully")
        expect(at_acme.status).to_contain_text("on no node yet")
        open_switcher(page)
        page.get_by_role("button", name="Globex").click()
        page.wait_for_url(f"{main}/t/globex/")
        at_acme.goto("/")  # still logged in there, and as operator beside it
        expect(at_acme.title).to_have_text("Dashboard")
        assert page.url == f"{main}/t/acme/"
        site.goto("/tenants/tenant/")
        site.page.get_by_role("button", name="localhost/t/globex").click()
        expect(site.page.get_by_text("You are logged in here as alice")).to_be_visible()
        site.page.get_by_role("button", name="Go on as olga").click()
        site.page.wait_for_url(f"{main}/t/globex/")
        problems = at_acme.complaints() + site.complaints()
        context.close()
    assert not problems, "\n".join(problems)


@pytest.mark.django_db
def test_two_host_headers_name_nobody(port: int) -> None:
    for hosts in ("Host: acme.localhost\r\nHost: globex.localhost", "Host: globex.localhost\r\nHost: acme.localhost", "Host:", "Host: a b"):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as asking:
            asking.sendall(f"GET /login/ HTTP/1.1\r\n{hosts}\r\nConnection: close\r\n\r\n".encode())
            assert asking.recv(12).decode().split()[1] in ("400", "404"), hosts
