"""The tenants themselves: their names, hosts, places on nodes, and people."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from dialplan.deploy.models import OWN, Deployment, Node
from dialplan.deploy.wanted import place, unplace
from dialplan.models import Revision
from scopserv_site.sitefile.faults import Path, unknown
from scopserv_site.sitefile.shape import Part, SiteFile, TenantPart
from scopserv_site.sitefile.work import Work, check_given, problems
from tenants.lifecycle import add_domain, create_tenant
from tenants.models import Membership, Tenant, User
from tenants.schema import open_tenant


@dataclass(slots=True)
class Site:
    """What is stored of the tenants that a file names, each table read once."""

    tenants: dict[str, Tenant]
    users: dict[str, User]
    nodes: dict[str, Node]
    places: dict[str, set[str]]  # the nodes of each tenant
    faulty_nodes: set[str]  # those that the file names, and that could not be made
    said: dict[tuple[str, str], tuple[Any, Path]] = field(default_factory=dict)  # what the file says of each person, and where first

    @classmethod
    def read(cls, file: SiteFile) -> "Site":
        slugs = [part.slug for part in file.tenants]
        people = {person.key for part in file.tenants for person in part.staff or ()}
        places: dict[str, set[str]] = {}
        for slug, node in Deployment.objects.filter(slug__in=slugs, removing=False).exclude(slug=OWN).values_list("slug", "node__name"):
            places.setdefault(slug, set()).add(node)
        nodes = {node.name: node for node in Node.objects.all()}
        return cls(
            tenants={
                tenant.slug: tenant
                for tenant in Tenant.objects.filter(schema_name__in=slugs).prefetch_related("domains", "memberships__user")
            },
            users={user.username: user for user in User.objects.filter(username__in=people)} if people else {},
            nodes=nodes,
            faulty_nodes={part.key for part in file.nodes} - nodes.keys(),
            places=places,
        )


def put_tenant(work: Work, site: Site, part: TenantPart) -> bool:
    """Makes the tenant, or brings its name, hosts, nodes and people to what the file says; whether it is there now."""
    for index, name in enumerate(part.nodes or ()):
        if name in site.faulty_nodes:
            return False
        if name not in site.nodes:
            place = (*part.path, "node") if len(part.nodes or ()) == 1 else (*part.path, "node", index)
            work.faults.add(place, f"node {name!r} {unknown(name, site.nodes)}")
            return False
    tenant = site.tenants.get(part.slug)
    if tenant is None:
        tenant = _create(work, part)
        if tenant is None:
            return False
        site.tenants[part.slug] = tenant
        site.places[part.slug] = set(Deployment.objects.filter(slug=part.slug, removing=False).values_list("node__name", flat=True))
        for host in (part.domains or ())[1:]:
            with work.faults.at((*part.path, "domains")):
                add_domain(tenant, host)
        _put_nodes(work, site, part, tell=False)
    else:
        _put_name(work, tenant, part)
        _put_domains(work, tenant, part)
        _put_nodes(work, site, part, tell=True)
    _put_staff(work, site, tenant, part)
    return True


def _create(work: Work, part: TenantPart) -> Tenant | None:
    if not part.name:
        work.faults.add((*part.path, "name"), "is required, as there is no such tenant yet")
        return None
    with work.faults.at((*part.path, "name")):
        check_given({"name": part.name})
        if len(part.name) > 100:
            raise ValueError("has more than 100 characters")
        with work.faults.at(part.path):
            domain, node = next(iter(part.domains or ()), None), next(iter(part.nodes or ()), None)
            made = create_tenant(part.slug, name=part.name, domain=domain, node=node)
            work.plan.add(part.path, part.name)
            return made
    return None


def _put_name(work: Work, tenant: Tenant, part: TenantPart) -> None:
    if part.name is None or part.name == tenant.name:
        return
    before, tenant.name = tenant.name, part.name
    found = [message for column, message in problems(tenant) if column == "name"]
    with work.faults.at((*part.path, "name")):
        check_given({"name": part.name})
        if found:
            raise ValueError(" ".join(found))
        tenant.save(update_fields=["name"])
        work.plan.change(part.path, f"name {before!r} -> {part.name!r}")
        work.change.touch("tenant", work.note, slug=part.slug)


def _put_domains(work: Work, tenant: Tenant, part: TenantPart) -> None:
    """Adds hosts; the first one named is the primary one. With --prune, hosts that are not named go."""
    if not part.domains:
        return
    path = (*part.path, "domains")
    stored = {domain.domain: domain for domain in tenant.domains.all()}
    wanted = [host.lower().rstrip(".") for host in part.domains]
    for host in wanted:
        if host not in stored:
            with work.faults.at(path):
                stored[host] = add_domain(tenant, host)
                work.plan.add((*path, host))
    first = stored.get(wanted[0])
    if first is not None and not first.is_primary:
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
    for name in sorted(wanted - before):
        place(part.slug, site.nodes[name], newest)
    for name in sorted(before - wanted):
        unplace(part.slug, site.nodes[name])
    if tell:
        work.plan.change((*part.path, "node"), f"{', '.join(sorted(before)) or 'none'} -> {', '.join(sorted(wanted)) or 'none'}")


def _put_staff(work: Work, site: Site, tenant: Tenant, part: TenantPart) -> None:
    if part.staff is None:
        return
    members = {membership.user.username: membership for membership in tenant.memberships.all()}
    for person in part.staff:
        changes: list[str] = []
        user = _put_user(work, site, person, changes)
        if user is None:
            continue
        membership = members.get(person.key)
        role = person.values.get("role")
        if membership is None:
            membership = Membership(user=user, tenant=tenant, **({} if role is None else {"role": role}))
        elif role is not None and role != membership.role:
            changes.append(f"role {membership.role} -> {role}")
            membership.role = role
        elif changes:
            work.plan.change(person.path, ", ".join(changes))
            continue
        else:
            continue
        found = [message for column, message in problems(membership) if column == "role"]
        for message in found:
            work.faults.add((*person.path, "role"), f"{message} Use {', '.join(Membership.Role.values)}.")
        if not found:
            added = membership.pk is None
            membership.save()
            (work.plan.add if added else work.plan.change)(person.path, membership.role if added else ", ".join(changes))
    if work.prune:
        kept = {person.key for person in part.staff}
        for name in sorted(members.keys() - kept):
            members[name].delete()
            work.plan.remove((*part.path, "staff", name))


def _put_user(work: Work, site: Site, person: Part, changes: list[str]) -> User | None:
    """The person's login, made or changed; None when that cannot be. A password counts for a new one only."""
    user = site.users.get(person.key) or User(username=person.key)
    new = user.pk is None
    if not _agrees(work, site, person):
        return None
    full, email = " ".join(user.get_full_name().split()), person.values.get("email")
    name = person.values.get("name")
    if name is not None and " ".join(name.split()) != full:
        user.first_name, _, user.last_name = " ".join(name.split()).partition(" ")
        changes.append(f"name {full!r} -> {name!r}")
    if email is not None and User.objects.normalize_email(email) != user.email:
        changes.append(f"email {user.email!r} -> {email!r}")
        user.email = email
    if not new and not changes:
        return user
    if new:
        user.set_password(person.values.get("password") or None)
    found = list(problems(user))
    with work.faults.at(person.path):
        check_given({"name": name, "email": email})
    for column, message in found:
        field_name = "name" if column in ("first_name", "last_name") else column
        work.faults.add(person.path if column in ("", "username") else (*person.path, field_name), message)
    if found:
        return None
    user.save()
    site.users[person.key] = user
    if new:
        _remark_password(work, person, user)
    return user


def _remark_password(work: Work, person: Part, user: User) -> None:
    if not user.has_usable_password():
        work.remarks.append(f"{person.key} has no password yet, and cannot log in before 'manage.py changepassword {person.key}'.")
        return
    try:
        validate_password(person.values["password"], user)
    except ValidationError as error:
        work.remarks.append(f"The first password of {person.key} is weak: {' '.join(error.messages)}")


def _agrees(work: Work, site: Site, person: Part) -> bool:
    """Whether the file says the same of a person wherever it names them."""
    agrees = True
    for name in ("name", "email"):
        value = person.values.get(name)
        if value is not None:
            first, path = site.said.setdefault((person.key, name), (value, person.path))
            if first != value:
                work.faults.add((*person.path, name), f"is {first!r} at tenant {path[1]}; a person has one login everywhere")
                agrees = False
    return agrees
