"""What operators keep: tenants, nodes and trunks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django_tenants.utils import get_public_schema_name

from dialplan.deploy.models import Deployment, Node
from scopserv_site.records.json_schema import TEXT, Schema, as_object, field_schema
from scopserv_site.records.resource import Key, Resource, Values, without
from scopserv_site.sitefile.export import exported_fields, lent_to
from scopserv_site.sitefile.faults import Path
from scopserv_site.sitefile.shape import ALL, NODES, TRUNKS, Section
from tenants.models import Tenant

LIMITS = ("phone_limit", "call_limit")
TEXTS: Schema = {"type": "array", "items": TEXT, "uniqueItems": True}


class TenantResource(Resource):
    """Tenants: their names, hosts and nodes, what they may use, and whether they are suspended."""

    names: Key = ("slug",)
    model: Any = Tenant

    def schema(self) -> Schema:
        return as_object(
            {
                "slug": {
                    **TEXT,
                    "title": "Slug",
                    "pattern": "^[a-z][a-z0-9]{0,15}$",
                    "description": "Its short name; it cannot be changed.",
                },
                "name": field_schema(Tenant._meta.get_field("name")),
                "domains": {
                    **TEXTS,
                    "title": "Host names",
                    "description": "Where its console answers, the primary one first; none is taken away.",
                },
                "node": {**TEXTS, "title": "Nodes", "description": "The Asterisk servers that carry it."},
                "suspended": {"type": "boolean", "title": "Suspended", "description": "Its phones stop, its people cannot log in."},
                **{name: {**field_schema(Tenant._meta.get_field(name)), "type": ["integer", "null"]} for name in LIMITS},
                "addons_allowed": {
                    **field_schema(Tenant._meta.get_field("addons_allowed")),
                    "type": ["array", "null"],
                    "items": TEXT,
                    "uniqueItems": True,
                },
            },
            ["slug", "name"],
        )

    def rows(self) -> QuerySet:
        return Tenant.objects.exclude(schema_name=get_public_schema_name()).prefetch_related("domains")

    def find(self, key: Key) -> QuerySet:
        return self.rows().filter(schema_name=key[0])

    def order(self) -> Mapping[str, str]:
        return {"slug": "schema_name", "name": "name"}

    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        nodes = Deployment.placed(row.slug for row in rows)
        hosts = {row.slug: [each.domain for each in row.hosts] for row in rows}
        return [{"slug": row.slug, "name": row.name, "domains": hosts[row.slug], "node": nodes[row.slug], **_life(row)} for row in rows]

    def file(self, records: Mapping[Key, Values]) -> Any:
        return {"tenants": {slug: without(self.names, values) for (slug,), values in records.items()}}

    def where(self, key: Key) -> Path:
        return ("tenants", *key)


def _life(tenant: Tenant) -> dict[str, Any]:
    limits = {name: getattr(tenant, name) for name in (*LIMITS, "addons_allowed")}
    return {"suspended": tenant.suspended is not None, **limits}


@dataclass(frozen=True)
class SiteSection(Resource):
    """Nodes or trunks."""

    section: Section
    needed: tuple[str, ...]
    can_be_lent: bool = False

    @property
    def model(self) -> Any:
        return self.section.model

    @property
    def names(self) -> Key:
        return (self.section.key,)

    def schema(self) -> Schema:
        meta = self.model._meta
        ami = {**TEXT, "title": "AMI address", "description": "HOST:PORT of Asterisk's manager interface, such as 127.0.0.1:5038."}
        found = {self.section.key: field_schema(meta.get_field(self.section.key))}
        for each in self.section.fields:
            found[each.name] = ami if each.name == "ami" else field_schema(meta.get_field(each.attribute), secret=each.secret)
        if self.can_be_lent:
            found["tenants"] = {"title": "Lent to", "anyOf": [TEXTS, {"const": ALL}], "description": "The tenants that may use it, or all."}
        return as_object(found, self.needed)

    def rows(self) -> QuerySet:
        return self.model.objects.prefetch_related("tenants") if self.can_be_lent else super().rows()

    def order(self) -> Mapping[str, str]:
        fields = {each.name: each.attribute for each in self.section.fields if not each.secret and each.name != "ami"}
        return {self.section.key: self.section.key} | fields

    def show(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [self._show(row) for row in rows]

    def file(self, records: Mapping[Key, Values]) -> Any:
        return {self.section.name: {name: without(self.names, values) for (name,), values in records.items()}}

    def where(self, key: Key) -> Path:
        return (self.section.name, *key)

    def faults(self, key: Key, values: Values) -> Iterator[tuple[Path, str]]:
        yield from super().faults(key, values)
        stored = self.find(key).exists()
        yield from (((name,), "is required") for name in self.needed if not stored and name not in values)

    def _show(self, row: Any) -> dict[str, Any]:
        found = {self.section.key: getattr(row, self.section.key)} | exported_fields(self.section, row, secrets=False, but=("ami",))
        if isinstance(row, Node):
            found["ami"] = row.ami_address
        if self.can_be_lent:
            found["tenants"] = lent_to(row)
        return found


SITE = (
    TenantResource("tenants", "Tenants", "tenant"),
    SiteSection("nodes", "Nodes", "node", NODES, ("name", "dir", "ami", "ami_user", "ami_secret")),
    SiteSection("trunks", "Trunks", "trunk", TRUNKS, ("name", "host"), can_be_lent=True),
)
