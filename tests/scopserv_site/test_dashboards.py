"""What the first pages and the badge in their headers say, and to whom."""

import pytest
from django.test import Client

from addons.server.models import ServerState
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.wanted import place
from tenants.models import Tenant, User
from tenants.tokens import make_token
from tests.people import browser, operator, staff

pytestmark = pytest.mark.django_db

WHY = "AMI 10.1.2.3:5038 as console: login refused"
WHERE = "/srv/pbx1/tenants/acme.conf is not writable"


@pytest.fixture
def waiting(acme: Tenant) -> Node:
    node = Node.objects.create(name="pbx1", folder="/srv/pbx1", ami_user="console", ami_secret="x")
    place("acme", node)
    return node


def program(host: str, user: User, tenant: Tenant | None = None) -> Client:
    return Client(HTTP_HOST=host, headers={"Authorization": f"Bearer {make_token(user, tenant, 'test')[1]}"})


def read(client: Client, page: str) -> str:
    return client.get(page).content.decode()


@pytest.mark.parametrize("of_node", [True, False])
def test_why_a_node_waits_is_told_to_operators_alone(acme: Tenant, waiting: Node, of_node: bool) -> None:
    if of_node:
        Node.objects.update(error=WHY)
    else:
        Deployment.objects.filter(slug="acme").update(error=WHERE)
    alice = staff(acme)
    pages = browser("acme.localhost", alice)
    for said in (read(pages, "/"), read(pages, "/deploy-status/"), read(program("acme.localhost", alice, acme), "/api/status")):
        assert "waiting for pbx1" in said
        assert "Your operator sees why." in said
        assert not any(word in said for word in ("/srv/pbx1", "10.1.2.3", "5038", "refused", "writable"))
    olga = operator()
    pages = browser("localhost", olga)
    for said in (
        *(read(pages, page) for page in ("/", "/deploy-status/", "/deploy/node/")),
        read(program("localhost", olga), "/api/status"),
    ):
        assert (WHY if of_node else f"acme: {WHERE}") in said


def test_a_server_wide_addon_that_is_off_is_not_ready(db: None) -> None:
    client = browser("localhost", operator())
    assert "<td>off</td>" not in client.get("/").content.decode()
    ServerState.objects.update_or_create(addon="multipage", defaults={"enabled": False})
    assert client.get("/").content.decode().count("<td>off</td>") == 1
