"""Passwords: of one's own, by a link, and given by operators, who know them only until the first login."""

import re

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tenants.models import Membership, Tenant, User
from tests.people import browser, operator, staff

ACME, GLOBEX, MAIN = "acme.localhost", "globex.localhost", "localhost"
NEW = "quite-another-one-7"
RIGHT = "pass-for-tests"


@pytest.fixture
def mailing(settings: LazySettings) -> None:
    settings.EMAIL_HOST = "mail.example.net"
    cache.clear()


def ask(host: str, email: str) -> str:
    answer = Client(HTTP_HOST=host).post("/password-reset/", {"email": email})
    assert answer.status_code == 200
    return answer.content.decode()


def mailed_link() -> str:
    found = re.search(r"http://(\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def open_link(link: str, host: str | None = None, password: str = NEW) -> Client:
    """A stranger's browser after it went to the link and sent the form, if there is one."""
    where, _, path = link.removeprefix("http://").partition("/")
    client = Client(HTTP_HOST=host or where)
    answer = client.get(f"/{path}", follow=True)
    if "new_password1" in answer.content.decode():
        client.post(answer.request["PATH_INFO"], {"new_password1": password, "new_password2": password})
    return client


def logs_in(host: str, name: str, password: str) -> bool:
    return Client(HTTP_HOST=host).post("/login/", {"username": name, "password": password}).status_code == 302


def test_a_link_by_mail_sets_a_password_once(acme: Tenant, mailing: None) -> None:
    alice = browser(ACME, staff(acme))
    ask(ACME, "ALICE@example.net")
    assert mail.outbox[0].to == ["alice@example.net"]
    link = mailed_link()
    assert link.startswith("acme.localhost/")
    open_link(link)
    assert logs_in(ACME, "alice", NEW)
    assert alice.get("/").status_code == 302  # the session from before is over
    open_link(link, password="stolen-later-9")
    assert not logs_in(ACME, "alice", "stolen-later-9")


def test_the_answer_is_the_same_for_all_and_mail_goes_to_those_who_may_enter(acme: Tenant, globex: Tenant, mailing: None) -> None:
    staff(acme)
    staff(globex, name="gina")
    User.objects.create_user("left", "left@example.net", RIGHT, is_active=False)
    emails = ["nobody@example.net", "gina@example.net", "left@example.net", "alice@example.net"]
    pages = {re.sub(r'value="[^"]{64}"', "", ask(ACME, email)) for email in emails}
    assert len(pages) == 1
    assert [message.to for message in mail.outbox] == [["alice@example.net"]]
    ask(ACME, "alice@example.net")
    assert len(mail.outbox) == 1  # nobody's mailbox is filled


def test_a_link_is_good_where_it_was_asked_for(acme: Tenant, globex: Tenant, mailing: None) -> None:
    alice = staff(acme)
    Membership.objects.create(user=alice, tenant=globex)
    ask(ACME, "alice@example.net")
    for host in (GLOBEX, MAIN):
        open_link(mailed_link(), host)
        assert logs_in(ACME, "alice", RIGHT)


def test_a_link_ends_with_the_role(acme: Tenant, mailing: None) -> None:
    alice = staff(acme)
    ask(ACME, "alice@example.net")
    alice.memberships.all().delete()
    open_link(mailed_link())
    alice.refresh_from_db()
    assert alice.check_password(RIGHT)


def test_without_mail_the_page_says_whom_to_ask(acme: Tenant) -> None:
    staff(acme)
    assert "Ask your administrator" in Client(HTTP_HOST=ACME).get("/password-reset/").content.decode()
    ask(ACME, "alice@example.net")
    assert not mail.outbox


def test_who_was_given_a_password_changes_it_before_anything_else(acme: Tenant) -> None:
    client = browser(MAIN, operator())
    given = {"username": "bob", "password1": NEW, "password2": NEW, "must_change_password": "on"}
    assert "checked" in re.findall(r"<input[^>]*must_change_password[^>]*>", client.get("/tenants/user/add/").content.decode())[0]
    memberships = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    assert client.post("/tenants/user/add/", {**given, **memberships}).status_code == 302
    bob = User.objects.get(username="bob")
    Membership.objects.create(user=bob, tenant=acme)
    person = Client(HTTP_HOST=ACME)
    person.post("/login/", {"username": "bob", "password": NEW})
    for path in ("/", "/dialplan/phone/", "/account/", "/tokens/", "/api/docs", "/api/openapi.json", "/deploy-status/", "/search/"):
        assert person.get(path).headers.get("Location") == "/password_change/", path
    assert person.post("/dialplan/phone/add/", {"number": "101"}).headers["Location"] == "/password_change/"
    same = {"old_password": NEW, "new_password1": NEW, "new_password2": NEW}
    assert "choose another one" in person.post("/password_change/", same).content.decode()
    own = {"old_password": NEW, "new_password1": "my-own-password-3", "new_password2": "my-own-password-3"}
    assert person.post("/password_change/", own).status_code == 302
    assert person.get("/").status_code == 200


def test_the_old_password_cannot_be_guessed(acme: Tenant) -> None:
    client = browser(ACME, staff(acme))
    own = {"new_password1": "my-own-password-3", "new_password2": "my-own-password-3"}
    for guess in range(5):
        client.post("/password_change/", {"old_password": f"guess-{guess}", **own})
    assert "Too many failed logins" in client.post("/password_change/", {"old_password": RIGHT, **own}).content.decode()
    assert User.objects.get(username="alice").check_password(RIGHT)


def test_a_password_that_an_operator_sets_must_be_changed(acme: Tenant) -> None:
    alice = staff(acme)
    answer = browser(MAIN, operator()).post(f"/tenants/user/{alice.pk}/password/", {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    alice.refresh_from_db()
    assert alice.must_change_password


def test_links_to_hand_over(acme: Tenant, globex: Tenant) -> None:
    alice, bob, gina = staff(acme), staff(acme, Membership.Role.EDITOR, "bob"), staff(globex, name="gina")
    administrator, olga = browser(ACME, alice), operator()

    def link(client: Client, person: User) -> str:
        page = client.post(f"/logins/{person.pk}/", {"link": "yes"}).content.decode()
        found = re.search(r'id="link">(.*?)<', page)
        return found[1] if found else ""

    open_link(link(administrator, bob))
    assert logs_in(ACME, "bob", NEW)
    assert link(browser(MAIN, olga), gina).startswith("http://globex.localhost/")
    assert link(browser(MAIN, olga), olga).startswith("http://localhost/")
    Membership.objects.create(user=bob, tenant=globex)
    assert not link(administrator, bob)  # whose password opens another company's console, too
    Membership.objects.create(user=olga, tenant=acme)
    assert not link(administrator, olga)


@pytest.mark.parametrize("more", ["another company", "operator"])
def test_a_link_that_was_made_for_less_does_not_open_more(acme: Tenant, globex: Tenant, more: str) -> None:
    bob = staff(acme, Membership.Role.EDITOR, "bob")
    page = browser(ACME, staff(acme)).post(f"/logins/{bob.pk}/", {"link": "yes"}).content.decode()
    if more == "operator":
        User.objects.filter(pk=bob.pk).update(is_superuser=True)
    else:
        Membership.objects.create(user=bob, tenant=globex)
    open_link(re.search(r'id="link">(.*?)<', page)[1])  # type: ignore[index]
    assert not logs_in(ACME, "bob", NEW)
    assert logs_in(ACME, "bob", RIGHT)


@pytest.mark.parametrize("path", ["/password-reset/MQ/x/", "/password-reset/x/set-password/", "/password-reset/%00/a-b/"])
def test_links_that_are_none(acme: Tenant, path: str) -> None:
    answer = Client(HTTP_HOST=ACME).get(path)
    assert answer.status_code == 404
    assert "This link is used" in answer.content.decode()
