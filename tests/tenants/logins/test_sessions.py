"""Sessions: whose they are, how long they last, and how they are ended."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tenants.audit.models import AuditEntry
from tenants.logins.agents import device
from tenants.logins.models import Session
from tenants.models import Membership, Tenant
from tests.people import browser, operator, staff

ACME, GLOBEX, MAIN = "acme.localhost", "globex.localhost", "localhost"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


def inside(client: Client) -> bool:
    return client.get("/").status_code == 200


def row(client: Client) -> Session:
    return Session.objects.get(pk=client.session.session_key)


def later(client: Client, **by: float) -> None:
    """Makes the session as old as this."""
    session = row(client)
    ago = timedelta(**by)
    session.seen, session.expire_date = session.seen - ago, session.expire_date - ago
    session.save()


def test_a_session_says_whose_it_is(acme: Tenant) -> None:
    client = Client(HTTP_HOST=ACME, HTTP_USER_AGENT=FIREFOX)
    user = staff(acme)
    client.get("/login/")
    assert client.post("/login/", {"username": "alice", "password": "pass-for-tests"}).status_code == 302
    session = row(client)
    assert (session.user, session.slug, session.address, device(session.agent)) == (user, "acme", "127.0.0.1", "Firefox on Windows")
    page = client.get("/account/").content.decode()
    assert "Firefox on Windows" in page
    assert "(this one)" in page
    assert session.session_key not in page


def test_a_person_with_one_tenant_never_sees_the_word(acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    client = browser(ACME, alice)
    assert "<th>Where</th>" not in client.get("/account/").content.decode()
    Membership.objects.create(user=alice, tenant=globex)
    browser(GLOBEX, alice)
    page = client.get("/account/").content.decode()
    assert "<th>Where</th>" in page
    assert "<td>Globex</td>" in page


def test_idle_sessions_end_and_used_ones_go_on(acme: Tenant) -> None:
    client = browser(ACME, staff(acme))
    later(client, hours=11)
    assert inside(client)  # and is seen
    later(client, hours=11)
    assert inside(client)
    later(client, hours=13)
    assert not inside(client)


def test_what_an_open_page_asks_by_itself_keeps_no_session(acme: Tenant) -> None:
    client = browser(ACME, staff(acme))
    later(client, hours=11)
    before = row(client).seen
    assert client.get("/deploy-status/").status_code == 200
    assert row(client).seen == before


def test_no_session_lasts_longer_than_two_weeks(acme: Tenant) -> None:
    client = browser(ACME, staff(acme))
    session = client.session
    session["opened"] -= timedelta(days=13, hours=23).total_seconds()
    session.save()
    assert row(client).expire_date < timezone.now() + timedelta(hours=2)
    assert inside(client)


def test_a_login_clears_what_is_over(acme: Tenant) -> None:
    client = browser(ACME, staff(acme))
    old = row(client)
    later(client, days=3)
    browser(ACME, staff(acme, name="bob"))
    assert not Session.objects.filter(pk=old.pk).exists()


def test_the_key_changes_at_login(acme: Tenant) -> None:
    client = Client(HTTP_HOST=ACME)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    staff(acme)
    client.post("/login/", {"username": "alice", "password": "pass-for-tests"})
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_one_can_be_ended_and_all(acme: Tenant) -> None:
    alice = staff(acme)
    here, there, third = (browser(ACME, alice) for _ in range(3))
    here.post("/account/", {"end": row(there).handle})
    assert [inside(each) for each in (here, there, third)] == [True, False, True]
    assert here.post("/account/", {"end_all": "yes"}).status_code == 302
    assert not inside(here)
    assert not inside(third)
    assert AuditEntry.objects.filter(kind="session", action="ended", actor="alice", slug="acme").count() == 2


def test_nobody_ends_a_session_of_somebody_else(acme: Tenant) -> None:
    alice, bob = browser(ACME, staff(acme)), browser(ACME, staff(acme, name="bob"))
    bob.post("/account/", {"end": row(alice).handle})
    assert inside(alice)


def test_a_new_password_ends_the_other_sessions(acme: Tenant) -> None:
    alice = staff(acme)
    here, there = browser(ACME, alice), browser(ACME, alice)
    new = "quite-another-one-7"
    answer = here.post("/password_change/", {"old_password": "pass-for-tests", "new_password1": new, "new_password2": new})
    assert answer.status_code == 302
    assert inside(here)
    assert not inside(there)
    assert Session.objects.filter(user=alice).count() == 1


def test_operators_end_all_and_administrators_those_at_their_console(acme: Tenant, globex: Tenant) -> None:
    alice, bob = staff(acme), staff(acme, Membership.Role.EDITOR, "bob")
    Membership.objects.create(user=bob, tenant=globex)
    at_acme, at_globex = browser(ACME, bob), browser(GLOBEX, bob)
    page = f"/logins/{bob.pk}/"
    assert browser(ACME, alice).post(page, {"end_all": "yes"}).status_code == 302
    assert (inside(at_acme), inside(at_globex)) == (False, True)
    assert browser(MAIN, operator()).post(page, {"end_all": "yes"}).status_code == 302
    assert not inside(at_globex)


def test_who_has_no_business_with_a_person_sees_nothing_of_them(acme: Tenant, globex: Tenant) -> None:
    gina, olga = staff(globex, name="gina"), operator()
    alice = browser(ACME, staff(acme))
    editor = staff(acme, Membership.Role.EDITOR, "bob")
    assert [alice.get(f"/logins/{number}/").status_code for number in (gina.pk, olga.pk, 10**18, editor.pk)] == [404, 404, 404, 200]
    assert browser(ACME, editor).get(f"/logins/{editor.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        ("", "An unknown device"),
    ],
)
def test_devices_are_named_for_people(agent: str, words: str) -> None:
    assert device(agent) == words
