"""A recording that somebody uploads in a menu's form is what callers hear."""

import pytest
from django.test import Client

from dialplan.sounds.models import Sound
from tenants.schema import open_tenant
from tests.dialplan.sounds.recording import upload, wav
from tests.proof.conftest import Phones
from tests.proof.forms import address, delete, save
from tests.proof.site import Site, until

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]


def test_an_uploaded_greeting_is_played(site: Site, phones: Phones, nora: Client) -> None:
    save(nora, "ivr_record_add", number="770", **{"greeting-upload": upload("Opening hours.wav", wav(3))})
    site.await_live()
    logged = len(site.pbx1.log)
    call = phones["north_101"].call("770")
    call.wait_answered()
    path = site.pbx1.folder / "tenants" / "north-sounds" / "opening-hours"
    until(lambda: f"!BackGround!{path}!" in site.pbx1.ask("core show channels concise"), site.report)
    until(lambda: "!WaitExten!" in site.pbx1.ask("core show channels concise"), site.report)
    assert "does not exist" not in site.pbx1.log[logged:]
    call.hang_up()
    with open_tenant("north"):
        menu, sound = address("ivr_record_changelist"), Sound.objects.get().pk
    page = nora.get(menu).context["cl"].result_list
    delete(nora, "ivr_record_delete", page[0].pk)
    delete(nora, "sounds_sound_delete", sound)
    site.await_live()
    assert site.differs() == {}
    assert not path.with_suffix(".wav").exists()
