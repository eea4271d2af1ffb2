"""What the pages of the dialplan say about input that would contradict what is there."""

import re
from typing import Any

import pytest
from django.test import Client

from addons.models import AddonState, Record
from dialplan.changes import changing
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.status import tenant_status
from dialplan.deploy.wanted import place
from dialplan.models import Phone
from dialplan.trunks.models import Trunk
from scopserv_site.status import node_status
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.people import browser, operator, staff
from tests.proof.forms import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(acme: Tenant) -> Client:
    return browser("acme.localhost", staff(acme))


def told(client: Client, where: str, **values: object) -> str:
    answer = client.post(where, fill(client, where, **values))  # type: ignore[arg-type]
    return answer.content.decode() if answer.status_code == 200 else ""


@pytest.mark.parametrize(
    ("where", "values", "message"),
    [
        ("extension", {"exten": "700", "application": "Answer"}, "700,1 in internal is there already; change that one instead."),
        ("astdbentry", {"family": "cid", "key": "1", "value": "x"}, "Cid/1 is there already; change that one instead."),
    ],
)
def test_what_is_there_already_is_not_there_twice(alice: Client, where: str, values: dict[str, str], message: str) -> None:
    page = f"/dialplan/{where}/add/"
    assert told(alice, page, **values) == ""
    assert message in told(alice, page, **values)


def test_a_phone_gets_another_number_when_nothing_names_it(alice: Client) -> None:
    with open_tenant("acme"), changing() as change:
        phone = Phone.objects.create(number="101")
        group = Record.objects.create(addon="paging", key="*70", data={"number": "*70", "members": [{"phone": "101"}]})
        change.touch("phone")
    page = f"/dialplan/phone/{phone.pk}/change/"
    assert "101 is still named by paging group *70; change that first." in told(alice, page, number="111")
    assert told(alice, page, name="Ann") == ""
    with open_tenant("acme"):
        group.delete()
    assert told(alice, page, number="111") == ""


@pytest.mark.parametrize(("secret", "guessable"), [("1234", True), ("2026112812", True), ("Hz6!pq", True), ("Hz6!pq-0wm", False)])
def test_a_secret_that_is_easy_to_guess_is_taken_and_told(alice: Client, secret: str, guessable: bool) -> None:
    page = "/dialplan/phone/add/"
    answer = alice.post(page, fill(alice, page, number="101", secret=secret), follow=True)
    assert ("The secret of 101 is easy to guess" in answer.content.decode()) is guessable
    with open_tenant("acme"):
        assert Phone.objects.get().secret == secret


@pytest.mark.parametrize(
    ("pattern", "strip", "prepend", "refused"),
    [("77X", 3, "", True), ("77X", 2, "", False), ("77X", 3, "1", False), ("9[2-5]X.", 4, "", True), ("9.", 1, "", False)],
)
def test_something_must_be_left_of_a_number_that_goes_out(alice: Client, pattern: str, strip: int, prepend: str, refused: bool) -> None:
    Trunk.objects.create(name="carrier", host="192.0.2.1", all_tenants=True)
    said = told(alice, "/dialplan/outgoingline/add/", name="out", pattern=pattern, trunk="carrier", strip=strip, prepend=prepend)
    assert ("Nothing would be left" in said) == refused


def test_an_addon_that_is_off_says_so(alice: Client) -> None:
    with open_tenant("acme"):
        AddonState.objects.update_or_create(addon="paging", defaults={"enabled": False})
    for page in ("/paging/record/", "/paging/record/add/"):
        assert "Paging groups is off: nothing that is saved here reaches Asterisk" in alice.get(page).content.decode()


def test_all_tenants_and_some_of_them_is_neither(acme: Tenant, globex: Tenant) -> None:
    said = told(browser("localhost", operator()), "/multipage/record/add/", number="*80", callers=["all", "acme"], tenants=["acme"])
    assert "names all of them and some as well; choose one or the other" in said


def test_a_record_that_writes_nothing_says_so(acme: Tenant, globex: Tenant) -> None:
    olga, where = browser("localhost", operator()), "/multipage/record/add/"
    form = fill(olga, where, number="*80", callers=["acme"], tenants=["acme"], group="*99")  # which nobody has
    assert "with these values it writes nothing" in olga.post(where, form, follow=True).content.decode()


def test_a_line_that_an_addon_writes_too_says_so(alice: Client) -> None:
    page = "/paging/record/add/"
    group = {"number": "*70", "members-TOTAL_FORMS": 0, "members-INITIAL_FORMS": 0}
    assert "writes nothing" not in alice.post(page, {**fill(alice, page), **group}, follow=True).content.decode()
    page = "/dialplan/extension/add/"
    answer = alice.post(page, fill(alice, page, exten="*70", application="Answer"), follow=True)
    assert "Paging groups writes there, too, so that yours is not in force." in answer.content.decode()


def test_what_is_live_on_a_node_that_is_gone_is_not_green() -> None:
    node = Node.objects.create(name="pbx1", folder="/nowhere", ami_user="u", ami_secret="s", error="AMI: cannot connect")
    place("acme", node)
    Deployment.objects.update(live=0, wanted=0)
    assert [(each.live, each.text) for each in (*tenant_status("acme"), *node_status())] == [(False, "pbx1 does not answer")] * 2


def test_a_line_in_place_of_another_says_so(alice: Client) -> None:
    with open_tenant("acme"), changing() as change:
        Phone.objects.create(number="101")
        change.touch("phone")
    where = "/dialplan/extension/add/"
    page = alice.post(where, fill(alice, where, exten="101", application="NoOp"), follow=True).content.decode()
    assert "It stands in place of what Phone 101 writes there." in page


def test_lines_whose_trunk_is_taken_back_are_told_to_both(alice: Client, acme: Tenant) -> None:
    trunk = Trunk.objects.create(name="carrier", host="192.0.2.1")
    trunk.tenants.add(acme)
    assert told(alice, "/dialplan/outgoingline/add/", name="out", pattern="9NXX", trunk="carrier", strip=1) == ""
    olga, where = browser("localhost", operator()), f"/trunks/trunk/{trunk.pk}/change/"
    assert (
        "Off from now on, as on this trunk: 1 line of acme."
        in olga.post(where, fill(olga, where, tenants=[]), follow=True).content.decode()
    )
    assert "carrier: no longer lent to you, so this line is off" in alice.get("/dialplan/outgoingline/").content.decode()


def test_what_somebody_else_saved_meanwhile_is_not_lost(alice: Client) -> None:
    with open_tenant("acme"):
        page = f"/dialplan/phone/{Phone.objects.create(number='101', name='Workshop').pk}/change/"
    opened = seen(alice.get(page))
    assert told(alice, page, name="Ann") == ""
    mine = fill(alice, page, name="Workshop", ring_seconds=44)
    answer = alice.post(page, {**mine, "record-seen": opened})
    assert "alice changed this after you had opened it, so nothing was saved" in answer.content.decode()
    with open_tenant("acme"):
        assert Phone.objects.get().name == "Ann"
    assert alice.post(page, {**mine, "record-seen": seen(answer)}).status_code == 302
    with open_tenant("acme"):
        assert (Phone.objects.get().name, Phone.objects.get().ring_seconds) == ("Workshop", 44)


def seen(answer: Any) -> str:
    return re.search(r'name="record-seen" value="(\w+)"', answer.content.decode())[1]  # type: ignore[index]
