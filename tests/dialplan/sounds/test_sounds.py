"""A tenant's recordings: uploaded, heard, used, brought to the node, taken away, and nobody else's."""

import base64
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client

from addons.models import Record
from dialplan.changes import changing
from dialplan.deploy.deployer import NodeDeployer
from dialplan.deploy.drift import drift
from dialplan.deploy.models import Node
from dialplan.deploy.wanted import place, unplace, want_again
from dialplan.models import Extension, Phone, Revision
from dialplan.sounds import models
from dialplan.sounds.content import read_sound
from dialplan.sounds.models import Sound
from tenants.models import Membership, Tenant
from tenants.schema import open_tenant
from tenants.tokens import make_token
from tests.dialplan.sounds.recording import upload, wav
from tests.people import browser, staff
from tests.proof.forms import fill, post
from tests.scopserv_site.conftest import Apply, apply, exported

__all__ = ["apply"]
pytestmark = pytest.mark.django_db
ACME, GLOBEX = "acme.localhost", "globex.localhost"
MENU = {"number": "700", "name": "", "seconds": "5", "tries": "3", "otherwise": "hangup", "greeting": "", "keys-next": "0"}


@pytest.fixture
def alice(acme: Tenant) -> Client:
    return browser(ACME, staff(acme))


def add(client: Client, **values: Any) -> str:
    """What the page says; "" when it was saved."""
    answer = client.post("/sounds/sound/add/", values)
    return "" if answer.status_code == 302 else answer.content.decode()


def names() -> list[str]:
    with open_tenant("acme"):
        return list(Sound.objects.values_list("name", flat=True))


def test_uploaded_and_heard_at_the_own_tenant_alone(alice: Client, acme: Tenant, globex: Tenant) -> None:
    assert add(alice, file=upload()) == ""
    assert names() == ["welcome-new"]
    heard = alice.get("/sounds/sound/listen/welcome-new/")
    assert (heard.content, heard["Content-Type"], heard["X-Content-Type-Options"]) == (wav(), "audio/wav", "nosniff")
    assert "/sounds/sound/listen/welcome-new/" in alice.get("/sounds/sound/").content.decode()
    assert browser(GLOBEX, staff(globex, name="gina")).get("/sounds/sound/listen/welcome-new/").status_code == 404
    assert Client(HTTP_HOST=ACME).get("/sounds/sound/listen/welcome-new/").status_code == 302
    viewer = browser(ACME, staff(acme, Membership.Role.VIEWER, "victor"))
    assert viewer.get("/sounds/sound/listen/welcome-new/").status_code == 200
    assert viewer.get("/sounds/sound/add/").status_code == 403


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"file": upload("a.wav", wav(1, rate=44100, channels=2))}, "This WAV is 44.1 kHz, stereo, 16 bit; convert it"),
        ({"file": upload("a.wav", b"ID3" + bytes(50))}, "This is an MP3; convert it"),
        ({"name": "Über", "file": upload()}, "cannot name a sound"),
        ({"name": "a"}, "This field is required"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(alice: Client, values: dict[str, Any], message: str) -> None:
    assert message in add(alice, **values)
    assert names() == []


def test_there_is_room_for_so_much(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MOST", 1)
    assert add(alice, file=upload("a.wav")) == ""
    assert "no more can be" in add(alice, file=upload("b.wav"))
    monkeypatch.setattr(models, "MOST", 9)
    monkeypatch.setattr(models, "MOST_BYTES", 20_000)
    assert "All sounds together" in add(alice, file=upload("b.wav"))


def test_a_menus_form_takes_one(alice: Client) -> None:
    answer = alice.post("/ivr/record/add/", {**MENU, "greeting-upload": upload()})
    assert answer.status_code == 302, answer.content.decode()
    with open_tenant("acme"):
        assert Record.objects.get(addon="ivr").data["greeting"] == "sound:welcome-new"
        assert "Background" in str(Extension.objects.filter(context="ivr-700").values_list("application", "data"))
        assert Extension.objects.get(context="ivr-700", application="Background").data == "${ASTETCDIR}/tenants/{tenant}-sounds/welcome-new"
        pk = Record.objects.get(addon="ivr").pk
    page = alice.get(f"/ivr/record/{pk}/change/").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert 'value="sound:welcome-new"' in page and 'src="/sounds/sound/listen/welcome-new/"' in page


def test_a_form_that_is_refused_keeps_no_recording(alice: Client) -> None:
    assert alice.post("/ivr/record/add/", {**MENU, "number": "x", "greeting-upload": upload()}).status_code == 200
    answer = alice.post("/ivr/record/add/", {**MENU, "greeting-upload": upload("a.wav", b"ID3" + bytes(50))})
    assert "This is an MP3; convert it" in answer.content.decode()
    assert names() == []


def test_the_same_recording_is_stored_once_and_another_one_of_its_name_beside_it(alice: Client) -> None:
    for number, content in (("700", wav()), ("701", wav()), ("702", wav(2))):
        answer = alice.post("/ivr/record/add/", {**MENU, "number": number, "greeting-upload": upload("hi.wav", content)})
        assert answer.status_code == 302
    assert names() == ["hi", "hi-2"]
    with open_tenant("acme"):
        assert [row.data["greeting"] for row in Record.objects.order_by("key")] == ["sound:hi", "sound:hi", "sound:hi-2"]


def test_a_phones_greeting_takes_one_and_it_cannot_be_deleted_then(alice: Client) -> None:
    with open_tenant("acme"):
        pk = Phone.objects.create(number="101", secret="secret101").pk
    where = f"/dialplan/phone/{pk}/change/"
    post(alice, where, fill(alice, where, voicemail__enabled="on", **{"voicemail__greeting-upload": upload("hi.wav")}))
    with open_tenant("acme"):
        assert Phone.objects.get().extra["voicemail"]["greeting"] == "sound:hi"
        assert Extension.objects.filter(context="voicemail", data="PBX_GREETING=${ASTETCDIR}/tenants/{tenant}-sounds/hi").exists()
        sound = Sound.objects.get().pk
    assert "phone 101" in alice.post(f"/sounds/sound/{sound}/delete/", {"post": "yes"}).content.decode()
    assert names() == ["hi"]


def test_what_is_not_there_or_somebody_elses_cannot_be_named(alice: Client, globex: Tenant) -> None:
    assert add(browser(GLOBEX, staff(globex, name="gina")), file=upload("theirs.wav")) == ""
    for name, message in (
        ("sound:theirs", "there is no sound"),
        ("/etc/asterisk/tenants/globex-sounds/theirs", "is not the name"),
        ("sound:../x", "cannot name"),
    ):
        answer = alice.post("/ivr/record/add/", {**MENU, "greeting": name})
        assert answer.status_code == 200 and message in answer.content.decode().lower()


def test_it_is_on_the_node_as_long_as_it_should_be(alice: Client, acme: Tenant, tmp_path: Path) -> None:
    node = Node.objects.create(name="pbx1", folder=str(tmp_path), ami_user="x", ami_secret="y", files_only=True)
    place("acme", node)
    deployer = NodeDeployer(node.pk)

    def deployed() -> dict[str, bytes]:
        while deployer.round() == 0:
            pass
        return {path.name: path.read_bytes() for path in (tmp_path / "tenants").glob("acme-sounds/*")}

    assert deployed() == {}
    add(alice, file=upload("hi.wav"))
    assert deployed() == {"hi.wav": wav()}
    file = tmp_path / "tenants" / "acme-sounds" / "hi.wav"
    assert file.stat().st_mode & 0o777 == 0o640
    with open_tenant("acme"):
        pk = Sound.objects.get().pk
    assert alice.post(f"/sounds/sound/{pk}/change/", {"file": upload("other.wav", wav(1, sample=2))}).status_code == 302
    assert deployed() == {"hi.wav": wav(1, sample=2)}
    file.write_bytes(b"by hand")
    (file.parent / "strange.wav").write_bytes(b"")
    assert drift(node)["acme"] == [f"{file} is not what it should be", f"{file.parent / 'strange.wav'} should be gone"]
    file.unlink()
    assert drift(node)["acme"][0] == f"{file} is missing"
    want_again(node)
    assert deployed() == {"hi.wav": wav(1, sample=2)}
    assert alice.post(f"/sounds/sound/{pk}/delete/", {"post": "yes"}).status_code == 302
    assert deployed() == {}
    add(alice, file=upload("hi.wav"))
    assert deployed() == {"hi.wav": wav()}
    unplace("acme", node)
    assert deployed() == {}
    assert not file.parent.exists()


def test_files_carry_them(apply: Apply, acme: Tenant) -> None:
    text = base64.b64encode(wav()).decode()
    site = f"tenants: {{acme: {{sounds: {{hi: {text}}}, addons: {{ivr: {{'700': {{greeting: 'sound:hi'}}}}}}}}}}"
    assert "+ tenants.acme.sounds.hi\n" in apply(site)
    before = exported()
    assert text in before
    assert apply(before) == apply(before, prune=True) == "nothing to change\n"
    assert "~ tenants.acme.sounds.hi: recording\n" in apply(site.replace(text, base64.b64encode(wav(2)).decode()))
    with pytest.raises(CommandError, match=r"tenants.acme.sounds.hi: is not in the file, and menu 700 needs it"):
        apply("tenants: {acme: {addons: {ivr: {'700': {}}}}}", prune=True)
    with pytest.raises(CommandError, match=r"tenants.acme.sounds.a: this WAV is 16 kHz"):
        apply(f"tenants: {{acme: {{sounds: {{a: {base64.b64encode(wav(1, rate=16000)).decode()}}}}}}}")
    with pytest.raises(CommandError, match=r"must be a recording in base64"):
        apply("tenants: {acme: {sounds: {a: hello}}}")


def test_saving_the_same_again_makes_no_revision(acme: Tenant) -> None:
    def revisions() -> int:
        with open_tenant("acme"), changing() as change:
            models.keep("hi", read_sound(wav()))
            change.touch("sound")
        with open_tenant("acme"):
            return Revision.objects.count()

    assert revisions() == revisions()


def test_programs_put_them_there(acme: Tenant) -> None:
    token = make_token(staff(acme), acme, "test")[1]
    client = Client(HTTP_HOST=ACME, headers={"authorization": f"Bearer {token}"})

    def post(**values: Any) -> tuple[int, str]:
        answer = client.post("/api/sounds", values, content_type="application/json")
        return answer.status_code, answer.content.decode()

    status, text = post(name="hi", content=base64.b64encode(wav(2)).decode())
    assert status == 201, text
    assert client.get("/api/sounds/hi").json()["record"] == {"name": "hi", "seconds": 2.0}
    assert "this is an MP3" in post(name="ho", content=base64.b64encode(b"ID3" + bytes(9)).decode())[1]
    assert post(name="ho")[0] == 422
    assert client.delete("/api/sounds/hi").status_code == 200
    assert names() == []
