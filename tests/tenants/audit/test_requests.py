"""From where somebody comes: believed of the site's own proxies alone."""

import pytest
from django.test import Client

from tenants.audit.models import AuditEntry
from tenants.models import Tenant
from tests.people import browser, staff

PROXY, CLIENT, FORGED = "10.0.0.1", "192.0.2.7", "198.51.100.66"


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, CLIENT, None, CLIENT),
        (0, CLIENT, FORGED, CLIENT),  # nobody stands before this console, so whoever says so lies
        (1, PROXY, CLIENT, CLIENT),
        (1, PROXY, f"{FORGED}, {CLIENT}", CLIENT),
        (2, PROXY, f"{FORGED}, {CLIENT}, 10.0.0.2", CLIENT),
        (2, PROXY, CLIENT, PROXY),  # did not come through both
        (1, PROXY, "<script>", PROXY),
        (1, "", CLIENT, CLIENT),  # a socket file
        (0, "", None, None),
        (0, "::ffff:192.0.2.7", None, CLIENT),
        (1, PROXY, "2001:db8::7%eth0", "2001:db8::7"),
    ],
)
def test_addresses(acme: Tenant, settings, proxies: int, remote: str, forwarded: str | None, address: str | None) -> None:
    client: Client = browser("acme.localhost", staff(acme))
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    client.get("/dialplan/phone/export/csv/", REMOTE_ADDR=remote, **headers)
    assert AuditEntry.objects.get(action="exported").address == address
