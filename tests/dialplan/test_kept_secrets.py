"""Secrets in operators' forms: what is not typed in anew stays, and no page holds it."""

from dialplan.deploy.models import Node
from dialplan.trunks.models import Trunk
from tests.people import browser, operator
from tests.proof.forms import fill


def test_a_secret_stays_until_another_one_is_typed_in(db: None) -> None:
    node = Node.objects.create(name="pbx1", folder="/nowhere", ami_user="console", ami_secret="first")
    page, olga = f"/deploy/node/{node.pk}/change/", browser("localhost", operator())
    filled = {**fill(olga, page, ami_port=5039), "ami_secret": ""}
    assert olga.post(page, filled).status_code == 302
    assert Node.objects.values_list("ami_port", "ami_secret").get() == (5039, "first")
    assert olga.post(page, {**filled, "ami_secret": "second"}).status_code == 302
    assert Node.objects.get().ami_secret == "second"
    assert b"second" not in olga.get(page).content
    new = olga.post("/deploy/node/add/", {**filled, "name": "pbx2"})
    assert new.context["adminform"].form.errors["ami_secret"] == ["This field is required."]


def test_a_trunks_secret_goes_with_its_user(db: None) -> None:
    trunk = Trunk.objects.create(name="carrier", host="sip.example.net", user="u", secret="first")
    page, olga = f"/trunks/trunk/{trunk.pk}/change/", browser("localhost", operator())
    filled = {**fill(olga, page), "secret": ""}
    assert olga.post(page, filled).status_code == 302
    assert Trunk.objects.get().secret == "first"
    assert olga.post(page, {**filled, "user": ""}).status_code == 302
    assert Trunk.objects.get().secret == ""
