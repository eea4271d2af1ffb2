"""The tenants themselves: their names, hosts and places on nodes."""

from dataclasses import dataclass

from dialplan.changes import SERVER, lock
from dialplan.deploy.models import Deployment, Node
from dialplan.deploy.wanted import settle_on
from dialplan.models import Revision
from scopserv_site.sitefile.faults import unknown
from scopserv_site.sitefile.put_life import put_roles, put_settings, remove_roles
from scopserv_site.sitefile.put_staff import People, put_staff
from scopserv_site.sitefile.shape import SiteFile, TenantPart
from scopserv_site.sitefile.work import Work, problems
from tenants.lifecycle import add_domain, create_tenant
from tenants.models import Tenant
from tenants.schema import open_tenant


@dataclass(slots=True)
class Site:
    """What is stored of the tenants that a file names, each table read once."""

    tenants: dict[str, Tenant]
    nodes: dict[str, Node]
    places: dict[str, set[str]]  # the nodes of each tenant
    faulty_nodes: set[str]  # those that the file names, and that could not be made
    people: People

    @classmethod
    def read(cls, file: SiteFile) -> "Site":
        slugs = [part.slug for part in file.tenants]
        nodes = {node.name: node for node in Node.objects.all()}
        return cls(
            tenants={
                tenant.slug: tenant
                for tenant in Tenant.objects.filter(schema_name__in=slugs).prefetch_related("domains", "memberships__user")
            },
            nodes=nodes,
            people=People.read(file),
            faulty_nodes={part.key for part in file.nodes} - nodes.keys(),
            places={slug: set(nodes) for slug, nodes in Deployment.placed(slugs).items()},
        )


def put_tenant(work: Work, site: Site, part: TenantPart) -> bool:
    """Makes the tenant, or brings its name, hosts, nodes and people to what the file says; whether it is there now."""
    for index, name in enumerate(part.nodes or ()):
        if name in site.faulty_nodes:
            return False
        if name not in site.nodes:
            at = (*part.path, "node") if len(part.nodes or ()) == 1 else (*part.path, "node", index)
            work.faults.add(at, f"node {name!r} {unknown(name, site.nodes)}")
            return False
    tenant = site.tenants.get(part.slug)
    if part.nodes and part.settings.get("is_template", tenant is not None and tenant.is_template):
        work.faults.add((*part.path, "node"), "must be empty, as a template is on no node")
        return False
    if tenant is None:
        tenant = _create(work, part)
        if tenant is None:
            return False
        site.tenants[part.slug] = tenant
        site.places[part.slug] = set(Deployment.placed([part.slug])[part.slug])
        for host in (part.domains or ())[1:]:
            with work.faults.at((*part.path, "domains")):
                add_domain(tenant, host)
        _put_nodes(work, site, part, tell=False)
    else:
        _put_name(work, tenant, part)
        _put_domains(work, tenant, part)
        _put_nodes(work, site, part, tell=True)
    put_settings(work, tenant, part)
    put_roles(work, tenant, part)
    put_staff(work, site.people, tenant, part)
    if work.prune:
        remove_roles(work, tenant, part)
    return True


def _create(work: Work, part: TenantPart) -> Tenant | None:
    if not part.name:
        work.faults.add((*part.path, "name"), "is required, as there is no such tenant yet")
        return None
    if _is_misnamed(work, Tenant(schema_name=part.slug, name=part.name), part):
        return None
    with work.faults.at(part.path):
        domain = None if part.domains is None else next(iter(part.domains), "")
        node = next(iter(part.nodes or ()), None)
        template = bool(part.settings.get("is_template"))
        made = create_tenant(part.slug, name=part.name, domain=domain, node=node, is_template=template)
        work.plan.add(part.path, part.name)
        return made
    return None


def _is_misnamed(work: Work, tenant: Tenant, part: TenantPart) -> bool:
    found = [message for column, message in problems(tenant) if column == "name"]
    for message in found:
        work.faults.add((*part.path, "name"), message)
    return bool(found)


def _put_name(work: Work, tenant: Tenant, part: TenantPart) -> None:
    if part.name is None or part.name == tenant.name:
        return
    before, tenant.name = tenant.name, part.name
    if _is_misnamed(work, tenant, part):
        return
    tenant.save(update_fields=["name"])
    work.plan.change(part.path, f"name {before!r} -> {part.name!r}")
    work.change.touch("tenant", work.note, slug=part.slug)


def _put_domains(work: Work, tenant: Tenant, part: TenantPart) -> None:
    """Adds hosts; the first one named is the one to go to. With --prune, hosts that are not named go."""
    if part.domains is None:
        return
    path = (*part.path, "domains")
    stored = {domain.domain: domain for domain in tenant.hosts}
    wanted = [host.lower().rstrip(".") for host in part.domains]
    for host in wanted:
        if host not in stored:
            with work.faults.at(path):
                stored[host] = add_domain(tenant, host)
                work.plan.add((*path, host))
    first = stored.get(wanted[0]) if wanted else None
    if first is not None and first is not min(stored.values(), key=lambda each: each.rank):
        first.is_primary = True
        first.save()
        work.plan.change((*path, first.domain), "is the primary one")
    for host in sorted(stored.keys() - set(wanted)) if work.prune else ():
        stored[host].delete()
        work.plan.remove((*path, host))


def _put_nodes(work: Work, site: Site, part: TenantPart, *, tell: bool) -> None:
    if part.nodes is None:
        return
    before, wanted = site.places.get(part.slug, set()), set(part.nodes)
    if before == wanted:
        return
    with open_tenant(part.slug):
        newest = Revision.objects.values_list("number", flat=True).first() or 0
    lock(SERVER)
    lock(part.slug)
    settle_on(part.slug, [site.nodes[name] for name in part.nodes], newest)
    if tell:
        work.plan.change((*part.path, "node"), f"{', '.join(sorted(before)) or 'none'} -> {', '.join(sorted(wanted)) or 'none'}")
