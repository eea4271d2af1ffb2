"""The dialplan and the AstDB keys of voicemail, as text and as they come from a phone's page."""

import hashlib
import re
from typing import Any

import pytest

from addons.commits.switch import switch
from addons.discovery.registry import registry
from addons.testing import Written, committed
from dialplan.destinations import exists, proposals
from dialplan.models import AstDBEntry, Extension, Phone
from tenants.models import Tenant
from tenants.schema import open_tenant
from tests.people import browser, staff


def boxes(*extras: Any, **settings: Any) -> Written:
    given = [{"number": str(101 + index), "extra": {"voicemail": extra}} for index, extra in enumerate(extras)]
    return committed(registry.get("voicemail"), [settings] if settings else (), phone=given)


def test_a_call_that_its_phone_did_not_take_goes_to_its_box() -> None:
    text = boxes({"enabled": True, "greeting": "custom/alice"}, {}).whole_text()
    assert "exten => 101,1,Dial(PJSIP/acme_101,30)\nexten => 101,2,Goto(acme-voicemail,101,1)\n" in text
    assert "exten => 102,1,Dial(PJSIP/acme_102,30)\nexten => 102,2,Hangup()\n" in text
    assert "exten => 101,1,Set(PBX_BOX=101)\nexten => 101,2,Set(PBX_GREETING=custom/alice)\nexten => 101,3,Goto(record,1)\n" in text


def test_without_a_box_there_is_nothing() -> None:
    assert boxes({}).text() == ""


def test_a_pin_is_kept_as_a_digest() -> None:
    written = boxes({"enabled": True, "pin": "4711"}, {"enabled": True})
    digest = hashlib.sha1(b"acme 101 4711", usedforsecurity=False).hexdigest()
    assert written.database() == {
        "acme/voicemail-box/101": "1",
        "acme/voicemail-box/102": "2",
        "acme/voicemail-pin/101": digest,
        "acme/voicemail-pin/102": "-",
    }
    assert "4711" not in written.text()


def test_what_the_tenant_chose_for_all_boxes() -> None:
    text = boxes({"enabled": True}, listen="*55", seconds=30, messages=7).text()
    assert "exten => *55,1,Goto(acme-voicemail,own,1)\n" in text
    assert "exten => _*55XXX,hint,Custom:acme_box${EXTEN}\nexten => _*55XXX,1,Set(PBX_BOX=${FILTER(0-9,${EXTEN:3})})\n" in text
    assert "DEVICE_STATE(Custom:acme_box*55${PBX_BOX})=INUSE" in text
    assert ".wav,10,30,k)" in text
    assert "${DB_KEYCOUNT(acme/voicemail/${PBX_BOX}-${PBX_ID})}<=7 |" in text
    assert re.search(r"<\w", text.replace("}<2]", "").replace("}<3]", "")) is None


@pytest.mark.django_db
def test_staff_tick_a_box_on_the_phones_page_and_calls_can_be_sent_to_it(acme: Tenant) -> None:
    switch("skeleton", enabled=False, slugs=["acme"])  # it asks for more on the same page
    client = browser("acme.localhost", staff(acme))
    with open_tenant("acme"):
        phone = Phone.objects.create(number="101", name="Alice")
    form = {"number": "101", "name": "Alice", "secret": "abcd1234", "context": "internal", "ring_seconds": "30", "auto_answer": "none"}
    form |= {"voicemail__enabled": "on", "voicemail__pin": "4711", "voicemail__greeting": "vm-intro"}
    form |= {"callforward__allowed": "on", "callforward__number": "102"}
    answer = client.post(f"/dialplan/phone/{phone.pk}/change/", form)
    assert answer.status_code == 302
    with open_tenant("acme"):
        live = Extension.objects.filter(context="internal", exten="101", replaced_by="").order_by("priority")
        assert [line.data for line in live] == ["{tenant}-callforward,101,1", "{tenant}-voicemail,101,1"]
        assert AstDBEntry.objects.get(family="cf", key="101").value.startswith("102.")
        assert AstDBEntry.objects.get(family="voicemail-pin", key="101").value not in ("", "-", "4711")
        assert ("voicemail:101", "Voicemail: 101 Alice") in proposals()
        assert exists("voicemail:101")
        assert not exists("voicemail:102")
        switch("callforward", enabled=False, slugs=["acme"])
        assert live.all()[0].data == "PJSIP/{tenant}_101,30"
