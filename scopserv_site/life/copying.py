"""A new tenant that is like another one: what that one's site file says, without what is its alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django_tenants.utils import get_public_schema_name, schema_context

from addons.declarations.naming import renamed
from addons.declarations.param import Param
from addons.declarations.params import MultiList, Secret
from addons.discovery.registry import registry
from dialplan.changes import MANY, changing, lock
from scopserv_site.life.left_out import left_out
from scopserv_site.life.literal import naming
from scopserv_site.sitefile.apply import Applied, apply
from scopserv_site.sitefile.checking_dialplan import DESCRIPTION
from scopserv_site.sitefile.export import Document, export_tenant
from scopserv_site.sitefile.faults import BadFile, show_path
from scopserv_site.sitefile.shape import LINES_IN, LINES_OUT, PHONES, SECTIONS
from scopserv_site.sitefile.tree import Source
from tenants.audit.trail import note
from tenants.models import Tenant
from tenants.schema import find_tenant
from tenants.slugs import check_slug
from tenants.words import counted, listed

OWN = ("name", "node", "domains", "staff", "template", "suspended", LINES_IN.name)  # what is a tenant's alone


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy brought, what it left out, and what somebody should look at."""

    made: str
    left_out: tuple[str, ...]
    remarks: tuple[str, ...]

    def lines(self) -> list[str]:
        """For people."""
        left_out = [f"Left out: {'; '.join(self.left_out)}."] if self.left_out else []
        return [f"Made: {self.made}. Phones have new secrets.", *left_out, *self.remarks]


def copy_tenant(
    like: str, slug: str, *, name: str, domain: str | None = None, node: str | None = None, is_template: bool = False, actor: str = ""
) -> Copied:
    """Makes a tenant with all that another one has, but for its people, hosts, incoming numbers, history and tokens.

    Its phones get secrets of their own. Raises TenantMissing, Refused, and ValueError when it cannot be made.
    """
    check_slug(slug)
    with schema_context(get_public_schema_name()), changing(actor=actor):
        find_tenant(like)
        if Tenant.objects.filter(schema_name=slug).exists():
            raise ValueError(f"Tenant {slug!r} exists already.")
        lock(MANY)
        lock(like)  # after which nobody changes what is being read
        theirs = export_tenant(like, secrets=True)
        places = {**({"domains": [domain]} if domain else {}), **({"node": node} if node else {}), "template": is_template}
        document = {"name": name, **places, **_copied(theirs)}
        applied = _apply(f"Copied from {like}", slug, document, actor)
        note("copied", kind="tenant", actor=actor, key=slug, slug="", values={"from": like})
        without = left_out(like)
    return Copied(_made(document), (*_left_out(theirs), *without), (*_remarks(document, like), *applied.remarks))


def _apply(title: str, slug: str, document: Document, actor: str) -> Applied:
    try:
        return apply(Source(title, {"tenants": {slug: document}}), actor=actor, note=title)
    except BadFile as error:
        faults = [f"{show_path(fault.path[2:])}: {fault.message}" for fault in error.faults]
        raise ValueError("; ".join(faults) or str(error)) from error


def _copied(theirs: Document) -> Document:
    document = {key: value for key, value in theirs.items() if key not in OWN}
    for section in SECTIONS:
        if section.name in document:
            document[section.name] = {key: _record(section.name, section.kind, each) for key, each in document[section.name].items()}
    if "addons" in document:
        document["addons"] = {name: _addon(name, records) for name, records in document["addons"].items()}
    return document


def _record(section: str, kind: str, values: Mapping[str, Any]) -> Document:
    kept = {name: value for name, value in values.items() if (section, name) != (PHONES.name, "secret")}
    if "extra" in kept:
        extras = {name: registry.get(name).extras[kind].params for name in kept["extra"]}
        kept["extra"] = {name: renamed(extras[name], values, LINES_IN.kind, _no_more) or {} for name, values in kept["extra"].items()}
    return kept


def _addon(name: str, records: Mapping[str, Any]) -> Document:
    params = registry.get(name).params
    if not registry.get(name).is_list:
        return renamed(params, records, LINES_IN.kind, _no_more) or {}
    found = {key: renamed(params, record, LINES_IN.kind, _no_more) for key, record in records.items()}
    return {key: record for key, record in found.items() if record is not None}


def _no_more(number: str) -> None:
    """Incoming numbers belong to one tenant."""


def _made(document: Document) -> str:
    contexts, addons = document.get("contexts", {}), document.get("addons", {})
    counts = {
        "phone": len(document.get(PHONES.name, ())),
        "outgoing line": len(document.get(LINES_OUT.name, ())),
        "context": len(contexts),
        "extension": sum(name != DESCRIPTION for lines in contexts.values() for name in lines),
        "AstDB key": sum(len(keys) for keys in document.get("astdb", {}).values()),
        "record": sum(len(records) if registry.get(name).is_list else 1 for name, records in addons.items()),
        "role": len(document.get("roles", ())),
    }
    found = [counted(count, word) for word, count in counts.items() if count]
    return ", ".join(found) or "nothing but its name"


def _left_out(theirs: Document) -> Iterator[str]:
    numbers, people, hosts = theirs.get(LINES_IN.name, {}), theirs.get("staff", {}), theirs.get("domains", [])
    for word, names in (("incoming numbers", numbers), ("people", people), ("host names", hosts)):
        if names:
            yield f"{word} {listed(list(names))}"


def _remarks(document: Document, like: str) -> Iterator[str]:
    yield from naming(document, like)
    if any(_has_secrets(registry.get(name).params) for name in document.get("addons", ())):
        yield f"PINs and other secrets of addons are those of {like}."


def _has_secrets(params: Iterable[Param]) -> bool:
    return any(isinstance(param, Secret) or (isinstance(param, MultiList) and _has_secrets(param.params)) for param in params)
