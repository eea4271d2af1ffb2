"""What staff change in their console rings, or rings no more, and touches nobody else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from addons.commits.switch import switch
from addons.models import Record
from dialplan.deploy.models import Deployment
from dialplan.models import Phone as PhoneRow
from tenants.schema import open_tenant
from tests.dialplan.build.hostile import EXTENS, KEPT, NAMES, REFUSED
from tests.proof.conftest import Phones, reached
from tests.proof.forms import address, delete, save
from tests.proof.site import Site, until
from tests.sip import Phone, SipError

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]


def test_a_paging_group_saved_in_the_form_makes_phones_answer_until_it_is_deleted(site: Site, phones: Phones, nora: Client) -> None:
    members = {"members-row": ["0", "1"], "members-0-phone": "103", "members-1-phone": "102"}
    save(nora, "paging_record_add", number="*75", name="Two phones", **members)
    site.await_live()
    page = phones["north_101"].call("*75")
    page.wait_answered()
    legs = [phones[user].wait_call() for user in ("north_102", "north_103")]
    for leg in legs:
        leg.wait_answered()
    page.hang_up()
    for leg in legs:
        leg.wait_ended()
    assert reached(phones) == {"north_102", "north_103"}
    with open_tenant("north"):
        key = Record.objects.get(addon="paging", key="*75").pk
    delete(nora, "paging_record_delete", key)
    site.await_live()
    assert phones["north_101"].call("*75").wait_status() == 404


def test_a_phone_saved_in_the_form_registers_and_rings_until_it_is_deleted(site: Site, phones: Phones, nora: Client) -> None:
    save(nora, "dialplan_phone_add", number="105", name="New", secret="north-105")
    site.await_live()
    with Phone(site.pbx1.sip, "north_105", "north-105") as new:
        new.register()
        new.answer()
        phones["north_101"].call("105").wait_answered()
        assert new.wait_call().caller == "101"
        new.rest()
        with open_tenant("north"):
            key = PhoneRow.objects.get(number="105").pk
        delete(nora, "dialplan_phone_delete", key)
        site.await_live()
        with pytest.raises(SipError, match="was not registered"):
            new.register()
        assert new.call("101").wait_status() == 401
    assert phones["north_101"].call("105").wait_status() == 404
    assert not site.pbx1.knows("north_105")


def test_a_new_phone_with_the_number_of_an_old_one_does_not_ring_that_ones_device(site: Site, phones: Phones) -> None:
    for secret in ("first", "second"):
        rest = f', phones: {{"101": {{secret: {secret}}}, "102": {{secret: other}}}}'
        with tenant_of_its_own(site, "again", rest), Phone(site.pbx1.sip, "again_102", "other") as caller:
            caller.register()
            if secret == "first":
                old = Phone(site.pbx1.sip, "again_101", "first")
                old.register()
                old.answer()
                caller.call("101").wait_answered()
                caller.rest()
                old.rest()
            else:
                with old:
                    assert caller.call("101").wait_status() >= 400
                    assert old.received == []


def test_a_new_secret_puts_out_who_registered_with_the_old_one(site: Site, phones: Phones, nora: Client) -> None:
    save(nora, "dialplan_phone_add", number="106", name="Stolen", secret="old-secret")
    site.await_live()
    with Phone(site.pbx1.sip, "north_106", "old-secret") as thief:
        thief.register()
        thief.answer()
        with open_tenant("north"):
            key = PhoneRow.objects.get(number="106").pk
        save(nora, "dialplan_phone_change", key, secret="new-secret")
        site.await_live()
        assert phones["north_101"].call("106").wait_status() >= 400
        assert thief.received == []
        with open_tenant("north"):
            assert PhoneRow.objects.get(number="106").secret == "new-secret"
        delete(nora, "dialplan_phone_delete", key)
        site.await_live()


def test_the_page_says_live_and_after_how_long(site: Site, applied: str, nora: Client) -> None:
    said = nora.get(address("deploy_status")).json()
    (place,) = said["places"]
    assert said["live"] is True
    assert place["text"].startswith("live on pbx1 after ")


def test_keys_of_the_file_are_in_astdb(site: Site, applied: str) -> None:
    assert site.pbx1.value("north/cid", "5145551234") == "Bob; of #1"
    assert site.pbx1.value("north/skeleton-floor", "101") == "7"
    assert site.pbx1.value("south/cid", "5145551234") is None


@contextmanager
def switched_off(site: Site, addon: str, *slugs: str) -> Iterator[None]:
    """Off at some tenants, or everywhere, for the length of a block."""
    switch(addon, enabled=False, slugs=slugs or None)
    try:
        site.await_live()
        yield
    finally:
        switch(addon, enabled=True, slugs=slugs or None)
        site.await_live()


def test_an_addon_switched_off_takes_its_lines_away_and_gives_back_what_it_replaced(site: Site, phones: Phones) -> None:
    before = sorted(site.pbx1.lines("north-internal", "north-page"))
    with switched_off(site, "paging", "north"):
        left = [(line.exten, line.priority, line.application, line.data) for line in site.pbx1.lines("north-page")]
        assert left == [("*70", 1, "NoOp", "what staff had here"), ("*70", 2, "NoOp", "and here")]
        assert phones["north_101"].call("*70").wait_status() == 404
        # Pages across tenants know at once that north has no such group now.
        page = phones["north_101"].call("*80")
        page.wait_answered()
        for number in ("101", "102", "103"):
            phones[f"south_{number}"].wait_call().wait_answered()
        page.hang_up()
        assert reached(phones) == {"south_101", "south_102", "south_103"}
    assert sorted(site.pbx1.lines("north-internal", "north-page")) == before
    phones["north_101"].call("*70").wait_answered()
    assert phones["north_102"].wait_call().header("Alert-Info") == "info=alert-autoanswer"


def test_an_addon_switched_off_gives_back_the_key_that_it_replaced(site: Site, applied: str) -> None:
    with switched_off(site, "skeleton", "north"):
        assert site.pbx1.value("north/skeleton-floor", "101") == "ground"
    assert site.pbx1.value("north/skeleton-floor", "101") == "7"


def test_a_server_wide_addon_switched_off_is_off_at_all_tenants(site: Site, phones: Phones) -> None:
    with switched_off(site, "multipage"):
        assert phones["north_101"].call("*80").wait_status() == 404
        assert phones["south_101"].call("*80").wait_status() == 404
    phones["north_101"].call("*80").wait_answered()
    assert phones["south_101"].wait_call().caller == "101"


@contextmanager
def tenant_of_its_own(site: Site, slug: str, rest: str = "") -> Iterator[None]:
    """One more tenant on pbx1, for the length of a test."""
    site.apply(f"tenants: {{{slug}: {{name: {slug.title()}, node: pbx1, domains: [{slug}.localhost]{rest}}}}}")
    try:
        yield
    finally:
        if Deployment.objects.filter(slug=slug, removing=False).exists():
            call_command("delete_tenant", slug, yes=True)
        site.await_live()


def test_hostile_text_of_one_tenant_changes_nothing_of_another(site: Site, phones: Phones) -> None:
    with tenant_of_its_own(site, "mallory"):
        files = files_of_others(site, "mallory")
        lines = sorted(site.pbx1.lines("north-internal", "south-internal"))
        with pytest.raises(CommandError) as error:
            site.apply(hostile(said=""))
        said = str(error.value)
        site.apply(hostile(said))
        assert site.differs() == {}
        keys = {number: text for number, text in TEXTS.items() if f'cid."{number}"' not in said}
        assert len(keys) > 25
        assert [site.pbx1.value("mallory/cid", number) for number in keys] == list(keys.values())
        assert files_of_others(site, "mallory") == files
        assert sorted(site.pbx1.lines("north-internal", "south-internal")) == lines
        with Phone(site.pbx1.sip, "mallory_100", "mallory-100") as phone:
            phone.register()
            assert phone.call("101").wait_status() == 404
        phones["north_101"].call("102").wait_answered()
    assert reached(phones) == {"north_102"}


def test_hostile_names_are_refused_and_change_nothing(site: Site, phones: Phones) -> None:
    with tenant_of_its_own(site, "mallory"):
        before = (files_of_others(site, ""), list(Deployment.objects.order_by("pk").values()))
        for text in REFUSED:
            refused(site, mallory(phones={"200": {"name": text}}))
            refused(site, mallory(astdb={"cid": {"200": text}}))
        for text in NAMES:
            refused(site, mallory(phones={text: {"name": "x"}}))
            refused(site, mallory(contexts={text: {"100": [["NoOp"]]}}))
            refused(site, mallory(astdb={text: {"200": "x"}}))
        for text in EXTENS:
            refused(site, mallory(contexts={"internal": {text: [["NoOp"]]}}))
            refused(site, mallory(addons={"paging": {text: {"members": []}}}))
        for line in WAYS_OUT:
            refused(site, mallory(contexts={"internal": {"100": [line]}}))
        assert (files_of_others(site, ""), list(Deployment.objects.order_by("pk").values())) == before


TEXTS = {str(number): text for number, text in enumerate(KEPT, start=200)}


def hostile(said: str) -> str:
    """A file with every text in every field that people read, but for those that a message names as refused."""
    phones = {number: {"name": text, "secret": "s"} for number, text in TEXTS.items() if f'phones."{number}"' not in said}
    groups = {f"*{number}": {"name": text, "members": ["100"]} for number, text in TEXTS.items() if f'paging."*{number}"' not in said}
    keys = {number: text for number, text in TEXTS.items() if f'cid."{number}"' not in said}
    phones["100"] = {"secret": "mallory-100"}
    return mallory(phones=phones, astdb={"cid": keys}, addons={"paging": groups})


WAYS_OUT = [
    ["Goto", "north-internal,101,1"],
    ["Dial", "PJSIP/north_101"],
    ["Dial", "Local/101@north-internal"],
    ["Page", "PJSIP/north_101"],
    ["Set", "DB(north/cid/5145551234)=stolen"],
    ["NoOp", "${DB(north/cid/5145551234)}"],
    ["NoOp", "${SHELL(id)}"],
    ["System", "id"],
    ["ChanSpy", "PJSIP/north"],
    ["NoSuchApplication"],
]


def mallory(**parts: object) -> str:
    """A file about this tenant; JSON is YAML too."""
    return json.dumps({"tenants": {"mallory": parts}})


def refused(site: Site, text: str) -> None:
    with pytest.raises(CommandError) as error:
        site.apply(text)
    assert str(error.value).endswith("Nothing was saved."), text


def files_of_others(site: Site, slug: str) -> dict[str, bytes]:
    """The bytes of all files of ours on pbx1, but those of one tenant."""
    folder = site.pbx1.folder
    files = [*folder.glob("tenants/*"), folder / "extensions.conf", folder / "pjsip.conf", folder / "server.astdb"]
    return {file.name: file.read_bytes() for file in files if file.name.partition(".")[0] != slug}


def test_a_deleted_tenant_is_gone_from_the_node_while_others_talk_on(site: Site, phones: Phones) -> None:
    rest = ', phones: {"101": {secret: leaver-101}}, astdb: {cid: {"1": One}}, addons: {paging: {"*70": {members: ["101"]}}}'
    with tenant_of_its_own(site, "leaver", rest):
        assert site.pbx1.value("leaver/cid", "1") == "One"
        assert site.pbx1.lines("leaver-internal") != []
        assert b"leaver" in files_of_others(site, "leaver")["north.conf"]  # of its page across all tenants
        with Phone(site.pbx1.sip, "leaver_101", "leaver-101") as phone:
            phone.register()
            talk = phones["north_101"].call("102")
            talk.wait_answered()
            done = site.manage("delete_tenant", "leaver", "--yes")
            assert done.returncode == 0, done.stderr
            until(lambda: not Deployment.objects.filter(slug="leaver").exists(), site.report)
            assert site.pbx1.lines("leaver-internal", "leaver-page", "leaver-auto-answer") == []
            assert site.pbx1.value("leaver/cid", "1") is None
            assert not site.pbx1.knows("leaver_101")
            assert [file.name for file in site.pbx1.folder.glob("tenants/leaver*")] == []
            site.await_live()
            assert not [name for name, content in files_of_others(site, "leaver").items() if b"leaver" in content]
            with pytest.raises(SipError, match="was not registered"):
                phone.register()
        phones["south_101"].call("102").wait_answered()
        assert not talk.ended
        talk.hang_up()
    site.await_live()
    assert site.differs() == {}
