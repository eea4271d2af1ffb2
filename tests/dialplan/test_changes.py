"""From records to rows: what a change rebuilds, and what it leaves alone."""

import pytest
from django.core.exceptions import ValidationError

from dialplan.changes import changing
from dialplan.claims import settle_claims
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.wanted import place
from dialplan.models import AstDBEntry, Extension, IncomingLine, OutgoingLine, Phone, Revision
from dialplan.refusal import Refused
from dialplan.rules import check
from dialplan.trunks.models import Trunk
from tenants.models import Tenant
from tenants.schema import open_tenant


def save(*records: object, kind: str = "phone") -> list[str]:
    with changing(actor="alice") as change:
        for record in records:
            record.save()  # type: ignore[attr-defined]
        change.touch(kind, "a test")
    return change.rebuilt


def live(exten: str, context: str = "internal") -> list[tuple[int, str, str]]:
    lines = Extension.objects.filter(context=context, exten=exten, replaced_by="")
    return list(lines.order_by("priority").values_list("priority", "application", "origin"))


@pytest.fixture
def node(db: None) -> Node:
    made = Node.objects.create(name="pbx1", folder="/nowhere/pbx1", ami_user="console", ami_secret="secret")
    for slug in ("acme", "globex"):
        place(slug, made)
    return made


@pytest.fixture
def carrier(db: None) -> Trunk:
    return Trunk.objects.create(name="carrier", host="127.0.0.2", all_tenants=True)


def test_a_phone_makes_its_lines_and_a_revision(in_acme: Tenant) -> None:
    assert save(Phone(number="101", name="Alice")) == ["acme"]
    assert live("101") == [(1, "Dial", "section:phone"), (2, "Hangup", "section:phone")]
    newest = Revision.objects.first()
    assert newest is not None
    assert (newest.actor, newest.summary) == ("alice", "a test")


def test_committing_twice_changes_nothing_and_deploys_nothing(in_acme: Tenant, node: Node) -> None:
    phone = Phone(number="101")
    save(phone)
    before = (Revision.objects.count(), Deployment.objects.get(node=node, slug="acme").wanted)
    assert save(phone) == []
    assert (Revision.objects.count(), Deployment.objects.get(node=node, slug="acme").wanted) == before


def test_a_change_of_one_tenant_wants_nothing_of_another(in_acme: Tenant, node: Node) -> None:
    other = Deployment.objects.get(node=node, slug="globex").wanted
    save(Phone(number="101"))
    assert Deployment.objects.get(node=node, slug="acme").wanted == Revision.objects.count()
    assert Deployment.objects.get(node=node, slug="globex").wanted == other


def test_only_a_secret_changed_is_deployed_too(in_acme: Tenant) -> None:
    phone = Phone(number="101", secret="first-secret")
    save(phone)
    phone.secret = "second-secret"
    assert save(phone) == ["acme"]


def test_staffs_line_replaces_a_phones_and_gives_it_back(in_acme: Tenant) -> None:
    save(Phone(number="101"))
    line = Extension(context="internal", exten="101", priority=1, application="Answer")
    save(line, kind="staff")
    assert live("101")[0] == (1, "Answer", "staff")
    covered = Extension.objects.get(exten="101", priority=1, origin="section:phone")
    assert covered.replaced_by == "staff"
    with changing() as change:
        line.delete()
        change.touch("staff")
    assert live("101")[0] == (1, "Dial", "section:phone")


def test_an_error_inside_undoes_everything(in_acme: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), changing() as change:
        Phone.objects.create(number="101")
        change.touch("phone")
        change.settle()
        raise ZeroDivisionError
    assert not Phone.objects.exists()
    assert live("101") == []


def test_a_number_belongs_to_one_tenant_of_a_trunk(db: None, carrier: Trunk) -> None:
    with open_tenant("acme"), changing() as change:
        Phone.objects.create(number="101")
        IncomingLine.objects.create(number="5145550100", trunk="carrier", destination="101")
        settle_claims(change)
        change.touch("line_in")
    with open_tenant("globex"):
        Phone.objects.create(number="101")
        line = IncomingLine(number="5145550100", trunk="carrier", destination="101")
        with pytest.raises(ValidationError) as refusal:
            check(line)
        assert "acme" not in str(refusal.value)
        with pytest.raises(Refused, match="in use already"), changing() as change:
            line.save()
            settle_claims(change)
        assert not IncomingLine.objects.exists()


def test_a_trunk_that_is_no_longer_lent_carries_nothing(in_acme: Tenant, carrier: Trunk) -> None:
    save(OutgoingLine(name="local", pattern="9NXXXXXX", trunk="carrier", strip=1), kind="line_out")
    assert live("_9NXXXXXX")
    carrier.all_tenants = False
    carrier.save()
    with changing() as change:
        change.touch("trunk")
    assert live("_9NXXXXXX") == []


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (Phone(number="1"), "number"),
        (Phone(number="1-0"), "number"),
        (Phone(number="101\n"), "number"),
        (Phone(number="101", name='Bob"\n[injected]'), "name"),
        (Phone(number="101", secret="a\r\nb"), "secret"),
        (Phone(number="101", context="nowhere"), "context"),
        (Phone(number="101", ring_seconds=0), "ring_seconds"),
        (IncomingLine(number="5145550100", trunk="carrier", destination="999"), "destination"),
        (IncomingLine(number="5145550100", trunk="carrier", destination="internal"), "destination"),
        (IncomingLine(number="5145550100", trunk="nothing", destination="999"), "trunk"),
        (IncomingLine(number="_X.", trunk="carrier", destination="999"), "number"),
        (OutgoingLine(name="all", pattern="X.", trunk="carrier"), "pattern"),
        (OutgoingLine(name="all", pattern="_!", trunk="carrier"), "pattern"),
        (OutgoingLine(name="out", pattern="9NXXXXXX", trunk="carrier", prepend="1&PJSIP/x"), "prepend"),
        (Extension(context="nowhere", exten="600", application="Answer"), "context"),
        (Extension(context="internal", exten="60-0", application="Answer"), "exten"),
        (Extension(context="internal", exten="600", application="Answer", data="x\ny"), "data"),
        (Extension(context="internal", exten="600", application="Answer", data="x" * 8200), "data"),
        (AstDBEntry(family="a/b", key="x", value="1"), "family"),
        (AstDBEntry(family="cid", key="a/b", value="1"), "key"),
        (AstDBEntry(family="cid", key="a", value="x\ny"), "value"),
    ],
)
def test_what_will_not_do_is_refused_by_field(in_acme: Tenant, carrier: Trunk, record: object, field: str) -> None:
    record._slug = "acme"  # type: ignore[attr-defined]
    with pytest.raises(ValidationError) as refusal:
        check(record)  # type: ignore[arg-type]
    assert field in refusal.value.message_dict


@pytest.mark.parametrize(
    ("application", "data"),
    [
        ("System", "id"),
        ("Goto", "globex-internal,101,1"),
        ("Dial", "PJSIP/globex_101"),
        ("NoOp", "${SHELL(id)}"),
        ("Set", "GLOBAL(x)=1"),
        ("Set", "FROM_TRUNK="),
        ("NoOp", "${DB(globex/cid/1)}"),
    ],
)
def test_staff_cannot_write_their_way_out(in_acme: Tenant, application: str, data: str) -> None:
    with pytest.raises(ValidationError):
        check(Extension(context="internal", exten="600", application=application, data=data))


def test_an_application_that_the_node_lacks_is_named(in_acme: Tenant, node: Node) -> None:
    Node.objects.filter(pk=node.pk).update(applications=["Answer", "Playback", "Hangup"])
    check(Extension(context="internal", exten="600", application="answer"))
    with pytest.raises(ValidationError, match=r"Asterisk on pbx1 has no application 'Background'"):
        check(Extension(context="internal", exten="600", application="Background", data="hello"))


def test_a_phone_cannot_take_a_number_that_answers_already(in_acme: Tenant) -> None:
    save(Extension(context="internal", exten="600", application="Answer"), kind="staff")
    with pytest.raises(ValidationError, match="600 is in use already, by staff"):
        check(Phone(number="600"))


@pytest.mark.parametrize(("typed", "stored"), [("9N", "9N"), ("_9n", "9N"), ("9n[0-9].", "9NX.")])
def test_an_outgoing_pattern_has_one_way_of_writing(in_acme: Tenant, carrier: Trunk, typed: str, stored: str) -> None:
    line = OutgoingLine(name="out", pattern=typed, trunk="carrier")
    check(line)
    save(line, kind="line_out")
    assert line.pattern == stored
    with pytest.raises(ValidationError, match="already"):
        check(OutgoingLine(name="again", pattern=stored.lower(), trunk="carrier"))


def test_an_extensions_pattern_has_one_way_of_writing(in_acme: Tenant) -> None:
    line = Extension(context="internal", exten="_6n[0-9]", application="Answer")
    check(line)
    save(line, kind="staff")
    assert live("_6NX") == [(1, "Answer", "staff")]
