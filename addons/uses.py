"""The addons' part in saying which records name another one."""

from typing import Any

from django.dispatch import receiver

from addons.destinations import TO as DESTINATION
from addons.models import Record
from addons.records import references, with_defaults
from addons.registry import registry
from dialplan.signals import names_wanted


@receiver(names_wanted)
def records_that_name(kind: str, key: str, **kwargs: Any) -> list[str]:
    """The open tenant's other records of addons that refer to this one."""
    addons = {addon.name: addon for addon in registry.addons if addon.info.scope == "tenant" and addon.params}
    named = ((kind, key), (DESTINATION, f"{kind}:{key}"))
    found = []
    for name, number, data in Record.objects.filter(addon__in=addons).values_list("addon", "key", "data"):
        params = addons[name].params
        if (name, number) == (kind, key):
            continue
        if any((to, used) in named for _, to, used in references(params, with_defaults(params, data))):
            found.append(f"{addons[name].info.record or addons[name].info.name} {number}".strip())
    return found
