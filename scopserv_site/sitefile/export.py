"""Writes what the site is, as a file that `apply` reads back: sorted, and with secrets only where they are asked for."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django_tenants.utils import get_public_schema_name

from addons.declarations.param import Param
from addons.declarations.params import MultiList, Secret
from addons.declarations.records import with_defaults
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.models import AddonState, Record
from addons.server.models import ServerRecord, ServerState
from dialplan.build.model import HINT
from dialplan.deploy.models import Deployment, Node
from dialplan.models import STAFF, AstDBEntry, Context, Extension
from dialplan.rules import INTERNAL
from dialplan.sounds.models import Sound
from dialplan.trunks.models import Trunk
from scopserv_site.sitefile.checking_dialplan import DESCRIPTION, HINT_KEY
from scopserv_site.sitefile.put_dialplan import staff_lines
from scopserv_site.sitefile.shape import ALL, LINES_IN, NODES, SECTIONS, SETTINGS, SOUNDS, TRUNKS, Section
from tenants.models import Membership, Tenant
from tenants.schema import open_tenant

Document = dict[str, Any]


def export_site(*, secrets: bool = False) -> Document:
    """Everything."""
    nodes = {node.name: _node(node, secrets) for node in Node.objects.all()}
    trunks = {trunk.name: _trunk(trunk, secrets) for trunk in Trunk.objects.prefetch_related("tenants")}
    slugs = Tenant.objects.exclude(schema_name=get_public_schema_name()).values_list("schema_name", flat=True)
    tenants = {slug: export_tenant(slug, secrets=secrets) for slug in sorted(slugs)}
    for tenant in tenants.values():
        tenant.pop("trunks", None)  # each trunk says to whom it is lent
    addons = _addons("server", ServerRecord.objects.all(), secrets)
    off = named("server", ServerState.off()) or None
    return _filled({"nodes": _sorted(nodes), "trunks": _sorted(trunks), "tenants": tenants, "addons_off": off, "addons": addons})


def export_tenant(slug: str, *, secrets: bool = False) -> Document:
    """One tenant's part. Raises TenantMissing."""
    with open_tenant(slug) as tenant:
        document = {
            "name": tenant.name,
            "node": _places(slug),
            "domains": [domain.domain for domain in tenant.hosts],
            **_life(tenant),
            "staff": _sorted(
                {member.user.username: _person(member) for member in tenant.memberships.select_related("user", "custom_role")}
            ),
            SOUNDS: {sound.name: b64encode(sound.data).decode() for sound in Sound.objects.defer(None).order_by("name")},
            **{section.name: _section(section, secrets) for section in SECTIONS},
            "contexts": _contexts(),
            "astdb": _astdb(),
            "addons": _addons("tenant", Record.objects.all(), secrets),
        }
    return {"name": tenant.name, **_filled(document)}


def _life(tenant: Tenant) -> Document:
    """What is not as it is at a new tenant: settings, limits, addons that are off, trunks lent to it, roles."""
    settings = {each.name: getattr(tenant, each.attribute) for each in SETTINGS}
    settings["suspended"] = tenant.suspended is not None
    return {
        **{name: None if value is False else value for name, value in settings.items()},
        "addons_allowed": None if tenant.addons_allowed is None else named("tenant", tenant.addons_allowed),
        "addons_off": named("tenant", AddonState.off()) or None,
        "trunks": sorted(Trunk.objects.filter(tenants=tenant).values_list("name", flat=True)) or None,
        "roles": _sorted({role.name: sorted(role.permissions) for role in tenant.roles.all()}),
    }


def named(scope: str, names: Iterable[str]) -> list[str]:
    """Addons as lists name them: those that are not loaded now, too, but none that is known to be of another scope."""
    return sorted(name for name in names if name not in registry or registry.get(name).info.scope == scope)


def _person(member: Membership) -> Document:
    user = member.user
    role = member.custom_role.name if member.custom_role else member.role
    return {"role": role, "name": " ".join(user.get_full_name().split()), "email": user.email}


def _node(node: Node, secrets: bool) -> Document:
    values = exported_fields(NODES, node, secrets, but=("ami",))
    return {"dir": values.pop("dir"), "ami": node.ami_address, **values}


def _trunk(trunk: Trunk, secrets: bool) -> Document:
    return {**exported_fields(TRUNKS, trunk, secrets), "tenants": lent_to(trunk)}


def lent_to(trunk: Trunk) -> Any:
    """The slugs of the tenants that may use a trunk, or "all"."""
    return ALL if trunk.all_tenants else sorted(tenant.slug for tenant in trunk.tenants.all())


def _places(slug: str) -> Any:
    """The tenant's node, or a list where it has several, or none while there are nodes."""
    names = Deployment.placed([slug])[slug]
    if names:
        return names[0] if len(names) == 1 else names
    return [] if Node.objects.exists() else None


def _section(section: Section, secrets: bool) -> Document:
    rows = list(section.model.objects.all())
    found = {}
    keys = [getattr(row, section.key) for row in rows]
    for row, key in zip(rows, keys, strict=True):
        name = f"{key}@{row.trunk}" if section is LINES_IN and keys.count(key) > 1 else key
        found[name] = {**exported_fields(section, row, secrets), **_filled({"extra": _extras(section, row.extra or {}, secrets)})}
    return _sorted(found)


def exported_fields(section: Section, row: Any, secrets: bool, but: Sequence[str] = ()) -> Document:
    """A record's fields by their names in the file."""
    return {each.name: getattr(row, each.attribute) for each in section.fields if each.name not in but and (secrets or not each.secret)}


def _extras(section: Section, stored: Mapping[str, Any], secrets: bool) -> Document:
    """What addons added, where it is not as if nothing had been added."""
    found = {}
    for addon in sorted(registry.addons, key=lambda addon: addon.name):
        if addon.name in stored and section.kind in addon.extras:
            params = addon.extras[section.kind].params
            values = with_defaults(params, stored[addon.name])
            if values != with_defaults(params, {}):
                found[addon.name] = _shown(params, values, secrets)
    return _filled(found)


def _contexts() -> Document:
    found: Document = {}
    for name, description in Context.objects.values_list("name", "description"):
        found[name] = {DESCRIPTION: description} if description or name == INTERNAL else {}
    for (name, exten), rows in sorted(staff_lines().items()):
        found.setdefault(name, {})[exten] = staff_commands(rows)
    return _sorted(found)


def staff_commands(rows: Mapping[int, Extension]) -> Any:
    """The lines of an extension: a list where the priorities are 1, 2, 3, else a mapping."""
    ordered = [rows[priority] for priority in sorted(rows)]
    if [row.priority for row in ordered] == list(range(1, len(ordered) + 1)):
        return [_command(row) for row in ordered]
    return {HINT_KEY if row.priority == HINT else str(row.priority): row.data if row.priority == HINT else _command(row) for row in ordered}


def _command(row: Extension) -> list[str]:
    """The application and its arguments; data in which a comma may be inside something stays one argument."""
    if not row.data:
        return [row.application]
    whole = any(character in row.data for character in "()[]{}\"'\\")
    return [row.application, *([row.data] if whole else row.data.split(","))]


def _astdb() -> Document:
    found: Document = {}
    for family, key, value in sorted(AstDBEntry.objects.filter(origin=STAFF).values_list("family", "key", "value")):
        found.setdefault(family, {})[key] = value
    return found


def exported_addons(scope: str) -> dict[str, Addon]:
    """The addons of a scope whose records an export holds: all that work."""
    return {addon.name: addon for addon in registry.addons if addon.info.scope == scope and addon.params}


def _addons(scope: str, rows: Iterable[Any], secrets: bool) -> Document:
    """The records of each addon by key, or its settings."""
    found: Document = {}
    known = exported_addons(scope)
    for row in rows:
        addon = known.get(row.addon)
        if addon is not None:
            record = _record(addon, row.data, secrets)
            if addon.is_list:
                found.setdefault(addon.name, {})[row.key] = record
            else:
                found[addon.name] = record
    return _sorted({name: _sorted(records) if known[name].is_list else records for name, records in found.items()})


def _record(addon: Addon, data: Mapping[str, Any], secrets: bool) -> Document:
    return _shown([param for param in addon.params if not param.key], with_defaults(addon.params, data), secrets)


def _shown(params: Sequence[Param], values: Mapping[str, Any], secrets: bool) -> Document:
    return {param.name: _value(param, values[param.name], secrets) for param in params if secrets or not isinstance(param, Secret)}


def _value(param: Param, value: Any, secrets: bool) -> Any:
    if not isinstance(param, MultiList):
        return value
    if len(param.params) == 1 and (secrets or not isinstance(param.params[0], Secret)):
        return [row[param.params[0].name] for row in value]
    return [_shown(param.params, row, secrets) for row in value]


def _sorted(values: Mapping[str, Any]) -> Document:
    """By key, in an order that no database's collation changes."""
    return dict(sorted(values.items()))


def _filled(values: Mapping[str, Any]) -> Document:
    """Without what holds nothing; an empty list says something."""
    return {name: value for name, value in values.items() if value is not None and value != {}}
