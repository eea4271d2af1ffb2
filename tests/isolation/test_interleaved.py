"""Two companies at once, in the threads of one process, with one worker for both: never a word of one at the other."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dialplan.changes import changing
from dialplan.deploy.models import Deployment, Node
from dialplan.models import Phone
from tenants.models import Tenant
from tenants.schema import open_tenant
from tenants.tokens import make_token
from tests.browser.setting_up import put_on
from tests.dialplan.deploy.test_worker import wait_until_live, working
from tests.people import browser, staff

OPERATIONS = 1000
THREADS = 8
WORDS = {"acme": "aardvark", "globex": "zorblax"}
LISTS = ("/api/phones", "/api/phones/101", "/api/contexts")
PAGES = ("/", "/dialplan/phone/", "/dialplan/phone/?q=a", "/dialplan/phone/1/change/", "/dialplan/revision/")


@pytest.fixture
def folder(transactional_db: None, acme: Tenant, globex: Tenant, tmp_path: Path) -> Iterator[Path]:
    """Both companies have phones of the same numbers and ids, on one node that writes its files here."""
    node = Node.objects.create(name="files", folder=str(tmp_path), ami_user="u", ami_secret="s", files_only=True)
    for tenant in (acme, globex):
        with open_tenant(tenant.slug), changing() as change:
            Phone.objects.create(id=1, number="101", name=WORDS[tenant.slug])
            change.touch("phone")
        put_on(node, tenant.slug)
    with working():
        wait_until_live()
        yield tmp_path


class Program(Client):
    """Notes no templates as the usual one does, where each thread would note those of all the others."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


def test_a_thousand_operations_of_two_companies(folder: Path, acme: Tenant, globex: Tenant) -> None:
    people = {tenant.slug: staff(tenant, name=f"{WORDS[tenant.slug]}-boss") for tenant in (acme, globex)}
    clients = {slug: Program(HTTP_HOST=f"{slug}.localhost") for slug in people}
    for slug, client in clients.items():
        client.cookies = browser(f"{slug}.localhost", people[slug]).cookies
        client.get("/")  # loads the middleware
    tokens = {tenant.slug: make_token(people[tenant.slug], tenant, "test")[1] for tenant in (acme, globex)}
    order = random.Random(4).choices(sorted(WORDS), k=OPERATIONS)

    def operate(number: int) -> list[str]:
        slug = order[number]
        try:
            return [*_use(clients[slug], tokens[slug], number, WORDS[slug]), *_leaks(folder, slug)]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        faults = [fault for found in threads.map(operate, range(OPERATIONS)) for fault in found]
    assert not faults, "\n".join(faults)
    wait_until_live()
    assert Deployment.objects.filter(slug__in=WORDS, live__gt=5).count() == 2
    for slug, word in WORDS.items():
        assert not _leaks(folder, slug)
        assert word in (folder / "tenants" / f"{slug}.pjsip.conf").read_text()
        with open_tenant(slug):
            assert all(name.startswith(word) for name in Phone.objects.values_list("name", flat=True))


def _use(client: Client, token: str, number: int, word: str) -> Iterator[str]:
    """One operation: a page, a list for a program, or a phone saved."""
    other = next(each for each in WORDS.values() if each != word)
    program = {"headers": {"Authorization": f"Bearer {token}"}}
    if number % 10 == 0:
        answer = client.patch("/api/phones/101", {"name": f"{word} {number}"}, content_type="application/json", **program)
    elif number % 2:
        answer = client.get(LISTS[number % len(LISTS)], **program)
    else:
        answer = client.get(PAGES[number // 2 % len(PAGES)])
    said = answer.content.decode()
    if answer.status_code != 200:
        yield f"{word}: {number} answers {answer.status_code}: {said[:200]}"
    if other in said:
        yield f"{word}: {number} shows {other}"


def _leaks(folder: Path, slug: str) -> list[str]:
    """Whether the files of a company hold a word of the other."""
    others = [word for company, word in WORDS.items() if company != slug] + [other for other in WORDS if other != slug]
    texts = [path.read_text() for path in (folder / "tenants").glob(f"{slug}.*") if path.suffix != ".unfinished"]
    return [f"the files of {slug} hold {word}" for word in others for text in texts if word in text]
