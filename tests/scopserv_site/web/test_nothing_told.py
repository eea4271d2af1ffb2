"""Secrets that went through the site stand in no log, page, list, export or report but where somebody asked for them."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter

from addons.declarations.errors import RecordErrors
from scopserv_site.web.logs import TokenFilter, without_tokens
from tenants.models import Tenant
from tests.people import browser, operator, staff
from tests.proof.forms import fill

HOST = "acme.localhost"
PHONE, PIN, CODE = "s3cret-of-a-phone", "4718293", "918273"
TRUNK, AMI, TYPED, NEW = "s3cret-of-a-trunk", "s3cret-of-ami", "Typed-in-the-wrong-1", "New-password-77"
SECRETS = (PHONE, PIN, CODE, TRUNK, AMI, TYPED, NEW)
SITE = f"""
trunks:
  carrier: {{host: sip.example.net, user: u, secret: {TRUNK}, tenants: all}}
tenants:
  acme:
    phones:
      "101": {{name: Alice, secret: {PHONE}, extra: {{voicemail: {{enabled: true, pin: "{PIN}"}}}}}}
    addons:
      skeleton: {{"601": {{code: "{CODE}"}}}}
"""
SHOWN = {
    PHONE: re.compile(r"/dialplan/phone/\d+/change/"),  # says what to type into the device
}
NOT_PAGES = re.compile(r"logout|/export/|\.json$|/static/")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged, as it is written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    handler.addFilter(TokenFilter())
    loggers = [logging.getLogger(name) for name in ("", "django")]
    for each in loggers:
        each.addHandler(handler)
    yield stream
    for each in loggers:
        each.removeHandler(handler)


def told(text: str, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    return [secret for secret in secrets if secret in text]


def pages(client: Client) -> Iterator[tuple[str, str]]:
    """All pages that links lead to."""
    seen, ahead = set(), ["/"]
    while ahead:
        path = ahead.pop()
        if re.sub(r"\d+", "N", path) in seen or NOT_PAGES.search(path):
            continue
        seen.add(re.sub(r"\d+", "N", path))
        text = client.get(path, follow=True).content.decode(errors="replace")
        yield path, text
        ahead += [link.partition("?")[0] for link in re.findall(r'href="(/[^"/][^"]*)"', text)]
    assert len(seen) > 15


def manage(*arguments: str) -> str:
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=out)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


def test_what_went_through_the_site_stands_nowhere(
    acme: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, logged: io.StringIO
) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(SITE)
    said = manage("apply", str(file))
    assert "+ " in said
    file.write_text(SITE.replace("name: Alice", "name: [Alice]"))
    said += manage("apply", str(file))
    monkeypatch.setenv("AMI_SECRET", AMI)
    said += manage("add_node", "pbx1", "--dir", str(tmp_path), "--ami", "127.0.0.1:1", "--ami-user", "console")
    assert "Not ready yet" in said
    said += manage("check_node", "pbx1") + manage("cli", "pbx1", "core show version") + manage("export")
    said += manage("addon", "list")

    alice, olga = browser(HOST, staff(acme)), browser("localhost", operator())
    stranger = Client(HTTP_HOST=HOST)
    seen = {"the login": stranger.post("/login/", {"username": TYPED, "password": TYPED}).content.decode().replace(f'value="{TYPED}"', "")}
    add = "/dialplan/phone/add/"
    seen["a form with a fault"] = alice.post(add, {**fill(alice, add), "number": "x", "secret": "short ü"}).content.decode()
    for client in (alice, olga):
        seen |= dict(pages(client))
    exports = [f"/{where}/export/{kind}/" for where in ("dialplan/phone", "skeleton/record") for kind in ("csv",)]
    seen |= {path: b"".join(alice.get(path)).decode() for path in exports}

    settings.SECRETS_KEYS = (Fernet.generate_key().decode(),)
    for client in (alice, olga):
        client.raise_request_exception = False
    broken = alice.get(next(path for path in seen if re.fullmatch(r"/dialplan/phone/\d+/change/", path)))
    assert broken.status_code == 500
    seen["a broken page"] = broken.content.decode()
    assert "LostKey" in logged.getvalue()

    everywhere = {**seen, "commands": said, "logs": logged.getvalue()}
    found = [(secret, where) for where, text in everywhere.items() for secret in told(text)]
    assert [(secret, where) for secret, where in found if secret not in SHOWN or not SHOWN[secret].match(where)] == []
    assert {secret for secret, _ in found} == set(SHOWN)  # so that what is looked for is to be found


def test_an_errors_report_masks_what_is_posted_and_what_variables_hold(rf: RequestFactory, settings: LazySettings) -> None:
    def view(posted: object) -> None:
        ami_secret, pin, given = AMI, PIN, {"password": NEW, "name": "Alice"}
        raise RecordErrors({("pin",): f"is not good for {len((ami_secret, pin, given))}"})

    settings.SECRETS_KEYS = (key := Fernet.generate_key().decode(),)
    request = rf.post(
        "/", {"secret": PHONE, "password1": NEW, "voicemail__pin": PIN, "name": "Alice"}, HTTP_AUTHORIZATION=f"Bearer {TRUNK}"
    )
    try:
        view(request.POST)
    except RecordErrors:
        report = ExceptionReporter(request, *sys.exc_info())
    text = report.get_traceback_text() + report.get_traceback_html()
    assert "Alice" in text
    assert told(text, (*SECRETS, key, settings.SECRET_KEY)) == []


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/dialplan/phone/12/change/?q=1", "/dialplan/phone/12/change/"),
        ("/t/acme/password-reset/Mg/c8f3a1-0123456789abcdef0123456789abcdef/", "/t/acme/password-reset/Mg/…/"),
        ("/invitation/a1B2c3D4e5F6g7H8i9J0k-_=:xyz/", "/invitation/…/"),
        ("/enter/?token=a1B2c3D4e5F6g7H8", "/enter/"),
        ("/static/unfold/fonts/material-symbols-outlined.woff2", "/static/unfold/fonts/material-symbols-outlined.woff2"),
    ],
)
def test_addresses_are_logged_without_tokens(logged: io.StringIO, address: str, kept: str) -> None:
    assert without_tokens(address) == kept
    logging.getLogger("django.request").warning("%s: %s", "Not Found", address)
    assert logged.getvalue() == f"django.request Not Found: {kept}\n"
