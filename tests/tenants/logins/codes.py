"""The app on somebody's telephone, for tests."""

import base64
import re
import time

from django.test import Client
from django_otp.oath import TOTP

from tenants.models import User
from tests.people import browser

PAGE = "/account/second-factor/"


def code_of(key: str, steps: int = 0) -> str:
    """What the app shows, some steps of 30 s from now."""
    totp = TOTP(base64.b32decode(key.replace(" ", "")))
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06}"


def set_up(client: Client) -> tuple[str, list[str]]:
    """Sets up the second factor of whose browser this is; its key and the recovery codes."""
    found = re.search(r'id="key">([A-Z2-7 ]+)<', client.get(PAGE).content.decode())
    assert found
    page = client.post(PAGE, {"confirm": "yes", "code": code_of(found[1])}).content.decode()
    codes = re.findall(r"<li><code>([a-z2-9-]+)</code>", page)
    assert len(codes) == 10
    return found[1], codes


def half_in(host: str, user: User) -> Client:
    """A browser whose person gave the password, and has yet to give a code."""
    client = browser(host, user)
    assert client.get("/").status_code == 302
    return client
