"""Every page that a link leads to: nothing asked of strangers, no error in it, readable by day and night, and on a telephone."""

import re

import pytest
from playwright.sync_api import expect

from addons.discovery.registry import registry
from addons.stored.generated import record_model
from dialplan.changes import changing
from dialplan.claims import settle_claims
from dialplan.deploy.models import Node
from dialplan.models import AstDBEntry, Extension, IncomingLine, OutgoingLine
from dialplan.trunks.models import Trunk
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.browser.conftest import Visiting
from tests.browser.looking import faint_texts, show_all_tabs, too_wide
from tests.browser.setting_up import phones, put_on
from tests.browser.visiting import Visit
from tests.people import operator, staff


@pytest.fixture
def furnished(transactional_db: None, acme: Tenant) -> None:
    """One of everything."""
    node = Node.objects.create(name="pbx1", folder="/nowhere/pbx1", ami_user="console", ami_secret="secret", error="It is away.")
    Trunk.objects.create(name="carrier", host="127.0.0.9", all_tenants=True)
    phones("acme", "101", "102")
    with open_tenant("acme"), changing(actor="alice") as change:
        IncomingLine.objects.create(number="5145550100", name="Main number", trunk="carrier", destination="phone:101")
        OutgoingLine.objects.create(name="local", pattern="9NXXXXXXXXX", trunk="carrier", strip=1)
        settle_claims(change)
        Extension.objects.create(context="internal", exten="600", application="Answer")
        AstDBEntry.objects.create(family="cid", key="5145551234", value="Bob")
        group = {"number": "*70", "name": "All", "members": [{"phone": "101"}, {"phone": "102"}]}
        record_model(registry.get("paging")).objects.create(key="*70", data=group)
        for kind in ("phone", "line_in", "line_out", "staff", "astdb", "paging"):
            change.touch(kind, f"{kind} made")
    record_model(registry.get("multipage")).objects.create(key="*80", data={"number": "*80", "callers": "all", "tenants": "all"})
    put_on(node, "acme")


FOREIGN = "/api/docs"  # looks as its makers want it to


def look_around(visit: Visit) -> set[str]:
    """Opens one page of each kind, and what is wrong with how they look."""
    seen: set[str] = set()
    wrong: set[str] = set()
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        end = path.rstrip("/").rpartition("/")[2]
        kind = end if end in ("history", "delete") else re.sub(r"\d+", "N", path)
        if kind in seen or "logout" in path or "/export/" in path or path.endswith(".json"):
            continue  # not pages
        seen.add(kind)
        visit.goto(path)
        if path == FOREIGN:
            continue
        show_all_tabs(visit.page)
        wrong |= {*faint_texts(visit.page), *too_wide(visit.page)}
        links = visit.page.evaluate("[...document.links].filter((a) => a.host === location.host).map((a) => a.pathname)")
        ahead += sorted(set(links))
    assert len(seen) > 15, seen
    return wrong


def test_the_pages_of_a_tenant(visiting: Visiting, furnished: None, acme: Tenant) -> None:
    staff(acme)
    wrong = look_around(visiting("acme", "alice"))
    assert not wrong, "\n".join(sorted(wrong))


def test_the_pages_of_operators(visiting: Visiting, furnished: None) -> None:
    operator()
    wrong = look_around(visiting("", "olga"))
    assert not wrong, "\n".join(sorted(wrong))


def test_the_login(visiting: Visiting) -> None:
    visit = visiting("acme")
    visit.goto("/")
    wrong = [*faint_texts(visit.page), *too_wide(visit.page)]
    visit.page.get_by_label("Username").fill("nobody")
    visit.page.get_by_label("Password").fill("wrong")
    visit.page.get_by_role("button", name="Log in").click()
    visit.page.get_by_text("Please enter a correct username and password").wait_for()
    wrong += [*faint_texts(visit.page), *too_wide(visit.page)]
    assert not wrong, "\n".join(wrong)


def test_after_logging_out_the_way_back_shows_nothing(visiting: Visiting, furnished: None, acme: Tenant) -> None:
    staff(acme)
    alice = visiting("acme", "alice")
    alice.goto("/dialplan/phone/")
    expect(alice.body).to_contain_text("Alice Lee")
    alice.page.get_by_text("alice", exact=True).first.click()
    alice.page.get_by_role("button", name="Log out").click()
    alice.page.get_by_text("Log in again").or_(alice.page.get_by_label("Password")).first.wait_for()
    alice.page.go_back()
    alice.page.get_by_label("Password").wait_for()
    expect(alice.page.locator("body")).not_to_contain_text("Alice Lee")
