"""Where trunks are, who may use them, and what a change of one costs."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from dialplan import changes
from dialplan.changes import changing
from dialplan.claims import settle_claims
from dialplan.deploy import wanted
from dialplan.deploy.models import OWN, Deployment, Node
from dialplan.models import IncomingLine, Phone
from dialplan.rules import check
from dialplan.state import desired_node
from dialplan.trunks.models import Trunk
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.people import browser, operator
from tests.proof.forms import fill, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def pbx1(acme: Tenant) -> Node:
    return placed("acme", "pbx1")


@pytest.fixture
def pbx2(globex: Tenant) -> Node:
    return placed("globex", "pbx2")


def placed(slug: str, name: str) -> Node:
    node = Node.objects.create(name=name, folder=f"/nowhere/{name}", ami_user="u", ami_secret="s")
    wanted.place(slug, node)
    return node


def add_trunk(name: str, *slugs: str, host: str = "sip.example.net", register: bool = False) -> Trunk:
    trunk = Trunk(name=name, host=host, user="u", secret="secret1", register=register, all_tenants=not slugs)
    check(trunk)
    trunk.save()
    trunk.tenants.set(Tenant.objects.filter(schema_name__in=slugs))
    return trunk


def add_number(slug: str, number: str, trunk: str) -> None:
    with changing() as change, open_tenant(slug):
        Phone.objects.get_or_create(number="101")
        line = IncomingLine(number=number, trunk=trunk, destination="101")
        check(line)
        line.save()
        settle_claims(change)
        change.touch("line_in")


def test_a_trunk_is_on_the_nodes_of_those_that_it_is_lent_to(pbx1: Node, pbx2: Node) -> None:
    add_trunk("shared")
    add_trunk("own", "acme", host="192.0.2.9")
    assert [name in desired_node(pbx1).pjsip_text for name in ("[shared]", "[own]")] == [True, True]
    assert [name in desired_node(pbx2).pjsip_text for name in ("[shared]", "[own]")] == [True, False]
    assert "trunk-own" not in desired_node(pbx2).dialplan_text


def test_it_registers_from_one_node_alone_where_its_numbers_are(pbx1: Node, pbx2: Node) -> None:
    """A carrier sends its calls to whoever registered last."""
    add_trunk("carrier", register=True)

    def registering() -> list[str]:
        return [node.name for node in (pbx1, pbx2) if "type = registration" in desired_node(node).pjsip_text]

    assert registering() == ["pbx1"]
    before = Deployment.objects.get(node=pbx1, slug=OWN).wanted
    add_number("globex", "5145550100", "carrier")
    assert registering() == ["pbx2"]
    assert Deployment.objects.get(node=pbx1, slug=OWN).wanted > before  # it has to stop


def test_accounts_at_one_carrier_share_what_comes_from_its_address(pbx1: Node) -> None:
    for name in ("one", "two"):
        add_trunk(name)
    wanted.place("globex", pbx1)
    add_number("acme", "5145550100", "one")
    add_number("globex", "5145550200", "two")
    for name in ("one", "two"):
        assert f"[trunk-{name}]\ninclude => acme-in-one\ninclude => globex-in-two\n" in desired_node(pbx1).dialplan_text
    with pytest.raises(ValidationError, match="5145550100 is in use already on trunk two or another one of the same carrier"):
        add_number("globex", "5145550100", "two")


def test_a_trunk_does_not_become_another_account_where_a_number_would_be_on_both(pbx1: Node, pbx2: Node) -> None:
    add_trunk("one")
    moving = add_trunk("two", host="192.0.2.9")
    add_number("acme", "5145550100", "one")
    add_number("globex", "5145550100", "two")
    moving.host = "SIP.example.net:5070"
    with pytest.raises(ValidationError, match="Trunk one is there, too, and carries 5145550100 for another tenant"):
        check(moving)


class Changed:
    """A trunk's form, and which tenants were rebuilt when it was saved."""

    def __init__(self, client: Client, rebuilt: list[str]) -> None:
        self.client, self.rebuilt = client, rebuilt

    def save(self, trunk: Trunk, **values: object) -> list[str]:
        self.rebuilt.clear()
        where = f"/trunks/trunk/{trunk.pk}/change/"
        post(self.client, where, fill(self.client, where, **values))  # type: ignore[arg-type]
        return sorted(self.rebuilt)


@pytest.fixture
def form(db: None, monkeypatch: pytest.MonkeyPatch) -> Changed:
    rebuilt: list[str] = []
    rebuild = changes.rebuild
    monkeypatch.setattr(changes, "rebuild", lambda slug, **given: (rebuilt.append(slug), rebuild(slug, **given))[1])
    return Changed(browser("localhost", operator()), rebuilt)


def test_a_change_of_a_trunk_rebuilds_those_that_it_concerns(form: Changed, acme: Tenant, globex: Tenant, pbx1: Node) -> None:
    trunk = add_trunk("carrier", "acme")
    before = Deployment.objects.get(node=pbx1, slug=OWN).wanted
    assert form.save(trunk, secret="another1") == []
    assert Deployment.objects.get(node=pbx1, slug=OWN).wanted > before
    assert form.save(trunk, host="192.0.2.10") == ["acme"]
    assert form.save(trunk, tenants=[str(acme.pk), str(globex.pk)]) == ["globex"]
    assert form.save(trunk, tenants=[str(globex.pk)]) == ["acme"]
