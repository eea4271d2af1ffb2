"""The dialplan and the AstDB keys of forwarding, as text."""

from typing import Any

import pytest

from addons.discovery.registry import registry
from addons.testing import Written, committed
from dialplan.build.model import Line
from dialplan.build.policy import check_staff_line
from dialplan.changes import changing
from dialplan.models import AstDBEntry, Phone
from tenants.models import Tenant
from tenants.schema import open_tenant


def phones(*extras: Any, **settings: Any) -> Written:
    given = [{"number": str(101 + index), "extra": {"callforward": extra}} for index, extra in enumerate(extras)]
    return committed(registry.get("callforward"), [settings] if settings else (), phone=given)


def test_phones_that_may_not_forward_stay_as_they_are() -> None:
    written = phones({}, {"number": "5551234"})
    assert (written.text(), written.database()) == ("", {})


def test_a_phone_that_may_forward_asks_first_and_keeps_what_comes_after() -> None:
    written = phones({"allowed": True}, {"allowed": True, "number": "95145551234", "outside": True}, {})
    text = written.whole_text()
    assert "exten => 101,1,Gosub(acme-callforward,101,1)\nexten => 101,2,Hangup()\n" in text
    assert "exten => 101,1,MSet(TRANSFER_PHONE=101,TRANSFER_SECONDS=30,TRANSFER_OUT=no)\nexten => 101,2,Goto(ring,1)\n" in text
    assert "exten => 102,1,MSet(TRANSFER_PHONE=102,TRANSFER_SECONDS=30,TRANSFER_OUT=yes)\n" in text
    assert "exten => 103,1,Dial(PJSIP/acme_103,30)\n" in text
    assert written.database() == {"acme/cf/101": "none.1-1", "acme/cf/102": "95145551234.2-1"}


def test_the_tag_changes_with_what_staff_say_and_with_the_phone() -> None:
    found, written = [], None
    for extra, name in [
        ({}, 1),
        ({"allowed": True}, 1),
        ({"allowed": True, "number": "102"}, 1),
        ({"allowed": True, "number": "102", "outside": True}, 1),
        ({"allowed": True}, 1),
        ({"allowed": False}, 1),
        ({"allowed": True}, 1),
        ({"allowed": True}, 2),
    ]:
        phone = {"number": "101", "id": name, "extra": {"callforward": extra}}
        written = committed(registry.get("callforward"), after=written, phone=[phone])
        found.append(written.database().get("acme/cf/101"))
    assert found == [None, "none.1-1", "102.1-2", "102.1-2", "none.1-3", "off.1-4", "none.1-5", "none.2-5"]


@pytest.mark.django_db
def test_staff_who_set_a_number_and_take_it_away_are_heard(acme: Tenant) -> None:
    with open_tenant("acme"):
        for number in ("", "102", ""):
            extra = {"callforward": {"allowed": True, "number": number, "outside": False}}
            Phone.objects.update_or_create(number="101", defaults={"extra": extra})
            with changing() as change:
                change.touch("phone")
        said = AstDBEntry.objects.get(family="cf", key="101").value
        assert said == f"none.{Phone.objects.get().pk}-3"


def test_the_codes_are_the_tenants_own() -> None:
    text = phones({"allowed": True}, forward="*21", end="*22").text()
    assert "exten => _*21X.,1,Set(TRANSFER_TO=${FILTER(0-9,${EXTEN:3})})\n" in text
    assert "exten => *22,1,Set(TRANSFER_TO=)\n" in text
    assert "*72" not in text


@pytest.mark.parametrize("data", ["TRANSFER_OUT=yes", "TRANSFER_TO=95145551234", "__TRANSFER_OWN=1."])
def test_staffs_lines_cannot_lend_a_call_the_permission_of_a_phone(data: str) -> None:
    with pytest.raises(ValueError, match="Asterisk or the console uses that name"):
        check_staff_line(Line("lobby", "s", 1, "Set", data))
