"""A tenant made like another one: all that can be the same is, and nothing that is that one's alone."""

from io import StringIO
from textwrap import dedent

import pytest
from django.core.management import CommandError, call_command

from addons.models import AddonState
from dialplan.deploy.models import Deployment, Node
from dialplan.models import IncomingLine, Phone, Revision
from dialplan.trunks.models import ClaimedNumber
from scopserv_site.sitefile.export import export_tenant
from tenants.audit.models import AuditEntry
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.people import browser, operator
from tests.scopserv_site.conftest import Apply, apply

__all__ = ["apply"]
pytestmark = pytest.mark.django_db

SITE = """
nodes:
  pbx1: {dir: /srv/pbx1, ami: "127.0.0.1:5038", ami_user: console, ami_secret: secret}
trunks:
  carrier: {host: sip.example.net, tenants: [acme]}
tenants:
  acme:
    node: pbx1
    phone_limit: 20
    addons_off: [blacklist]
    roles: {Night: [dialplan.view_phone]}
    staff: {alice: {role: Night, name: Alice, email: alice@acme.example}}
    phones:
      "101": {name: Ann, secret: acme-101, extra: {voicemail: {enabled: true, pin: "4711"}}}
      "102": {name: Ben, secret: acme-102, ring_seconds: 12}
    lines_in:
      "5145550100": {trunk: carrier, destination: "101"}
    lines_out:
      local: {pattern: 9NXXXXXXXXX, trunk: carrier, strip: 1}
    contexts:
      lobby: {s: [[Goto, "{tenant}-internal,101,1"]]}
      internal: {"600": [[Answer], [Playback, acme/welcome]]}
    astdb: {cid: {"1": Bob}}
    addons: {paging: {"*70": {name: All, members: ["101", "102"]}}}
"""


@pytest.fixture
def like_acme(apply: Apply) -> str:
    """What create_tenant says of a copy."""
    apply(SITE)
    return copy("initech", "--name", "Initech", "--like", "acme")


def copy(*arguments: str) -> str:
    out = StringIO()
    call_command("create_tenant", *arguments, stdout=out)
    return out.getvalue()


def test_a_copy_has_all_that_can_be_the_same(like_acme: str) -> None:
    theirs, ours = export_tenant("acme", secrets=True), export_tenant("initech", secrets=True)
    secrets = {phone.pop("secret") for document in (theirs, ours) for phone in document["phones"].values()}
    assert len(secrets) == 4
    assert {"acme-101", "acme-102"} < secrets
    alone = {"name", "domains", "staff", "lines_in"}
    assert {key: value for key, value in ours.items() if key not in alone} == {
        key: value for key, value in theirs.items() if key not in alone
    }
    assert (ours["name"], ours["domains"]) == ("Initech", ["initech.localhost"])
    assert not alone & ours.keys() - {"name", "domains"}


def test_a_copy_is_built_and_placed_like_any_tenant(like_acme: str) -> None:
    with open_tenant("initech"):
        newest = Revision.objects.first()
        assert newest is not None and newest.number == Deployment.objects.get(slug="initech").wanted
        assert newest.actor == "manage.py create_tenant"
        assert not IncomingLine.objects.exists()
        assert not AddonState.objects.get(addon="blacklist").enabled
    assert not ClaimedNumber.objects.filter(slug="initech").exists()
    (entry,) = AuditEntry.objects.filter(action="copied")
    assert (entry.key, entry.values) == ("initech", {"from": "acme"})


def test_the_command_says_what_was_made_what_not_and_what_to_look_at(like_acme: str) -> None:
    assert like_acme == dedent(
        """\
        Made: 2 phones, 1 outgoing line, 2 contexts, 2 extensions, 1 AstDB key, 1 record, 1 role. Phones have new secrets.
        Left out: incoming numbers 5145550100; people alice; host names acme.localhost.
        Look at these, which name acme still: contexts.internal."600"[1][1].
        Tenant initech is ready at http://initech.localhost
        """
    )


def test_a_template_is_on_no_node_and_its_copies_are(apply: Apply) -> None:
    apply(SITE)
    copy("office", "--name", "Office", "--like", "acme", "--template")
    assert not Deployment.objects.filter(slug="office").exists()
    assert copy("initech", "--name", "Initech", "--like", "office").startswith("Made: 2 phones")
    assert Deployment.objects.get(slug="initech").node.name == "pbx1"
    assert not Tenant.objects.get(schema_name="initech").is_template
    apply("tenants: {office: {template: false}, initech: {template: true, node: []}}")
    assert set(Deployment.objects.filter(removing=False).values_list("slug", flat=True)) == {"", "acme", "office"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["initech", "--like", "nobody"], "no tenant 'nobody'"),
        (["globex", "--like", "acme"], "exists already"),
        (["initech", "--like", "acme", "--node", "pbx9"], "node 'pbx9' is unknown"),
        (["initech", "--like", "acme", "--domain", "acme.localhost"], "acme.localhost"),
        (["initech", "--like", "acme", "--template", "--node", "pbx1"], "on no node"),
        (["Initech", "--like", "acme"], "slug 'Initech'"),
    ],
)
def test_what_cannot_be_made_is_said_and_leaves_nothing(apply: Apply, arguments: list[str], message: str) -> None:
    apply(SITE)
    before = Tenant.objects.count()
    with pytest.raises(CommandError, match=message):
        copy(*arguments, "--name", "X")
    assert Tenant.objects.count() == before
    assert Node.objects.count() == 1
    with open_tenant("acme"):
        assert Phone.objects.count() == 2


def test_the_form_starts_from_a_tenant_and_keeps_what_was_typed_when_it_cannot(apply: Apply) -> None:
    apply(SITE)
    apply("tenants: {office: {name: Office, template: true}}")
    olga = browser("localhost", operator())
    choices = olga.get("/tenants/tenant/add/").context["adminform"].form.fields["like"].choices
    assert [label for _, label in choices] == ["Nothing", "Office (template)", "Acme Corp (acme)", "Globex (globex)"]
    acme, node = Tenant.objects.get(schema_name="acme"), Node.objects.get()
    typed = {"schema_name": "initech", "name": "Initech", "like": acme.pk, "host": "", "node": node.pk}
    refused = olga.post("/tenants/tenant/add/", {**typed, "is_template": "on"})
    assert "A template is on no node" in refused.content.decode()
    with open_tenant("acme"):
        Phone.objects.update(context="gone")
    refused = olga.post("/tenants/tenant/add/", typed)
    assert "There is no context &#x27;gone&#x27;" in refused.content.decode()
    assert refused.context["adminform"].form.data["name"] == "Initech"
    assert not Tenant.objects.filter(schema_name="initech").exists()
    with open_tenant("acme"):
        Phone.objects.update(context="internal")
    page = olga.post("/tenants/tenant/add/", typed, follow=True).content.decode()
    assert "Made: 2 phones" in page
    assert "Left out: incoming numbers 5145550100" in page
    with open_tenant("initech"):
        assert Phone.objects.count() == 2
