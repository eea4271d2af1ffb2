"""Invitations by link: who may make them, what they open, and to whom they say what."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.audit.models import AuditEntry
from tenants.logins.models import Authenticator
from tenants.models import CustomRole, Membership, Tenant, User
from tenants.staff import invitations
from tenants.staff.models import Invitation
from tests.people import browser, operator, staff

HOST, GLOBEX, MAIN = "acme.localhost", "globex.localhost", "localhost"
INVITE = "/staff/person/add/"
GOOD = "tr1cky-Pass-77"
NEW = {"new": "yes", "new-name": "Bob Lee", "new-username": "bob", "new-password1": GOOD, "new-password2": GOOD}
KNOWN = {"known": "yes", "known-username": "greta", "known-password": "pass-for-tests"}


def invited(client: Client, email: str = "bob@example.net", given: str = "editor", page: str = INVITE) -> str:
    """Invites, and gives the path of the link."""
    text = client.post(page, {"email": email, "given": given, "name": "Bob Lee"}).content.decode()
    found = re.search(r'id="invitation-link">http://acme\.localhost(/invitation/[^<]+)<', text)
    assert found, text
    return found[1]


@pytest.fixture
def link(acme: Tenant) -> str:
    return invited(browser(HOST, staff(acme)))


def test_somebody_new_makes_a_login_and_is_in(acme: Tenant, link: str) -> None:
    visitor = Client(HTTP_HOST=HOST)
    page = visitor.get(link).content.decode()
    assert "alice invites you, bob@example.net" in page
    assert 'value="Bob Lee"' in page
    answer = visitor.post(link, NEW)
    assert answer.status_code == 302, answer.content.decode()
    assert visitor.get("/dialplan/phone/add/").status_code == 200
    bob = User.objects.get(username="bob")
    assert (bob.get_full_name(), bob.email, bob.is_superuser, bob.is_staff) == ("Bob Lee", "bob@example.net", False, False)
    assert Membership.objects.get(user=bob).role == Membership.Role.EDITOR
    again = Client(HTTP_HOST=HOST)
    assert again.get(link).status_code == 410
    assert again.post(link, {**NEW, "new-username": "mallory"}).status_code == 410
    assert not User.objects.filter(username="mallory").exists()


def test_one_login_serves_all_tenants(acme: Tenant, globex: Tenant, link: str) -> None:
    greta = staff(globex, name="greta")
    visitor = Client(HTTP_HOST=HOST)
    answer = visitor.post(link, KNOWN)
    assert answer.status_code == 302, answer.content.decode()
    assert visitor.get("/").status_code == 200
    assert browser(HOST, greta).get("/").status_code == 200
    assert sorted(greta.memberships.values_list("tenant__schema_name", "role")) == [("acme", "editor"), ("globex", "administrator")]


def test_accepting_is_no_way_around_a_second_factor(acme: Tenant, globex: Tenant, link: str) -> None:
    greta = staff(globex, name="greta")
    Authenticator.objects.create(user=greta, confirmed=True, key="A" * 32)
    visitor = Client(HTTP_HOST=HOST)
    assert visitor.post(link, KNOWN)["Location"] == "/login/"
    assert visitor.get("/").status_code == 302
    assert greta.memberships.filter(tenant=acme).exists()
    people = browser(HOST, User.objects.get(username="alice")).get("/staff/person/").content.decode()
    assert people.count("is-yes") == 1


def test_a_wrong_password_accepts_nothing(acme: Tenant, globex: Tenant, link: str) -> None:
    staff(globex, name="greta")
    for wrong in ({**KNOWN, "known-password": "wrong"}, {**KNOWN, "known-username": "nobody"}):
        answer = Client(HTTP_HOST=HOST).post(link, wrong)
        assert answer.status_code == 200
        assert "Please enter a correct username and password" in answer.content.decode()
    assert Membership.objects.filter(tenant=acme).count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"new-password1": "12345678", "new-password2": "12345678"}, "too common"),
        ({"new-password2": "another"}, "match"),
        ({"new-username": "alice"}, "already exists"),
        ({"new-username": "ALICE"}, "already exists"),
        ({"new-username": "Console"}, "choose another one"),
        ({"new-username": "a b"}, "Enter a valid username"),
        ({"new-name": ""}, "required"),
        ({"new-name": "Bob\x07"}, "invisible"),
        ({"new-password1": "bob@example.net", "new-password2": "bob@example.net"}, "too similar"),
    ],
)
def test_what_makes_no_login(acme: Tenant, link: str, wrong: dict[str, str], words: str) -> None:
    answer = Client(HTTP_HOST=HOST).post(link, {**NEW, **wrong})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert User.objects.count() == 1
    assert not Invitation.objects.get().accepted


def test_the_page_says_the_same_whether_or_not_the_e_mail_has_a_login(acme: Tenant, globex: Tenant) -> None:
    client = browser(HOST, staff(acme))
    staff(globex, name="greta")
    texts = [Client(HTTP_HOST=HOST).get(invited(client, email)).content.decode() for email in ("greta@example.net", "otto@example.net")]
    plain = [re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+|/invitation/[^"]+', r"\1", text) for text in texts]
    assert plain[0].replace("greta@", "") == plain[1].replace("otto@", "")


def test_an_invitation_ends(acme: Tenant, link: str) -> None:
    Invitation.objects.update(expires=timezone.now() - timedelta(minutes=1))
    answer = Client(HTTP_HOST=HOST).get(link)
    assert answer.status_code == 410
    assert "has expired" in answer.content.decode()
    assert "Ask alice for a new link" in answer.content.decode()
    assert Client(HTTP_HOST=HOST).post(link, NEW).status_code == 410
    assert User.objects.count() == 1


def test_a_new_link_ends_the_old_one_and_revoking_ends_both(acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    old = invited(client)
    number = Invitation.objects.get().pk
    text = client.post(INVITE, {"renew": number}).content.decode()
    new = re.search(r"http://acme\.localhost(/invitation/[^<]+)<", text)[1]  # type: ignore[index]
    assert Client(HTTP_HOST=HOST).get(old).status_code == 404
    assert Client(HTTP_HOST=HOST).get(new).status_code == 200
    assert "Revoke the invitation" in client.post(INVITE, {"revoke": number}).content.decode()
    assert Client(HTTP_HOST=HOST).get(new).status_code == 200
    client.post(INVITE, {"revoke": number, "sure": "yes"})
    assert Client(HTTP_HOST=HOST).get(new).status_code == 404
    for gone in (number, "x", "9" * 30, ""):
        assert client.post(INVITE, {"renew": gone}).status_code == 302


def test_an_invitation_of_somebody_who_may_not_invite_any_more_opens_nothing(acme: Tenant, link: str) -> None:
    """Else a removed administrator comes back by a link that they kept."""
    alice = Membership.objects.get(user__username="alice", tenant=acme)
    boss = browser(HOST, staff(acme, name="boss"))
    for end in ({"role": Membership.Role.EDITOR}, {"role": Membership.Role.ADMINISTRATOR}):
        Membership.objects.filter(pk=alice.pk).update(**end)
        User.objects.filter(username="alice").update(is_active=end["role"] == Membership.Role.EDITOR)
        assert "ask for a new link" in Client(HTTP_HOST=HOST).post(link, NEW).content.decode()
        assert not User.objects.filter(username="bob").exists()
    text = boss.post(INVITE, {"renew": Invitation.objects.get().pk}).content.decode()
    new = re.search(r"http://acme\.localhost(/invitation/[^<]+)<", text)[1]  # type: ignore[index]
    assert Client(HTTP_HOST=HOST).post(new, NEW).status_code == 302


@pytest.mark.parametrize("text", ["x", "x" * 300, "ä", "%00", "../x"])
def test_a_link_that_is_none_opens_nothing(acme: Tenant, text: str) -> None:
    assert Client(HTTP_HOST=HOST).get(f"/invitation/{text}/").status_code in (302, 404)


def test_a_link_opens_nothing_at_another_tenant(globex: Tenant, link: str) -> None:
    for host in (GLOBEX, MAIN):
        assert Client(HTTP_HOST=host).post(link, NEW).status_code in (302, 403, 404)
    assert not User.objects.filter(username="bob").exists()


def test_nobody_revokes_or_renews_what_another_tenant_invites(acme: Tenant, globex: Tenant, link: str) -> None:
    greta = browser(GLOBEX, staff(globex, name="greta"))
    number = Invitation.objects.get().pk
    greta.post(INVITE, {"revoke": number, "sure": "yes"})
    greta.post(INVITE, {"renew": number})
    assert "bob@example.net" not in greta.get("/staff/person/").content.decode()
    assert Client(HTTP_HOST=HOST).get(link).status_code == 200


def test_whoever_is_logged_in_is_asked_first(acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    link = invited(client)
    assert "You are logged in as <strong>alice</strong>" in client.get(link).content.decode()
    client.post(link, NEW)
    assert not User.objects.filter(username="bob").exists()
    client.post(link, {"leave": "yes"})
    assert client.post(link, NEW).status_code == 302
    assert User.objects.filter(username="bob").exists()


def test_who_may_enter_already_needs_no_invitation(acme: Tenant, link: str) -> None:
    eve = staff(acme, Membership.Role.VIEWER, name="eve")
    operator("greta")
    for name in ("eve", "greta"):
        answer = Client(HTTP_HOST=HOST).post(link, {**KNOWN, "known-username": name})
        assert "may enter here already" in answer.content.decode()
    assert eve.memberships.get().role == Membership.Role.VIEWER
    assert Client(HTTP_HOST=HOST).get(link).status_code == 200


@pytest.mark.parametrize("email", ["bob@example.net", "BOB@example.net", "alice@example.net", "nonsense", "a@b.c\nBcc: x@y.z", ""])
def test_whom_one_cannot_invite(acme: Tenant, email: str) -> None:
    client = browser(HOST, staff(acme))
    invited(client)
    assert "invitation-link" not in client.post(INVITE, {"email": email, "given": "editor"}).content.decode()
    assert Invitation.objects.count() == 1


def test_revoking_lets_nobody_mail_the_world(acme: Tenant, monkeypatch: pytest.MonkeyPatch, settings: Any, mailoutbox: list[Any]) -> None:
    monkeypatch.setattr(invitations, "MOST_OPEN", 3)
    settings.EMAIL_HOST = "mail.example.net"
    client = browser(HOST, staff(acme))
    for _ in range(3):
        invited(client)
        client.post(INVITE, {"revoke": Invitation.objects.get().pk, "sure": "yes"})
    assert "within a day" in client.post(INVITE, {"email": "bob@example.net", "given": "editor"}).content.decode()
    assert len(mailoutbox) == 3
    AuditEntry.objects.update(at=timezone.now() - timedelta(days=2))
    invited(client)
    monkeypatch.setattr(invitations, "MOST_OPEN", 1)
    assert "within a day" in client.post(INVITE, {"renew": Invitation.objects.get().pk}).content.decode()
    assert len(mailoutbox) == 4


def test_a_role_that_somebody_is_invited_to_stays(acme: Tenant) -> None:
    role = CustomRole.objects.create(tenant=acme, name="Reception", permissions=["dialplan.view_phone"])
    client = browser(HOST, staff(acme))
    link = invited(client, given=f"own-{role.pk}")
    assert "the invitation to bob@example.net has the role" in client.get(f"/staff/role/{role.pk}/delete/").content.decode()
    visitor = Client(HTTP_HOST=HOST)
    visitor.post(link, NEW)
    assert visitor.get("/dialplan/phone/").status_code == 200
    assert visitor.get("/dialplan/context/").status_code == 403


def test_it_goes_out_by_e_mail_where_there_is_a_server(acme: Tenant, settings: Any, mailoutbox: list[Any]) -> None:
    client = browser(HOST, staff(acme))
    settings.EMAIL_HOST = ""
    invited(client)
    assert not mailoutbox
    settings.EMAIL_HOST = "mail.example.net"
    link = invited(client, "carla@example.net")
    (mail,) = mailoutbox
    assert mail.to == ["carla@example.net"]
    assert link in mail.body
    assert "Acme Corp" in mail.subject
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = client.post(INVITE, {"email": "dora@example.net", "given": "viewer"}).content.decode()
    assert "could not be sent" in page
    assert "invitation-link" in page


def test_operators_invite_from_the_tenants_page(acme: Tenant) -> None:
    client = browser(MAIN, operator())
    assert f"/tenants/tenant/{acme.pk}/invite" in client.get(f"/tenants/tenant/{acme.pk}/change/").content.decode()
    link = invited(client, page=f"/tenants/tenant/{acme.pk}/invite/")
    visitor = Client(HTTP_HOST=HOST)
    assert "olga invites you" in visitor.get(link).content.decode()
    assert visitor.post(link, NEW).status_code == 302
    assert client.get("/tenants/tenant/99999/invite/").status_code == 404


def test_no_link_is_kept(acme: Tenant, link: str) -> None:
    kept = " ".join(map(str, Invitation.objects.values_list().get()))
    assert link.split("/")[2] not in kept


def test_guessing_a_password_behind_a_link_is_locked_out_as_at_the_login(acme: Tenant, globex: Tenant, link: str) -> None:
    staff(globex, name="greta")
    for _ in range(6):
        answer = Client(HTTP_HOST=HOST).post(link, {**KNOWN, "known-password": "wrong"})
    assert answer.status_code == 429
    assert "Too many failed logins" in answer.content.decode()
    assert Client(HTTP_HOST=HOST).post(link, KNOWN).status_code == 429
    assert Membership.objects.filter(tenant=acme).count() == 1


def test_nobody_comes_in_while_the_tenant_is_suspended(acme: Tenant, link: str) -> None:
    Tenant.objects.filter(pk=acme.pk).update(suspended=timezone.now())
    assert Client(HTTP_HOST=HOST).post(link, NEW).status_code == 403
    assert not User.objects.filter(username="bob").exists()


def test_the_audit_trail_tells_who_invited_and_who_accepted(acme: Tenant, link: str) -> None:
    Client(HTTP_HOST=HOST).post(link, NEW)
    told = list(AuditEntry.objects.filter(kind__in=("invitation", "membership"), tenant=acme).values_list("kind", "action", "actor"))
    assert ("invitation", "added", "alice") in told
    assert ("invitation", "changed", "bob") in told
    assert ("membership", "added", "bob") in told
    assert link.split("/")[2] not in str(list(AuditEntry.objects.values_list("values", flat=True)))
