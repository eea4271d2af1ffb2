"""The addons' part in saying which records name another one."""

from itertools import chain
from typing import Any

from django.dispatch import receiver

from addons.declarations.destinations import TO as DESTINATION
from addons.declarations.records import references, with_defaults
from addons.discovery.registry import registry
from addons.models import Record
from dialplan.models import SECTIONS
from dialplan.signals import names_wanted


@receiver(names_wanted)
def extras_that_name(kind: str, key: str, **kwargs: Any) -> list[str]:
    """The open tenant's phones and lines to which addons added something that refers to this record."""
    named, found = _spellings(kind, key), []
    for section, model in SECTIONS.items():
        extras = {addon.name: addon.extras[section].params for addon in registry.addons if section in addon.extras}
        for row in model.objects.exclude(extra={}).order_by("pk"):
            used = [references(params, with_defaults(params, row.extra.get(name, {}))) for name, params in extras.items()]
            if any((each.to, each.key) in named for each in chain(*used)):
                found.append(f"{row._meta.verbose_name} {row}")
    return found


@receiver(names_wanted)
def records_that_name(kind: str, key: str, **kwargs: Any) -> list[str]:
    """The open tenant's other records of addons that refer to this one."""
    addons = {addon.name: addon for addon in registry.addons if addon.info.scope == "tenant" and addon.params}
    named, found = _spellings(kind, key), []
    for name, number, data in Record.objects.filter(addon__in=addons).values_list("addon", "key", "data"):
        params = addons[name].params
        if (name, number) == (kind, key):
            continue
        if any((to, used) in named for _, to, used in references(params, with_defaults(params, data))):
            found.append(f"{addons[name].info.record or addons[name].info.name} {number}".strip())
    return found


def _spellings(kind: str, key: str) -> tuple[tuple[str, str], ...]:
    """How params may refer to a record: by itself, and as a place where calls can be sent."""
    return (kind, key), (DESTINATION, f"{kind}:{key}")
