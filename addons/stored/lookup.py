"""The records that a Reference may name: do they exist, and what to propose in a form."""

from django.db.models import QuerySet
from django_tenants.utils import get_public_schema_name

from addons.declarations.destinations import TO as DESTINATION
from addons.declarations.links import Reference
from addons.declarations.sound import OWN
from addons.declarations.sound import Sound as SoundParam
from addons.discovery.registry import registry
from addons.models import Record
from addons.server.models import ServerRecord
from dialplan import destinations
from dialplan.build.sounds import KIND as SOUND
from dialplan.models import IncomingLine, OutgoingLine, Phone
from dialplan.sounds.models import Sound
from dialplan.trunks.models import Trunk
from tenants.models import Tenant
from tenants.schema import current_slug

Proposal = tuple[str, str]


def exists(to: str, key: str) -> bool:
    """Whether a record of a kind is there, in the open tenant or in public."""
    if to == DESTINATION:
        return destinations.exists(key)
    if to == SOUND and not current_slug():
        return False  # recordings are a tenant's own
    return _keys(to)[0].filter(**{_keys(to)[1]: key}).exists()


def proposals(to: str) -> list[Proposal]:
    """(key, label) of the records that may be named, in order."""
    if to == DESTINATION:
        return destinations.proposals()
    query, key, label = _keys(to)
    return [(str(value), str(text or "")) for value, text in query.values_list(key, label)]


def _keys(to: str) -> tuple[QuerySet, str, str]:
    """The records of a kind, and which of their columns are key and label."""
    match to:
        case "phone":
            return Phone.objects.order_by("number"), "number", "name"
        case "line_in":
            return IncomingLine.objects.order_by("number"), "number", "name"
        case "line_out":
            return OutgoingLine.objects.order_by("name"), "name", "pattern"
        case "trunk":
            return (Trunk.lent_to(current_slug()) if current_slug() else Trunk.objects.all()), "name", "host"
        case "tenant":
            return Tenant.objects.exclude(schema_name=get_public_schema_name()), "schema_name", "name"
        case "sound":
            return Sound.objects.order_by("name"), "name", "created"
        case _:
            return _addon_records(to)


def _addon_records(name: str) -> tuple[QuerySet, str, str]:
    if name in registry and registry.get(name).info.scope == "server":
        return ServerRecord.objects.filter(addon=name).order_by("key"), "key", "data__name"
    return Record.objects.filter(addon=name).order_by("key"), "key", "data__name"


def needs(reference: Reference | SoundParam) -> list[Proposal]:
    """What to propose for a param, with "all" first where it may be said."""
    if isinstance(reference, SoundParam):
        return [(OWN + name, "uploaded") for name, _ in proposals(SOUND)] if current_slug() else []
    found = proposals(reference.to)
    return [(Reference.ALL, f"All {plural(reference.to)}"), *found] if reference.everything else found


def plural(to: str) -> str:
    """What the records of a kind are called."""
    return str(registry.get(to).info.name) if to in registry else f"{to.replace('_', ' ')}s"
