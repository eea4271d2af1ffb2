"""Where calls can be sent: what the phone system offers by itself."""

import pytest

from dialplan.destinations import HANGUP, command, normalise, proposals
from dialplan.layering import phone_specs, section_layers
from dialplan.models import Context, IncomingLine, Phone
from dialplan.rules import check
from dialplan.trunks.models import Trunk
from tenants.models import Tenant


@pytest.fixture
def places(in_acme: Tenant) -> None:
    Phone.objects.create(number="101", name="Alice")
    Context.objects.create(name="lobby")


@pytest.mark.parametrize(
    ("text", "normal", "goes"),
    [
        ("101", "phone:101", ["Goto", "{tenant}-internal", "101", "1"]),
        ("phone:101", "phone:101", ["Goto", "{tenant}-internal", "101", "1"]),
        ("lobby", "context:lobby", ["Goto", "{tenant}-lobby", "s", "1"]),
        ("external:5145551234", "external:5145551234", ["Goto", "{tenant}-outside", "5145551234", "1"]),
        ("hangup", "hangup", ["Hangup"]),
    ],
)
def test_a_destination_has_one_way_of_writing_and_one_command(places: None, text: str, normal: str, goes: list[str]) -> None:
    assert normalise(text) == normal
    assert command(normal) == goes


@pytest.mark.parametrize(
    "text", ["", "102", "phone:102", "context:internal", "internal", "moon:1", "external:abc", "external:1&PJSIP/x", "phone:"]
)
def test_a_destination_that_is_not_there_is_refused(places: None, text: str) -> None:
    with pytest.raises(ValueError, match=r"there is no|no kind of destination"):
        normalise(text)


def test_forms_propose_what_is_there(places: None) -> None:
    assert proposals() == [("phone:101", "Phone: 101 Alice"), ("context:lobby", "Context: lobby"), (HANGUP, "Hang up")]


@pytest.mark.parametrize(
    ("destination", "goes"), [("101", "internal,101,1"), ("phone:101", "internal,101,1"), ("external:555123", "outside,555123,1")]
)
def test_an_incoming_line_leads_there(places: None, destination: str, goes: str) -> None:
    Trunk.objects.create(name="carrier", host="127.0.0.2", all_tenants=True)
    line = IncomingLine(number="5145550100", trunk="carrier", destination=destination)
    check(line)
    line.save()
    data = [operation.line.data for operation in section_layers("acme", phone_specs())[1].operations]  # type: ignore[union-attr]
    assert f"{{tenant}}-{goes}" in data
