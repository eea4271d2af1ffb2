"""What a Host header may say: the tenant that owns it, or the plain 404."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from tenants.lifecycle import add_domain
from tenants.models import Domain, Tenant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "host",
    [
        "acme.localhost,globex.localhost",
        "www.www.acme.localhost",
        "acme.localhost:0x50",
        "acme.localhost:8000:9000",
        "acme.localhost@globex.localhost",
        "[::2]",
        "127.0.0.2",
        "2130706433",
        "xn--nobody-.localhost",
        "acme%2elocalhost",
        "acmé.localhost",
        "acme.localhost\x00",
        "acme.localhost%00",
        "a" * 300,
        ".acme.localhost",
        "acme.localhost..",
        "localhost..",
    ],
)
def test_what_nobody_owns_gets_a_plain_404(host: str) -> None:
    answer = Client(HTTP_HOST=host).get("/login/")
    assert (answer.status_code, answer.content) == (404, b"Not found")


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_HOST", "HTTP_X_ORIGINAL_HOST", "HTTP_X_SCRIPT_NAME"])
def test_other_headers_name_no_host(header: str) -> None:
    text = "host=globex.localhost" if header == "HTTP_FORWARDED" else "globex.localhost"
    page = Client(HTTP_HOST="acme.localhost", **{header: text}).get("/login/").content.decode()
    assert "Acme Corp" in page
    assert "Globex" not in page
    assert Client(HTTP_HOST="nobody.localhost", **{header: "acme.localhost"}).get("/login/").status_code == 404


@pytest.mark.parametrize("host", ["PBX.Acme.Example", "pbx.acme.example.", "pbx.acme.example:8443"])
def test_a_domain_of_ones_own(acme: Tenant, host: str) -> None:
    add_domain(acme, "pbx.acme.example")
    assert "Acme Corp" in Client(HTTP_HOST=host).get("/login/").content.decode()


def test_a_name_in_letters_of_its_own_answers_as_browsers_spell_it(acme: Tenant) -> None:
    add_domain(acme, "Bücher.example")
    assert "Acme Corp" in Client(HTTP_HOST="xn--bcher-kva.example").get("/login/").content.decode()
    with pytest.raises(ValidationError):
        Domain(tenant=acme, domain="xn--bcher-kva.example").full_clean()
