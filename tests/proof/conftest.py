"""One site for all tests of this folder: applied once, deployed by a worker, its phones registered. Each test leaves it as it found it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from django.test import Client, override_settings

from tenants.models import User
from tests import restoring
from tests.asterisk_fixture import need_asterisk
from tests.conftest import snapshot_key
from tests.people import browser
from tests.proof.site import WAIT, Pbx, Site
from tests.sip import Carrier, Phone, need_sipp

FILE = Path(__file__).with_name("site.yaml")
NUMBERS = {"north": ("101", "102", "103", "104"), "south": ("101", "102", "103")}
Phones = Mapping[str, Phone]


@pytest.fixture(scope="package")
def kept_database(django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever is committed here stays until the end of the package."""
    with django_db_blocker.unblock():
        yield
        restoring.restore(request.config.stash[snapshot_key])


@pytest.fixture(scope="package")
def site(kept_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    need_asterisk()
    need_sipp()
    folder = tmp_path_factory.mktemp("site")
    with Pbx(folder / "pbx1") as pbx1:
        site = Site(folder, pbx1)
        # A site's own staff log in with the password that production has hashed.
        with site.working(), override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):
            yield site


@pytest.fixture(scope="package")
def the_carrier(site: Site) -> Iterator[Carrier]:
    with Carrier(site.pbx1.sip) as carrier:
        carrier.answer()
        yield carrier


@pytest.fixture(scope="package")
def applied(site: Site, the_carrier: Carrier) -> str:
    """What the very command printed that brought the site file to Asterisk."""
    file = site.folder / "site.yaml"
    file.write_text(site_file(site.pbx1, the_carrier))
    done = site.manage("apply", str(file), "--wait", str(WAIT))
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{site.report()}"
    return done.stdout


@pytest.fixture(scope="package")
def the_phones(site: Site, applied: str) -> Iterator[Phones]:
    """All phones of both tenants, registered by digest and answering by themselves."""
    with ExitStack() as stack:
        users = [(slug, number) for slug, numbers in NUMBERS.items() for number in numbers]
        phones = {f"{slug}_{number}": Phone(site.pbx1.sip, f"{slug}_{number}", f"{slug}-{number}") for slug, number in users}
        for phone in phones.values():
            stack.enter_context(phone)
            phone.register()
            phone.answer()
        yield phones


@pytest.fixture
def phones(site: Site, the_phones: Phones, the_carrier: Carrier) -> Iterator[Phones]:
    """The phones, none of which has got a call yet."""
    yield the_phones
    for endpoint in (*the_phones.values(), the_carrier):
        endpoint.rest()
    site.pbx1.await_no_channels()


@pytest.fixture
def carrier(phones: Phones, the_carrier: Carrier) -> Carrier:
    """The carrier, which has got no call yet."""
    return the_carrier


@pytest.fixture
def nora(applied: str) -> Client:
    """The browser of an administrator of tenant north."""
    return browser("north.localhost", User.objects.get(username="nora"))


def site_file(pbx1: Pbx, carrier: Carrier) -> str:
    """site.yaml for this run."""
    text = FILE.read_text()
    here = {"DIR": pbx1.folder, "AMI": pbx1.ami_port, "SECRET": pbx1.ami_secret, "SIP": pbx1.sip_port}
    for name, value in here.items():
        text = text.replace(f"PBX1_{name}", str(value))
    return text.replace("CARRIER_PORT", str(carrier.port))


def reached(phones: Phones) -> set[str]:
    """The users whose phones have got a call."""
    return {user for user, phone in phones.items() if phone.received}
