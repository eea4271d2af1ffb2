"""Where calls can be sent: the param, the addons that offer their records, and what becomes of a destination that is gone."""

from collections.abc import Mapping
from typing import Any

import pytest

from addons.api import DeclarationError, Destination, MultiList, Target
from addons.commits.commit import Infos
from addons.commits.pbx import Pbx, PbxError
from addons.commits.switch import switch
from addons.declarations.params import ParamError
from addons.declarations.records import clean_record, missing_references, references
from addons.discovery.loading import load_addon
from addons.discovery.registry import registry
from addons.models import Record
from addons.stored.generated import record_model
from addons.stored.known import Known
from addons.testing import committed
from dialplan import destinations
from dialplan.changes import changing
from dialplan.models import Context, Extension, IncomingLine, Phone
from dialplan.rules import check
from dialplan.trunks.models import Trunk
from dialplan.uses import named_by
from scopserv_site.sites import tenant_console
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.addons.conftest import MakeAddon
from tests.people import browser, staff

HOST = "acme.localhost"
AFTER = Destination("after", "Afterwards")


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("101", "phone:101"),
        (" phone:101 ", "phone:101"),
        ("ringgroup:*70", "ringgroup:*70"),
        ("context:lobby", "context:lobby"),
        ("external:+15145551234", "external:+15145551234"),
        ("hangup", "hangup"),
        ("", ""),
    ],
)
def test_a_destination_has_one_way_of_writing(given: str, stored: str) -> None:
    assert AFTER.clean(given) == stored
    assert AFTER.clean(stored) == stored


@pytest.mark.parametrize(
    "given", ["lobby", "1", "phone:", "phone:1 2", "phone:101,1", "Phone:101", "a:b:c", ":101", "*70", "phone:${X}\n", 101]
)
def test_what_is_no_destination_is_refused(given: Any) -> None:
    with pytest.raises(ParamError, match=r"is not a destination; write it as 101, phone:101|must be text|invisible"):
        AFTER.clean(given)


@pytest.mark.parametrize("wrong", [{"to": "phone"}, {"many": True}, {"everything": True}, {"key": True}])
def test_a_destination_names_one_place_of_any_kind(wrong: Mapping[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        Destination("after", "Afterwards", **wrong)


def test_what_a_record_sends_calls_to() -> None:
    params = [AFTER, MultiList("keys", "Keys", params=[Destination("to", "To", required=True)])]
    record = clean_record(params, {"after": "hangup", "keys": ["101", "ivr:700"]})
    assert [(used.path, used.to, used.key) for used in references(params, record)] == [
        (("keys", 0, "to"), "destination", "phone:101"),
        (("keys", 1, "to"), "destination", "ivr:700"),
    ]
    faults = missing_references(params, record, lambda to, key: key == "phone:101")
    assert faults == {("keys", 1, "to"): "there is no destination 'ivr:700'"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"label": ""}, "label"),
        ({"context": "Bad Name"}, "context"),
        ({"context": "in-carrier"}, "written by the console itself"),
        ({"exten": "s"}, "exten must be an extension with {key} in it"),
        ({"exten": "_{key}X"}, "exten must be an extension"),
        ({"exten": "{key},1"}, "exten"),
        ({"exten": 5}, "exten"),
        ({"phones": "No"}, "phones"),
    ],
)
def test_a_target_checks_itself(wrong: Mapping[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Target(**{"label": "Door", "context": "door", **wrong})


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"destination": "destination = 5"}, "destination.py: 'destination' must be of type Target, not int"),
        ({"destination": 'destination = Target("Door", context="door")'}, "destination.py: {key} becomes an extension, so the addon needs"),
        (
            {"destination": 'destination = Target("Door", context="door", phones="box")'},
            "destination.py: phones='box' must name a Boolean of phone_extra.py",
        ),
        (
            {
                "destination": 'destination = Target("Door", context="door", phones="box")',
                "phone_extra": 'params = [Boolean("box", "Box", default=True)]',
            },
            "destination.py: phones='box' must name a Boolean of phone_extra.py that is not ticked",
        ),
    ],
)
def test_what_keeps_an_addon_from_offering_destinations(make_addon: MakeAddon, files: Mapping[str, str], fault: str) -> None:
    assert [str(problem).partition(fault)[1] for problem in load_addon(make_addon(**files)).problems] == [fault]


def test_a_server_wide_addon_has_no_destinations(make_addon: MakeAddon) -> None:
    listed = {"params": 'params = [Number("n", "N", key=True, required=True)]', "columns": 'columns = {"list": [Column("n")]}'}
    folder = make_addon("door", scope="server", destination='destination = Target("Door", context="door")', **listed)
    assert "scope must be 'tenant'" in str(load_addon(folder).problems[0])
    sender = load_addon(make_addon("bell", scope="server", params='params = [Destination("a", "A")]')).addon
    assert sender is not None
    with pytest.raises(ValueError, match="is a Destination, a place of one tenant"), registry.temporarily(sender):
        pass
    with pytest.raises(PbxError, match="a destination is a place of one tenant"):
        Pbx(registry.get("multipage"), Infos(registry, ["acme"])).destination("phone:101")


SENDER = """
def commit(pbx):
    for line in pbx.get_config():
        pbx.add_to_dialplan(line["tenant"], "x", "1", 1, pbx.destination(line["to"]))
"""


@pytest.mark.parametrize(
    ("to", "command", "reads"),
    [
        ("101", "Goto(acme-internal,101,1)", {"door", "phone"}),
        ("102", "Hangup()", {"door", "phone"}),
        ("context:lobby", "Goto(acme-lobby,s,1)", {"door"}),
        ("external:5145551234", "Goto(acme-outside,5145551234,1)", {"door"}),
        ("hangup", "Hangup()", {"door"}),
        ("ringgroup:600", "Goto(acme-ringgroup,600,1)", {"door", "ringgroup"}),
        ("ringgroup:601", "Hangup()", {"door", "ringgroup"}),
        ("multipage:*80", "Hangup()", {"door"}),
        ("nothing:1", "Hangup()", {"door"}),
        ("box:101", "Goto(acme-boxes,b101,1)", {"door", "phone"}),
        ("box:102", "Hangup()", {"door", "phone"}),
    ],
)
def test_a_commit_function_gets_the_command_and_what_it_depends_on_is_known(
    make_addon: MakeAddon, to: str, command: str, reads: set[str]
) -> None:
    make_addon(
        "box",
        phone_extra='params = [Boolean("on", "On")]',
        destination='destination = Target("Box", context="boxes", exten="b{key}", phones="on")',
    )
    folder = make_addon(
        "door",
        params='params = [Number("n", "N", key=True, required=True), Destination("to", "To")]',
        columns='columns = {"list": [Column("n")]}',
        commit=SENDER,
    )
    phones = [{"number": "101", "extra": {"box": {"on": True}}}]
    written = committed(folder, [{"n": "*11", "to": to}], phone=phones, ringgroup=[{"number": "600"}])
    assert f"exten => 1,1,{command}\n" in written.text()
    assert written.reads == reads


@pytest.mark.parametrize("wrong", ["context:Bad Name", "external:abc"])
def test_a_commit_function_cannot_send_calls_out_of_the_dialplan(wrong: str) -> None:
    with pytest.raises(PbxError):
        Pbx(registry.get("paging"), Infos(registry, ["acme"])).destination(wrong)


@pytest.fixture
def sales(in_acme: Tenant) -> Record:
    """Ring group 600 of acme, with one phone."""
    Phone.objects.create(number="101", name="Alice")
    Context.objects.create(name="lobby")
    return put("ringgroup", "600", name="Sales", members=[{"phone": "101"}])


def put(addon: str, key: str, **values: Any) -> Record:
    data = clean_record(registry.get(addon).params, {"number": key, **values})
    record, _ = Record.objects.update_or_create(addon=addon, key=key, defaults={"data": data})
    with changing() as change:
        change.touch(addon)
    return record


def lines(exten: str, context: str = "ringgroup") -> list[str]:
    found = Extension.objects.filter(context=context, exten=exten, replaced_by="")
    return [f"{line.application}({line.data})" for line in found]


def test_records_are_proposed_and_exist_while_their_addon_is_on(sales: Record) -> None:
    assert ("ringgroup:600", "Ring group: 600 Sales") in destinations.proposals()
    assert destinations.normalise("ringgroup:600") == "ringgroup:600"
    assert [Known()("destination", each) for each in ("ringgroup:600", "ringgroup:601", "external:5551234", "nothing:1")] == [
        True,
        False,
        True,
        False,
    ]
    switch("ringgroup", enabled=False, slugs=["acme"])
    assert not destinations.exists("ringgroup:600")
    assert "ringgroup:600" not in dict(destinations.proposals())


def test_many_destinations_are_checked_without_a_query_each(sales: Record, django_assert_max_num_queries: Any) -> None:
    known = Known()
    for _ in range(Known.FEW + 1):
        known("destination", "ringgroup:600")
    with django_assert_max_num_queries(0):
        assert all(known("destination", each) for each in ("ringgroup:600", "phone:101", "context:lobby"))


def test_an_incoming_line_leads_to_a_record_and_goes_nowhere_when_the_addon_is_gone(sales: Record) -> None:
    Trunk.objects.create(name="carrier", host="127.0.0.2", all_tenants=True)
    line = IncomingLine(number="5145550100", trunk="carrier", destination="ringgroup:600")
    check(line)
    line.save()
    IncomingLine.objects.create(number="5145550101", trunk="carrier", destination="removed:600")
    with changing() as change:
        change.touch("line_in")
    assert lines("5145550100", "in-carrier")[-1] == "Goto({tenant}-ringgroup,600,1)"
    assert lines("5145550101", "in-carrier") == []


def test_a_record_that_is_gone_hangs_up_and_comes_back(sales: Record) -> None:
    put("ringgroup", "601", after="ringgroup:600")
    assert lines("601")[-1] == "Goto({tenant}-ringgroup,600,1)"
    sales.delete()
    with changing() as change:
        change.touch("ringgroup")
    assert lines("601")[-1] == "Hangup()"
    put("ringgroup", "600")
    assert lines("601")[-1] == "Goto({tenant}-ringgroup,600,1)"


def test_who_sends_calls_there(sales: Record) -> None:
    put("ringgroup", "600", after="ringgroup:600")
    assert named_by("ringgroup", "600") == []
    put("ringgroup", "601", after="ringgroup:600")
    IncomingLine.objects.create(number="5145550100", trunk="carrier", destination="ringgroup:600")
    assert named_by("ringgroup", "600") == ["incoming line 5145550100", "ring group 601"]
    put("ringgroup", "602", after="101")
    assert named_by("phone", "101") == ["ring group 602"]


def test_staff_cannot_delete_or_renumber_what_others_send_calls_to(sales: Record, acme: Tenant) -> None:
    put("ringgroup", "601", after="ringgroup:600")
    page = f"/ringgroup/record/{sales.pk}"
    client = browser(HOST, staff(acme))
    assert "ring group 601" in client.get(f"{page}/delete/").content.decode()
    client.post(f"{page}/delete/", {"post": "yes"})
    form = {"number": "699", "name": "", "strategy": "all", "seconds": "20", "after": "hangup"}
    assert "still named by ring group 601" in client.post(f"{page}/change/", form).content.decode()
    with open_tenant("acme"):
        assert Record.objects.filter(addon="ringgroup", key="600").exists()


def test_a_form_proposes_destinations_by_label_and_takes_a_bare_number(sales: Record, acme: Tenant) -> None:
    client = browser(HOST, staff(acme))
    html = client.get("/ringgroup/record/add/").content.decode()
    assert '<option value="ringgroup:600">Ring group: 600 Sales</option>' in html
    assert html.count('<datalist id="proposals-destination">') == 1
    form = {"number": "601", "name": "", "strategy": "all", "seconds": "20", "after": "101"}
    assert client.post("/ringgroup/record/add/", form).status_code == 302
    refused = client.post("/ringgroup/record/add/", {**form, "number": "602", "after": "999"}).content.decode()
    assert "There is no destination &#x27;phone:999&#x27;" in refused
    with open_tenant("acme"):
        assert record_model(registry.get("ringgroup")).objects.get(key="601").data["after"] == "phone:101"
    assert tenant_console.is_registered(record_model(registry.get("ringgroup")))
