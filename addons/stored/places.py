"""The records of addons as places where calls can be sent, in the open tenant."""

from collections.abc import Callable, Iterator
from functools import cache, partial

from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.models import AddonState
from addons.stored.lookup import exists, proposals
from dialplan.destinations import Kind, Proposal, provide
from dialplan.models import Phone

Off = Callable[[], frozenset[str]]  # the addons that are switched off


def kinds() -> Iterator[Kind]:
    """One kind for each addon that offers its records; those of one that is switched off are not there."""
    off = cache(AddonState.off)
    for addon in registry.addons:
        if target := addon.destination:
            yield Kind(addon.name, str(target.label), partial(_places, addon, off), partial(_exists, addon, off), target.place)


def _places(addon: Addon, off: Off) -> list[Proposal]:
    if addon.name in off():
        return []
    ticked = _ticked(addon)
    found = proposals(addon.name) if ticked is None else Phone.objects.filter(**ticked).order_by("number").values_list("number", "name")
    return [(key, f"{key} {name}".strip()) for key, name in found]


def _exists(addon: Addon, off: Off, key: str) -> bool:
    if addon.name in off():
        return False
    ticked = _ticked(addon)
    return exists(addon.name, key) if ticked is None else Phone.objects.filter(number=key, **ticked).exists()


def _ticked(addon: Addon) -> dict[str, bool] | None:
    """Which phones are the places, where phones are."""
    assert addon.destination is not None
    return {f"extra__{addon.name}__{addon.destination.phones}": True} if addon.destination.phones else None


provide(kinds)
