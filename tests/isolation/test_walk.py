"""One company's staff walk through every page, API route and download with all that another company has, and come out with nothing.

The addresses come from the consoles' own tables, what the other company has from the database, and what is posted from the pages' own
forms: a page that is new is walked by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import connection, transaction
from django.test import Client

from scopserv_site.api.consoles import operator_resources, tenant_resources
from tenants.models import Tenant, User
from tenants.schema import open_tenant
from tenants.tokens import make_token
from tests.isolation.companies import FIRST_ID, WORD, count_from, furnish, names_of, state_of
from tests.isolation.forms import posts
from tests.isolation.routes import addresses, api_addresses, is_ending, routes
from tests.people import browser

ACME, GLOBEX, MAIN = "acme.localhost", "globex.localhost", "localhost"
PAGES, OPERATORS_PAGES = routes("scopserv_site.urls_tenant"), routes("scopserv_site.urls_operator")
METHODS = ("get", "post", "put", "patch", "delete")
QUERIES = ("q=zorb", "term=zorb", "e=1", f"id={FIRST_ID}", "_popup=1&_to_field=id")
KEYS = ("701", WORD, str(FIRST_ID))
# Strangers see these, and nothing of any company in them.
OPEN = ("/favicon.ico", "/password-reset/")


@dataclass(frozen=True, slots=True)
class World:
    """alice works for acme alone; what globex has is none of her business."""

    alice: User
    acme: Tenant
    values: tuple[str, ...]  # by which things of globex could be asked for

    @property
    def unspoken(self) -> tuple[str, ...]:
        """Those that are safe to send: a page may show what somebody has just typed into it."""
        return tuple(value for value in self.values if WORD not in value)


@pytest.fixture
def world(acme: Tenant, globex: Tenant) -> World:
    alice = furnish(acme, "aardvark", "1")
    count_from(FIRST_ID, "public", "globex")
    furnish(globex, WORD, "7")
    return World(alice, acme, tuple(sorted(set(names_of(globex, WORD)))))


def test_nothing_answers_to_another_companys_names(world: World) -> None:
    """Ids, slugs, names and keys of globex in every address of acme's console that takes something."""
    client = browser(ACME, world.alice)
    asked = [
        (method, page)
        for route in PAGES
        if "<" in route and not route.startswith(OPEN)
        for page in addresses(route, world.values)
        for method in ("get", "post")
    ]
    faults = [fault for method, address in asked for fault in _faults(client, method, address, _is_given)]
    assert not faults, "\n".join(faults)


def test_no_page_shows_what_another_company_has(world: World) -> None:
    """Each page of acme's console by itself, and searched, sorted and filtered for what globex has."""
    client = browser(ACME, world.alice)
    plain = [route for route in PAGES if "<" not in route]
    asked = [*plain, *(f"{address}?{query}" for address in plain for query in QUERIES)]
    faults = [fault for address in asked for fault in _faults(client, "get", address)]
    assert not faults, "\n".join(faults)


def test_no_form_reaches_another_company(world: World) -> None:
    """Each form of acme's console, with ids and slugs of globex in whatever it lets one choose."""
    client = browser(ACME, world.alice)
    faults = []
    for address in (route for route in PAGES if "<" not in route):
        page = client.get(address)
        if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
            continue
        for value in world.unspoken:
            for action, fields in posts(page.content.decode(), value):
                if not is_ending(action):
                    faults += _faults(client, "post", urljoin(address, action), data=fields)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("host", "pages"), [(GLOBEX, PAGES), (MAIN, OPERATORS_PAGES)], ids=["another company", "operators"])
def test_a_cookie_is_worth_nothing_elsewhere(world: World, host: str, pages: list[str]) -> None:
    """With the cookies of acme's console one is a stranger at every other one, and strangers see nothing."""
    stolen = Client(HTTP_HOST=host)
    stolen.cookies = browser(ACME, world.alice).cookies
    asked = [address for route in pages for address in addresses(route, ("globex", "1", str(FIRST_ID)))]
    faults = [fault for address in asked if not address.startswith(OPEN) for fault in _faults(stolen, "get", address, _is_given)]
    faults += [fault for address in asked for fault in _faults(stolen, "post", address)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("host", [GLOBEX, MAIN])
def test_a_token_is_worth_nothing_elsewhere(world: World, host: str) -> None:
    text = make_token(world.alice, world.acme, "mine")[1]
    program = Client(HTTP_HOST=host, HTTP_AUTHORIZATION=f"Bearer {text}")
    resources = operator_resources() if host == MAIN else tenant_resources_of_acme()
    for address in ["/api/status", "/api/openapi.json", *api_addresses(resources, KEYS)]:
        for method in METHODS:
            assert getattr(program, method)(address).status_code in (401, 405), f"{method} {address}"


def test_a_program_of_one_company_finds_nothing_of_another(world: World) -> None:
    text = make_token(world.alice, world.acme, "mine")[1]
    program = Client(HTTP_HOST=ACME, HTTP_AUTHORIZATION=f"Bearer {text}")
    resources = tenant_resources_of_acme()
    faults = [fault for address in api_addresses(resources, KEYS) for method in METHODS for fault in _faults(program, method, address)]
    for resource in resources:
        faults += _faults(program, "get", f"/api/{resource.path}?search=zorb")
    assert not faults, "\n".join(faults)


def tenant_resources_of_acme() -> list[Any]:
    with open_tenant("acme"):
        return list(tenant_resources())


def _is_given(answer: Any) -> bool:
    """Whether somebody was given what they asked for, rather than sent away."""
    return answer.status_code == 200


def _faults(client: Client, method: str, address: str, wrong: Callable[[Any], bool] = lambda answer: False, **data: Any) -> Iterator[str]:
    """What is wrong with the answer to a request, of which nothing stays."""
    what = f"{method} {address} {data or ''}"
    client.cookies.pop("messages", None)  # of the last request, which may name what was typed there
    try:
        with transaction.atomic():
            before = [] if method == "get" else state_of("globex")
            answer = getattr(client, method)(address, **data)
            connection.set_schema_to_public()
            if before and state_of("globex") != before:
                yield f"{what} changes what another company has"
            transaction.set_rollback(True)
    except Exception as error:
        yield f"{what} fails: {error!r}"
        return
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = f"{answer.headers}{body.decode(errors='replace')}".lower()
    for typed in filter(None, address.split("?")[0].split("/")):
        said = said.replace(typed, "")
    if wrong(answer):
        yield f"{what} answers {answer.status_code}"
    if WORD in said:
        yield f"{what} tells of another company"
