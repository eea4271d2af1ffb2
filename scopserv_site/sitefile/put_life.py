"""What a tenant is beside its records: its settings and limits, its own roles, which addons are off, and the trunks it may use."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.utils import timezone

from addons.discovery.registry import UnknownAddon, registry
from addons.models import AddonState
from addons.server.models import ServerState
from dialplan.changes import SERVER
from dialplan.deploy.wanted import place_new, unplace_all, want_all_nodes
from dialplan.trunks.models import Trunk
from scopserv_site.sitefile.export import named
from scopserv_site.sitefile.faults import Path, show_path, unknown
from scopserv_site.sitefile.plan import differences, show
from scopserv_site.sitefile.shape import SETTINGS, TenantPart
from scopserv_site.sitefile.work import TenantWork, Work, problems
from tenants.life.limits import exceeded
from tenants.models import CustomRole, Tenant
from tenants.staff.permissions import split

NAMES = {each.attribute: each.name for each in SETTINGS} | {"addons_allowed": "addons_allowed"}  # in the file


def put_settings(work: Work, tenant: Tenant, part: TenantPart) -> None:
    """Gives the tenant the flags and limits that the file names."""
    wanted = dict(part.settings)
    if "suspended" in wanted:
        wanted["suspended"] = (tenant.suspended or timezone.now()) if wanted["suspended"] else None
    before = {name: getattr(tenant, name) for name in wanted}
    if before == wanted:
        return
    for name, value in wanted.items():
        setattr(tenant, name, value)
    found = [(column, message) for column, message in problems(tenant) if column in wanted]
    for column, message in found:
        work.faults.add((*part.path, NAMES[column]), message)
    if found:
        return
    tenant.save(update_fields=list(wanted))
    allowed = set(wanted.get("addons_allowed") or ()).difference(before.get("addons_allowed") or ())
    work.remarks += _not_loaded((*part.path, "addons_allowed"), allowed)
    if "phone_limit" in wanted and (told := exceeded(tenant)):
        work.remarks.append(told)
    if before.get("is_template", tenant.is_template) != tenant.is_template:
        unplace_all(tenant.slug) if tenant.is_template else place_new(tenant.slug, None)
    work.plan.change(part.path, differences(_shown(before), _shown(wanted)))
    work.change.touch("tenant", work.note, slug=part.slug)


def put_roles(work: Work, tenant: Tenant, part: TenantPart) -> None:
    """Makes the tenant's own roles what the file says of them."""
    stored = {role.name: role for role in tenant.roles.all()} if part.roles is not None else {}
    for name, permissions in (part.roles or {}).items():
        role = stored.get(name) or CustomRole(tenant=tenant, name=name)
        before = None if role.pk is None else role.permissions
        if before is not None and sorted(before) == sorted(permissions):
            continue
        role.permissions = sorted(permissions)
        path = (*part.path, "roles", name)
        faults = [message for column, message in problems(role) if column in ("name", "permissions")]
        faults += _strange(work, path, permissions)
        for message in faults:
            work.faults.add(path, message)
        if faults:
            continue
        role.save()
        if before is None:
            work.plan.add(path)
        else:
            work.plan.change(path, f"{show(before)} -> {show(role.permissions)}")


def remove_roles(work: Work, tenant: Tenant, part: TenantPart) -> None:
    """Takes away the tenant's own roles that the file does not name, once nobody has them."""
    for role in tenant.roles.exclude(name__in=part.roles or ()) if part.roles is not None else ():
        path = (*part.path, "roles")
        if role.memberships.exists() or role.invitations.exists():
            work.faults.add(path, f"must name {role.name!r}, as somebody has that role or is invited to it")
        else:
            role.delete()
            work.plan.remove((*path, role.name))


def _strange(work: Work, path: Path, permissions: Iterable[str]) -> list[str]:
    """What is wrong with permissions of what is installed; those of an addon that is not are kept, and remarked."""
    found = []
    for app, model in sorted({(parts[0], parts[2]) for name in permissions if (parts := split(name))}):
        if app not in apps.app_configs:
            work.remarks.append(f"{show_path(path)}: no addon {app!r} is installed; what the role grants of it counts when it is.")
        elif model not in apps.all_models[app]:
            found.append(f"{app}.view_{model} {unknown(model, apps.all_models[app])}")
    return found


def put_switches(work: TenantWork) -> None:
    """Switches off the open tenant's addons that the file names so, and on those that it does not."""
    for name in _switched(work.work, work.part.addons_off, "tenant", AddonState, work.path("addons_off")):
        work.touch(name)


def put_server_switches(work: Work, addons_off: tuple[str, ...] | None) -> None:
    """The same for server-wide addons."""
    for name in _switched(work, addons_off, "server", ServerState, ("addons_off",)):
        work.change.touch(name, work.note, slug=SERVER)


def _switched(work: Work, wanted: tuple[str, ...] | None, scope: str, states: type[AddonState | ServerState], path: Path) -> list[str]:
    if wanted is None:
        return []
    off = frozenset(named(scope, states.off()))
    switched = sorted(off.symmetric_difference(wanted))
    for name in switched:
        states.objects.update_or_create(addon=name, defaults={"enabled": name in off})
        work.plan.change(path, f"{name} is {'on' if name in off else 'off'}")
    work.remarks += _not_loaded(path, set(wanted) - off)
    return switched


def _not_loaded(path: Path, names: Iterable[str]) -> Iterator[str]:
    """What to say of addons that are named and not there: they may come back, or be misspelt."""
    for name in sorted(names):
        try:
            registry.get(name)
        except UnknownAddon as error:
            yield f"{show_path(path)}: {name} is not loaded, and this counts when it is. {error}"


def lend_trunks(work: Work, tenants: Iterable[TenantWork]) -> None:
    """Lets the tenants use the trunks that their parts of the file name."""
    parts = [each.part for each in tenants if each.part.trunks]
    if not parts:
        return
    trunks = {trunk.name: trunk for trunk in Trunk.objects.all()}
    slugs = {tenant.slug: tenant for tenant in Tenant.objects.filter(schema_name__in=[part.slug for part in parts])}
    for part in parts:
        for index, name in enumerate(part.trunks or ()):
            trunk = trunks.get(name)
            if trunk is None:
                if name not in work.bad_trunks:
                    work.faults.add((*part.path, "trunks", index), f"trunk {name!r} {unknown(name, trunks)}")
            elif not trunk.all_tenants and not trunk.tenants.filter(pk=slugs[part.slug].pk).exists():
                trunk.tenants.add(slugs[part.slug])
                work.plan.add((*part.path, "trunks", name))
                work.change.touch("trunk", work.note, slug=part.slug)
                want_all_nodes()


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    """As the file has them; of a suspension only that it is."""
    return {NAMES[name]: value is not None if name == "suspended" else value for name, value in values.items()}
