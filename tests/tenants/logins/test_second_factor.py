"""The second factor: set up by its person, asked for at each login, and no way around it."""

import re

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from tenants.audit.models import AuditEntry
from tenants.logins.models import Authenticator, Session
from tenants.models import Membership, Tenant, User
from tenants.rotation import columns
from tenants.tokens import make_token
from tests.people import browser, operator, staff
from tests.tenants.logins.codes import PAGE, code_of, half_in, set_up

ACME, GLOBEX, MAIN = "acme.localhost", "globex.localhost", "localhost"
RIGHT = "pass-for-tests"


def inside(client: Client) -> bool:
    return client.get("/").status_code == 200


def gives(client: Client, code: str) -> bool:
    return client.post("/login/code/", {"code": code}).status_code == 302 and inside(client)


def rested(user: User) -> None:
    """As after the seconds that a wrong code costs."""
    Authenticator.objects.filter(user=user).update(throttling_failure_count=0, throttling_failure_timestamp=None)


def test_a_login_asks_for_a_code(acme: Tenant) -> None:
    alice = staff(acme)
    key, _ = set_up(browser(ACME, alice))
    client = Client(HTTP_HOST=ACME)
    answer = client.post("/login/?next=/dialplan/phone/", {"username": "alice", "password": RIGHT})
    assert answer.headers["Location"] == "/login/code/?next=/dialplan/phone/"
    assert not inside(client)
    answer = client.post(answer.headers["Location"], {"code": code_of(key, 1)})
    assert answer.headers["Location"] == "/dialplan/phone/"
    assert inside(client)


def test_operators_have_one_too(db: None) -> None:
    olga = operator()
    key, _ = set_up(browser(MAIN, olga))
    assert gives(half_in(MAIN, olga), code_of(key, 1))


def test_no_code_is_good_twice(acme: Tenant) -> None:
    alice = staff(acme)
    key, _ = set_up(browser(ACME, alice))
    assert not gives(half_in(ACME, alice), code_of(key))  # confirmed it
    rested(alice)
    code = code_of(key, 1)
    assert gives(half_in(ACME, alice), code)
    assert not gives(half_in(ACME, alice), code)


def test_a_recovery_code_is_good_once_however_it_is_typed(acme: Tenant) -> None:
    alice = staff(acme)
    _, codes = set_up(browser(ACME, alice))
    assert gives(half_in(ACME, alice), f" {codes[3].upper().replace('-', ' ')} ")
    assert not gives(half_in(ACME, alice), codes[3])
    rested(alice)
    assert gives(half_in(ACME, alice), codes[4])
    assert AuditEntry.objects.filter(action="recovery code used", actor="alice", slug="acme").count() == 2


def test_nothing_at_rest_gives_it_away(acme: Tenant) -> None:
    key, codes = set_up(browser(ACME, staff(acme)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text FROM logins_authenticator a UNION SELECT s::text FROM logins_session s")
        stored = " ".join(row for (row,) in cursor.fetchall())
    assert key.replace(" ", "") not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    told = str(list(AuditEntry.objects.values_list()))
    assert key.replace(" ", "") not in told


def test_keys_are_written_anew_with_all_secrets(db: None) -> None:
    assert "public.logins_authenticator.key" in map(str, columns())


def test_codes_cannot_be_guessed(acme: Tenant) -> None:
    alice = staff(acme)
    key, codes = set_up(browser(ACME, alice))
    client = half_in(ACME, alice)
    assert "wrong" in client.post("/login/code/", {"code": "000000"}).content.decode()
    assert "wait" in client.post("/login/code/", {"code": code_of(key, 1)}).content.decode()  # right, but too soon
    for _ in range(4):
        rested(alice)
        answer = client.post("/login/code/", {"code": "000000"})
    assert answer.status_code == 429
    rested(alice)
    assert not gives(client, codes[0])
    assert client.post("/login/", {"username": "alice", "password": RIGHT}).status_code == 429
    AccessAttempt.objects.all().delete()
    assert gives(client, codes[0])


def test_a_second_password_forgets_no_wrong_codes(acme: Tenant) -> None:
    alice = staff(acme)
    set_up(browser(ACME, alice))
    for _ in range(5):
        rested(alice)
        assert not gives(half_in(ACME, alice), "000000")
    assert Client(HTTP_HOST=ACME).post("/login/", {"username": "alice", "password": RIGHT}).status_code == 429


def test_half_a_login_is_none(acme: Tenant, globex: Tenant) -> None:
    alice, bob = staff(acme), staff(acme, name="bob")
    set_up(browser(ACME, alice))
    assert Client(HTTP_HOST=ACME).get("/login/code/").headers["Location"] == "/login/"
    client = half_in(ACME, alice)
    assert client.post(PAGE, {}).status_code == 302
    assert client.get("/api/openapi.json").status_code == 401
    key, _ = set_up(browser(ACME, bob))
    assert not gives(client, code_of(key, 1))  # somebody else's
    session = client.session
    session["entering"]["until"] -= 601
    session.save()
    assert client.get("/login/code/").headers["Location"] == "/login/"


def test_half_a_login_is_worth_nothing_at_another_console(acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    _, codes = set_up(browser(ACME, alice))
    stolen = Client(HTTP_HOST=GLOBEX)
    stolen.cookies = half_in(ACME, alice).cookies
    assert stolen.post("/login/code/", {"code": codes[0]}).headers["Location"] == "/login/"
    assert not AuditEntry.objects.filter(tenant=globex, action="logged in").exists()


def test_a_new_password_ends_half_a_login(acme: Tenant) -> None:
    alice = staff(acme)
    _, codes = set_up(browser(ACME, alice))
    client = half_in(ACME, alice)
    alice.set_password("quite-another-one-7")
    alice.save()
    assert client.post("/login/code/", {"code": codes[0]}).headers["Location"] == "/login/"
    assert not inside(client)


def test_setting_it_up_ends_sessions_that_have_none(acme: Tenant) -> None:
    alice = staff(acme)
    here, there = browser(ACME, alice), browser(ACME, alice)
    set_up(here)
    assert inside(here)
    assert not inside(there)


def test_a_session_without_its_code_is_worth_nothing(acme: Tenant) -> None:
    alice = staff(acme)
    set_up(browser(ACME, alice))
    planted = Client(HTTP_HOST=ACME)
    planted.force_login(alice)
    assert not inside(planted)


def test_a_wrong_first_code_sets_up_nothing(acme: Tenant) -> None:
    alice = staff(acme)
    client = browser(ACME, alice)
    first = client.get(PAGE).content.decode()
    page = client.post(PAGE, {"confirm": "yes", "code": "000000"}).content.decode()
    assert "This code is wrong" in page
    assert re.search(r'id="key">(.*?)<', page)[1] == re.search(r'id="key">(.*?)<', first)[1]  # type: ignore[index]
    assert inside(browser(ACME, alice))


def test_renewing_and_switching_off_want_password_and_code(acme: Tenant) -> None:
    alice = staff(acme)
    client = browser(ACME, alice)
    key, codes = set_up(client)
    for proof in ({"password": "wrong", "code": codes[0]}, {"password": RIGHT, "code": "000000"}, {"password": RIGHT}, {}):
        client.post(PAGE, {"remove": "yes", **proof})
        rested(alice)
    assert Authenticator.objects.filter(user=alice, confirmed=True).exists()
    page = client.post(PAGE, {"renew": "yes", "password": RIGHT, "code": codes[0]}).content.decode()
    fresh = re.findall(r"<li><code>([a-z2-9-]+)</code>", page)
    assert len(set(fresh) - set(codes)) == 10
    assert not gives(half_in(ACME, alice), codes[1])
    rested(alice)
    assert client.post(PAGE, {"remove": "yes", "password": RIGHT, "code": code_of(key, 1)}).status_code == 302
    assert inside(client)
    assert inside(browser(ACME, alice))
    entries = AuditEntry.objects.filter(kind="second factor", actor="alice").order_by("id").values_list("action", flat=True)
    assert list(entries) == ["set up", "codes renewed", "switched off"]


EVERYWHERE = ["/", "/dialplan/phone/", "/account/", "/tokens/", "/addons/", "/api/docs", "/api/openapi.json", "/deploy-status/", "/search/"]


def test_a_tenant_that_requires_it_lets_nobody_do_anything_before(acme: Tenant, globex: Tenant) -> None:
    alice = staff(acme)
    Membership.objects.create(user=alice, tenant=globex)
    before = browser(ACME, alice)
    Tenant.objects.filter(pk=acme.pk).update(second_factor_required=True)
    _, token = make_token(alice, acme, "billing")
    for client in (before, browser(ACME, alice), browser(ACME, operator())):
        for path in EVERYWHERE:
            assert client.get(path).headers.get("Location") == PAGE, path
        assert client.post("/dialplan/phone/add/", {"number": "101"}).headers["Location"] == PAGE
    assert Client(HTTP_HOST=ACME).get("/api/phones", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert inside(browser(GLOBEX, alice))
    key, codes = set_up(before)
    assert inside(before)
    before.post(PAGE, {"remove": "yes", "password": RIGHT, "code": codes[0]})
    assert Authenticator.objects.filter(user=alice, confirmed=True).exists()
    assert gives(half_in(ACME, alice), code_of(key, 1))


def test_the_site_may_require_it_of_operators(acme: Tenant, settings: LazySettings) -> None:
    settings.OPERATORS_SECOND_FACTOR = "required"
    olga = operator()
    for host in (MAIN, ACME):
        assert browser(host, olga).get("/").headers["Location"] == PAGE
    assert inside(browser(ACME, staff(acme)))
    client = browser(MAIN, olga)
    set_up(client)
    assert inside(client)


def test_an_operator_requires_it_of_a_tenant_on_its_page(acme: Tenant) -> None:
    page = browser(MAIN, operator()).get(f"/tenants/tenant/{acme.pk}/change/").content.decode()
    assert 'name="second_factor_required"' in page


def test_operators_reset_it(acme: Tenant) -> None:
    alice, olga = staff(acme), operator()
    lost = browser(ACME, alice)
    set_up(lost)
    page = f"/logins/{alice.pk}/"
    bob = browser(ACME, staff(acme, name="bob"))
    bob.post(page, {"reset": "yes", "sure": "yes"})
    client = browser(MAIN, olga)
    client.post(page, {"reset": "yes"})
    assert Authenticator.objects.filter(user=alice).exists()
    client.post(page, {"reset": "yes", "sure": "yes"})
    assert not Session.objects.filter(user=alice).exists()
    assert inside(browser(ACME, alice))
    assert AuditEntry.objects.filter(kind="second factor", action="reset", actor="olga", key="alice").exists()


def test_the_command_resets_it(db: None) -> None:
    olga = operator()
    set_up(browser(MAIN, olga))
    call_command("reset_second_factor", "olga", verbosity=0)
    assert inside(browser(MAIN, olga))
    for name in ("olga", "nobody"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", name)


@pytest.mark.parametrize("code", ["", "١٢٣٤٥٦", "a" * 41, "½½½½½½", "' OR 1=1", "-" * 12, "\0"])
def test_codes_that_are_none(acme: Tenant, code: str) -> None:
    alice = staff(acme)
    set_up(browser(ACME, alice))
    assert half_in(ACME, alice).post("/login/code/", {"code": code}).status_code == 200
