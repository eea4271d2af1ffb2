"""Brings a tenant from its nodes to another one: live there first, then gone from where it was, with what its calls left there."""

from dataclasses import dataclass

from django_tenants.utils import get_public_schema_name, schema_context

from dialplan.changes import changing, lock
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.wanted import settle_on, want_node
from dialplan.models import Revision
from tenants.audit.trail import note
from tenants.schema import find_tenant, open_tenant


@dataclass(frozen=True, slots=True)
class Moved:
    """The nodes that a tenant leaves, and why some of them cannot be asked for what calls left there."""

    leaves: tuple[str, ...]
    unreachable: dict[str, str]


def move(slug: str, name: str, *, actor: str, force: bool = False) -> Moved:
    """Says that a tenant should be on this node alone; workers do it, and it may be said again at any time.

    With `force` a node that is down holds up nothing: what calls left there is given up. Raises TenantMissing, and ValueError for a node
    that is not there or a template, which is on none.
    """
    with schema_context(get_public_schema_name()), changing(actor=actor):
        lock(slug)
        tenant, node = find_tenant(slug), Node.objects.filter(name=name).first()
        if node is None:
            known = ", ".join(Node.objects.values_list("name", flat=True)) or "there is none yet"
            raise ValueError(f"There is no node {name!r}; name one that exists ({known}).")
        if tenant.is_template:
            raise ValueError(f"Tenant {slug!r} is a template, which is on no node.")
        others = Deployment.objects.filter(slug=slug).exclude(node=node).select_related("node").order_by("node__name")
        left = [row.node for row in others if not row.removing and row.heir_id is None]
        with open_tenant(slug):
            newest = Revision.objects.values_list("number", flat=True).first() or 0
        settle_on(slug, [node], newest)
        leaves = [row.node for row in others.all()]
        if force:
            others.update(removing=True, heir=None, error="")
            for each in leaves:
                want_node(each)
        if left or (force and leaves):
            told = {"from": ", ".join(each.name for each in leaves), "to": name, **({"given up what calls left": True} if force else {})}
            note("moved", kind="tenant", actor=actor, key=slug, slug="", values=told)
    return Moved(tuple(each.name for each in leaves), {each.name: each.error for each in leaves if each.error and not force})
