"""What a first start shows: an operator, and two companies with people, phones and paging, made through a site file."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from ruamel.yaml import YAML

from dialplan.deploy.asterisk import AMI_USER, free_port
from dialplan.deploy.models import Node
from scopserv_site.sitefile.apply import apply
from scopserv_site.sitefile.reading import read
from tenants.addresses import console_address
from tenants.models import Tenant, User

DEMO_NODE = "pbx1"
COMPANIES = {
    "acme": ("Acme Corp", "alice", "Alice Lee", {"101": "Reception", "102": "Workshop", "103": "Warehouse"}),
    "globex": ("Globex", "gina", "Gina Roth", {"101": "Front desk", "102": "Lab", "103": "Loading dock"}),
}
PAGING_GROUP, PAGE = "*70", "*80"
SERVER = "SIP server for the phones: "


def make_demo(port: int) -> Path:
    """Makes the demo, all of it or nothing, and gives the file with its logins, which only its owner may read."""
    if not Node.objects.filter(name=DEMO_NODE).exists():
        folder = settings.VAR_DIR / "nodes" / DEMO_NODE
        folder.mkdir(parents=True, exist_ok=True)
        Node.objects.create(
            name=DEMO_NODE,
            folder=str(folder),
            ami_user=AMI_USER,
            ami_secret=secrets.token_urlsafe(12),
            ami_port=free_port(),
            files_only=True,
        )
    passwords = {login: secrets.token_urlsafe(9) for login in ("operator", *(company[1] for company in COMPANIES.values()))}
    phones = {(slug, number): secrets.token_urlsafe(9) for slug, company in COMPANIES.items() for number in company[3]}
    site = settings.VAR_DIR / "demo.yaml"
    with _private(site).open("w") as file:
        YAML().dump(_site(passwords, phones), file)
    logins = logins_file()
    with transaction.atomic():  # where there are people, it is no first start: they come with the file that says how they log in
        apply(read(site), actor="demo")
        _private(logins).write_text(_logins(port, passwords, phones))
        User.objects.create_superuser("operator", password=passwords["operator"])
    return logins


def logins_file() -> Path:
    """Where the demo's logins are kept."""
    return Path(settings.VAR_DIR) / "demo-logins.txt"


def tell_server() -> None:
    """Says among the logins where phones register, which was not known if the demo was made without an Asterisk."""
    if logins_file().exists():
        lines = [SERVER + _server() if line.startswith(SERVER) else line for line in logins_file().read_text().splitlines()]
        logins_file().write_text("\n".join(lines) + "\n")


def _server() -> str:
    return Node.objects.get(name=DEMO_NODE).sip_address or "none: the demo's node only writes files, 'make asterisk' gets a real one"


def _site(passwords: dict[str, str], phones: dict[tuple[str, str], str]) -> dict[str, Any]:
    tenants = {
        slug: {
            "name": name,
            "node": DEMO_NODE,
            "staff": {login: {"role": "administrator", "name": person, "password": passwords[login]}},
            "phones": {number: {"name": place, "secret": phones[slug, number]} for number, place in places.items()},
            "contexts": {"internal": {"600": [["Answer"], ["Wait", "1"], ["Playback", "hello-world"], ["Hangup"]]}},
            "addons": {"paging": {PAGING_GROUP: {"name": "All phones", "members": list(places)}}},
        }
        for slug, (name, login, person, places) in COMPANIES.items()
    }
    page = {"name": "Everybody", "group": PAGING_GROUP, "callers": "all", "tenants": list(COMPANIES)}
    return {"tenants": tenants, "addons": {"multipage": {PAGE: page}}}


def _logins(port: int, passwords: dict[str, str], phones: dict[tuple[str, str], str]) -> str:
    lines = ["The demo's logins", "", f"Operator   http://{settings.MAIN_HOST}:{port}/   operator   {passwords['operator']}", ""]
    for slug, (name, login, _, places) in COMPANIES.items():
        tenant = Tenant.objects.get(schema_name=slug)
        lines.append(f"{name:<11}http://{console_address(tenant, port=f':{port}')}   {login}   {passwords[login]}")
        lines += [f"  phone    {slug}_{number}   {phones[slug, number]}   {place}" for number, place in places.items()]
        lines.append("")
    lines += [
        SERVER + _server(),
        f"Dial 101 to 103 for a phone, 600 for a greeting, {PAGING_GROUP} to page your company, {PAGE} to page both.",
    ]
    return "\n".join(lines) + "\n"


def _private(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path
